import * as React from 'react';
import type { IDetail } from '../service/contract';
import { restoreIcon } from '../service/icons';
import type { IViewProps } from './panel';

/** What can be done with the version that is looked at; what a plugin does that is not there is left out. */
export function Actions({ service, actions, commands, detail }: IViewProps & { detail: IDetail }): React.ReactElement {
  const { trans } = service;
  const [parent] = detail.parents;
  const hasMetrics = Object.keys(detail.metrics).length > 0;
  const others: [command: string, label: string, versions: string[]][] = [
    ...(parent === undefined ? [] : [['mlversion:compare', trans.__('Compare with parent'), [parent, detail.id]] as const]),
    ...(hasMetrics ? [['mlversion:show-metrics', trans.__('Metrics'), [detail.id]] as const] : [])
  ].map(([command, label, versions]) => [command, label, [...versions]]);
  return (
    <div className="jp-mlversion-Detail-actions">
      <button type="button" className="jp-mlversion-Button jp-mod-accept" onClick={() => void actions.restore(detail)}>
        <restoreIcon.react tag="span" width="14px" height="14px" />
        {trans.__('Restore…')}
      </button>
      {others
        .filter(([command]) => commands.hasCommand(command))
        .map(([command, label, versions]) => (
          <button
            key={command}
            type="button"
            className="jp-mlversion-Button"
            onClick={() => {
              void commands.execute(command, { versions });
            }}
          >
            {label}
          </button>
        ))}
    </div>
  );
}
