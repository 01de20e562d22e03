import { UseSignal } from '@jupyterlab/ui-components';
import * as React from 'react';
import type { IHistory } from '../history/tokens';
import type { IVersionService } from '../service/tokens';
import { metricsIcon } from './icon';

interface IProps {
  history: IHistory;
  service: IVersionService;
  show: () => void;
}

/** The way from the panel to the charts; nothing before there is a version. */
export function ShowMetrics({ history, service, show }: IProps): React.ReactElement {
  return (
    <UseSignal signal={history.changed}>
      {() =>
        history.head === null ? null : (
          <button type="button" className="jp-mlversion-Link jp-mlversion-ShowMetrics" onClick={show}>
            <metricsIcon.react tag="span" width="14px" height="14px" />
            {service.trans.__('Charts of metrics')}
          </button>
        )
      }
    </UseSignal>
  );
}
