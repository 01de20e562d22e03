import * as React from 'react';
import { Figures } from '../figures/plot';
import type { IViewProps } from './panel';

/** The metrics over the versions, drawn when this is opened. */
export function Curves({ model, service, newest }: IViewProps & { newest: string }): React.ReactElement {
  const { trans } = service;
  const [open, setOpen] = React.useState(false);
  return (
    <details
      className="jp-mlversion-Fold jp-mlversion-Overview"
      onToggle={event => {
        setOpen(event.currentTarget.open);
      }}
    >
      <summary>{trans.__('Metrics over versions')}</summary>
      {open ? (
        <Figures
          load={() => service.api.historyFigures(model.path)}
          version={newest}
          empty={trans.__('No version has metrics.')}
          trans={trans}
        />
      ) : null}
    </details>
  );
}
