import type { LabIcon } from '@jupyterlab/ui-components';
import * as React from 'react';

/** A button of a state or a banner. */
export interface IAction {
  label: string;
  run: () => void;
  /** Whether it is what most people want now. */
  main?: boolean;
}

/** What the panel shows where there is nothing else: an icon, what is the matter, what to do. */
export function State(props: {
  icon: LabIcon;
  title: string;
  actions?: readonly IAction[];
  /** Whether something is wrong, as against not yet there. */
  isTrouble?: boolean;
  children?: React.ReactNode;
  /** What comes after the buttons. */
  more?: React.ReactNode;
}): React.ReactElement {
  const { icon: Icon, title, actions = [], isTrouble, children, more } = props;
  return (
    <div className="jp-mlversion-State" role={isTrouble ? 'alert' : undefined}>
      <Icon.react tag="span" width="28px" height="28px" className="jp-mlversion-State-icon" />
      <h3>{title}</h3>
      {children}
      <Actions actions={actions} />
      {more}
    </div>
  );
}

/** What needs attention above the list, which stays usable. */
export function Banner(props: {
  icon: LabIcon;
  text: string;
  actions?: readonly IAction[];
  children?: React.ReactNode;
}): React.ReactElement {
  const { icon: Icon, text, actions = [], children } = props;
  return (
    <div className="jp-mlversion-Warning jp-mlversion-Banner" role="status">
      <Icon.react tag="span" width="16px" height="16px" className="jp-mlversion-Banner-icon" />
      <div className="jp-mlversion-Banner-body">
        <p>{text}</p>
        {children}
        <Actions actions={actions} />
      </div>
    </div>
  );
}

function Actions({ actions }: { actions: readonly IAction[] }): React.ReactElement | null {
  return actions.length ? (
    <div className="jp-mlversion-State-actions">
      {actions.map(({ label, run, main }) => (
        <button
          key={label}
          type="button"
          className={main ? 'jp-mlversion-Button jp-mod-accept' : 'jp-mlversion-Button'}
          onClick={run}
        >
          {label}
        </button>
      ))}
    </div>
  ) : null;
}
