import * as React from 'react';
import { Figures } from '../figures/plot';
import { metricsIcon } from '../metrics/icon';
import type { IViewProps } from './panel';

const SHOW_METRICS = 'mlversion:show-metrics';

/** The metrics over the versions, drawn when this is opened; beside it the way to all their charts. */
export function Curves({ model, service, commands, newest }: IViewProps & { newest: string }): React.ReactElement {
  const { trans } = service;
  const [open, setOpen] = React.useState(false);
  return (
    <div className="jp-mlversion-Overview">
      <details
        className="jp-mlversion-Fold"
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
      {commands.hasCommand(SHOW_METRICS) ? (
        <button
          type="button"
          className="jp-mlversion-Link jp-mlversion-Overview-charts"
          title={trans.__('Charts of metrics in a tab')}
          onClick={() => void commands.execute(SHOW_METRICS)}
        >
          <metricsIcon.react tag="span" width="14px" height="14px" />
          {trans.__('Charts')}
        </button>
      ) : null}
    </div>
  );
}
