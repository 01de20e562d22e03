import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

interface IProps {
  /** How many are shown, of how many. */
  shown: number;
  total: number;
  onMore: () => void;
  trans: TranslationBundle;
}

/** A button that shows more of a long list; nothing when all of it is shown. */
export function More({ shown, total, onMore, trans }: IProps): React.ReactElement | null {
  return shown < total ? (
    <button type="button" className="jp-mlversion-Link" onClick={onMore}>
      {trans.__('Show more (%1 of %2 shown)', shown, total)}
    </button>
  ) : null;
}
