import { UseSignal, closeIcon } from '@jupyterlab/ui-components';
import * as React from 'react';
import type { IHistory } from '../history/tokens';
import type { IVersionService } from '../service/tokens';

interface IProps {
  history: IHistory;
  service: IVersionService;
  compare: () => void;
}

/** Under the list, so that no row moves, while several versions are chosen: how many, and the button that compares them. */
export function ChosenBar({ history, service, compare }: IProps): React.ReactElement {
  const { trans } = service;
  return (
    <UseSignal signal={history.changed}>
      {() => {
        const count = history.chosen.length;
        return count < 2 ? (
          <></>
        ) : (
          <div className="jp-mlversion-ChosenBar" role="status">
            <span>{trans.__('%1 versions chosen', count)}</span>
            <button
              type="button"
              className="jp-mlversion-IconButton"
              title={trans.__('Choose none')}
              aria-label={trans.__('Choose none')}
              onClick={() => {
                history.choose([]);
              }}
            >
              <closeIcon.react tag="span" width="14px" height="14px" />
            </button>
            <button type="button" className="jp-mlversion-Button jp-mod-accept" onClick={compare}>
              {trans.__('Compare')}
            </button>
          </div>
        );
      }}
    </UseSignal>
  );
}
