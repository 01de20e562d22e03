import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import type { Change, ICellChange } from '../service/contract';

/** How many cells of the notebook changed: "+1 ~2 −0", and in words for who hears it. */
export function CellChanges(props: { cells: readonly ICellChange[]; trans: TranslationBundle }): React.ReactElement {
  const { cells, trans } = props;
  const count = (change: Change): number => cells.filter(cell => cell.change === change).length;
  const [added, modified, removed] = [count('added'), count('modified'), count('removed')];
  const words = trans.__('Cells of the notebook: %1 added, %2 changed, %3 removed', added, modified, removed);
  return (
    <span className="jp-mlversion-Cells" role="img" aria-label={words} title={words}>
      {trans.__('cells')} <span className="jp-mod-added">+{added}</span> <span className="jp-mod-modified">~{modified}</span>{' '}
      <span className="jp-mod-removed">−{removed}</span>
    </span>
  );
}
