import * as React from 'react';
import type { IDetail, IDifference } from '../service/contract';
import type { IVersionService } from '../service/tokens';
import type { HistoryModel } from './model';

/** How a version differs from its first parent; null without one, and as long as it is not known. */
export function useDifference(model: HistoryModel, service: IVersionService, detail: IDetail): IDifference | null {
  const [difference, setDifference] = React.useState<IDifference | null>(null);
  const parent = detail.parents[0];
  const { api } = service;
  const { path } = model;
  React.useEffect(() => {
    let current = true;
    if (parent !== undefined) {
      api.difference(path, parent, detail.id).then(
        answer => {
          if (current) {
            setDifference(answer);
          }
        },
        // The details are whole without it.
        () => undefined
      );
    }
    return () => {
      current = false;
    };
  }, [api, path, detail.id, parent]);
  return difference;
}
