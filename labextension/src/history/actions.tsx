import type { LabIcon } from '@jupyterlab/ui-components';
import * as React from 'react';
import { compareIcon } from '../compare/icon';
import { metricsIcon } from '../metrics/icon';
import type { IDetail } from '../service/contract';
import { restoreIcon } from '../service/icons';
import type { IViewProps } from './panel';

interface IAction {
  command: string;
  icon: LabIcon;
  label: string;
  title: string;
  versions: string[];
}

/** What can be done with the version that is looked at; what a plugin does that is not there is left out. */
export function Actions({ service, actions, commands, detail }: IViewProps & { detail: IDetail }): React.ReactElement {
  const { trans } = service;
  const [parent] = detail.parents;
  const hasMetrics = Object.keys(detail.metrics).length > 0;
  const others: IAction[] = [
    ...(parent === undefined
      ? []
      : [
          {
            command: 'mlversion:compare',
            icon: compareIcon,
            label: trans.__('Compare'),
            title: trans.__('Compare with the version before'),
            versions: [parent, detail.id]
          }
        ]),
    ...(hasMetrics
      ? [
          {
            command: 'mlversion:show-metrics',
            icon: metricsIcon,
            label: trans.__('Metrics'),
            title: trans.__('Charts of its metrics in a tab'),
            versions: [detail.id]
          }
        ]
      : [])
  ];
  return (
    <div className="jp-mlversion-Detail-actions">
      <button type="button" className="jp-mlversion-Button jp-mod-accept" onClick={() => void actions.restore(detail)}>
        <restoreIcon.react tag="span" width="14px" height="14px" />
        {trans.__('Restore…')}
      </button>
      {others
        .filter(({ command }) => commands.hasCommand(command))
        .map(({ command, icon: Icon, label, title, versions }) => (
          <button
            key={command}
            type="button"
            className="jp-mlversion-Button"
            title={title}
            onClick={() => {
              void commands.execute(command, { versions });
            }}
          >
            <Icon.react tag="span" width="14px" height="14px" />
            {label}
          </button>
        ))}
    </div>
  );
}
