/** The part of nbdime that is used here; a chunk of its own, fetched when the first edited cell is shown. */

import type { CodeEditor } from '@jupyterlab/codeeditor';
import type { Widget } from '@lumino/widgets';
import { createNbdimeMergeView } from 'nbdime/lib/common/mergeview';
import { StringDiffModel } from 'nbdime/lib/diff/model/string';
import { DiffRangeRaw } from 'nbdime/lib/diff/range';
import type { ICellPair, Span } from './requests';

/** Lines around a change that are shown; longer stretches that are the same are folded. */
const AROUND = 3;

/** A view of how the source of a cell changed: both sides with what differs marked, or the one there is. */
export function mergeView(cell: ICellPair, mime: string, factory: CodeEditor.Factory | null): Widget {
  const model = sourceModel(cell);
  model.mimetype = cell.kind === 'code' ? mime : cell.kind === 'markdown' ? 'text/x-ipythongfm' : 'text/plain';
  return createNbdimeMergeView({
    remote: model,
    readOnly: true,
    collapseIdentical: AROUND,
    ...(factory ? { factory } : {})
  });
}

/** nbdime's model of the change of a source. */
export function sourceModel(cell: ICellPair): StringDiffModel {
  const { source } = cell;
  const whole = source ? [new DiffRangeRaw(0, source.length)] : [];
  switch (cell.change) {
    case 'added':
      return new StringDiffModel(null, source, whole, []);
    case 'removed':
      return new StringDiffModel(source, null, [], whole);
    default:
      return new StringDiffModel(cell.earlier ?? source, source, ranges(cell.new), ranges(cell.gone));
  }
}

function ranges(spans: readonly Span[]): DiffRangeRaw[] {
  return spans.map(([start, length]) => new DiffRangeRaw(start, length));
}
