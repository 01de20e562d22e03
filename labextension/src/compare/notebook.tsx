import type { CodeEditor } from '@jupyterlab/codeeditor';
import type { IRenderMimeRegistry } from '@jupyterlab/rendermime';
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import type { Change } from '../service/contract';
import { Failure } from '../service/failure';
import type { ComparisonModel } from './model';
import { folded } from './order';
import { Outputs } from './outputs';
import type { ICellPair, INotebookDifference, ISide } from './requests';
import { sideName } from './sideTable';
import { Source } from './source';

/** What Lab lends for showing cells; null where it has none. */
export interface IShowing {
  factory: CodeEditor.Factory | null;
  rendermime: IRenderMimeRegistry | null;
}

interface IProps {
  model: ComparisonModel;
  sides: readonly ISide[];
  showing: IShowing;
  trans: TranslationBundle;
}

const SIGNS: Record<Change, string> = { added: '+', modified: '~', removed: '−' };

/** How the notebook of one side differs from the baseline's, cell by cell. */
export function NotebookSection(props: IProps): React.ReactElement {
  const { model, sides, trans } = props;
  const [chosen, setChosen] = React.useState<string | null>(null);
  const [base, ...others] = sides;
  const other = others.find(side => side.id === chosen) ?? others[0];
  const [answer, setAnswer] = React.useState<INotebookDifference | Failure | null>(null);
  const [before, after] = [base?.id ?? '', other?.id ?? ''];
  React.useEffect(() => {
    let current = true;
    setAnswer(null);
    model.requests
      .notebooks(before, after)
      .catch((reason: unknown) => Failure.of(reason))
      .then(
        found => {
          if (current) {
            setAnswer(found);
          }
        },
        () => undefined
      );
    return () => {
      current = false;
    };
  }, [model, before, after]);
  return (
    <div className="jp-mlversion-NotebookDiff">
      {others.length > 1 ? (
        <label className="jp-mlversion-note">
          {trans.__('%1 against', base ? sideName(base, trans) : '')}{' '}
          <select
            value={after}
            onChange={event => {
              setChosen(event.target.value);
            }}
          >
            {others.map(side => (
              <option key={side.id} value={side.id}>
                {sideName(side, trans)} {side.message}
              </option>
            ))}
          </select>
        </label>
      ) : null}
      {answer === null ? (
        <p className="jp-mlversion-note" role="status">
          {trans.__('Loading…')}
        </p>
      ) : answer instanceof Failure ? (
        <p className="jp-mlversion-note">{answer.text}</p>
      ) : (
        <Cells {...props} key={`${before} ${after}`} difference={answer} ends={[before, after]} />
      )}
    </div>
  );
}

function Cells(props: IProps & { difference: INotebookDifference; ends: [string, string] }): React.ReactElement {
  const { difference, trans } = props;
  const { cells } = difference;
  const [opened, setOpened] = React.useState<ReadonlySet<number>>(new Set());
  const stretches = React.useMemo(() => folded(cells, cell => cell.change !== null || cell.moved), [cells]);
  const count = (change: Change): number => cells.filter(cell => cell.change === change).length;
  if (!cells.length) {
    return <p className="jp-mlversion-note">{trans.__('Neither side has a notebook with cells.')}</p>;
  }
  return (
    <>
      <p className="jp-mlversion-note" role="status">
        {trans.__(
          '%1 cells: +%2 added, ~%3 modified, −%4 removed',
          cells.length,
          count('added'),
          count('modified'),
          count('removed')
        )}
        {difference.before === difference.after || !difference.before || !difference.after
          ? ''
          : ` · ${difference.before} → ${difference.after}`}
      </p>
      {stretches.map((stretch, place) =>
        stretch.kind === 'shown' ? (
          <Cell key={place} {...props} cell={stretch.cell} />
        ) : opened.has(place) ? (
          stretch.cells.map(cell => <Cell key={`${place} ${cell.after}`} {...props} cell={cell} />)
        ) : (
          <button
            key={place}
            type="button"
            className="jp-mlversion-Folded"
            onClick={() => {
              setOpened(new Set([...opened, place]));
            }}
          >
            {trans._n('%1 cell is the same', '%1 cells are the same', stretch.cells.length)}
          </button>
        )
      )}
    </>
  );
}

function Cell(
  props: IProps & { cell: ICellPair; difference: INotebookDifference; ends: [string, string] }
): React.ReactElement {
  const { model, cell, difference, ends, showing, trans } = props;
  const words: Record<Change, string> = {
    added: trans.__('added'),
    modified: trans.__('modified'),
    removed: trans.__('removed')
  };
  const kinds: Partial<Record<string, string>> = {
    code: trans.__('code'),
    markdown: trans.__('Markdown'),
    raw: trans.__('raw')
  };
  const facts = [
    cell.change ? words[cell.change] : trans.__('the same'),
    cell.moved ? trans.__('moved') : '',
    cell.tags_differ && cell.change === 'modified' ? trans.__('tags differ') : '',
    kinds[cell.kind] ?? cell.kind
  ];
  const place = [cell.before, cell.after].flatMap(number => (number === null ? [] : [number + 1]));
  const where = new Set(place).size > 1 ? place.join(' → ') : String(place[0] ?? '');
  const title = `${trans.__('Cell %1', where)} · ${facts.filter(Boolean).join(' · ')}`;
  return (
    <article className={`jp-mlversion-CellDiff jp-mod-${cell.change ?? 'same'}`} aria-label={title}>
      <h3>
        <span className="jp-mlversion-Sign" aria-hidden="true">
          {cell.change ? SIGNS[cell.change] : cell.moved ? '↕' : ''}
        </span>
        {title}
      </h3>
      <Source cell={cell} mime={difference.mime} factory={showing.factory} trans={trans} />
      <Outputs model={model} cell={cell} sides={ends} rendermime={showing.rendermime} trans={trans} />
    </article>
  );
}
