import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import { Waiting, FailureNote, useAnswer } from './answer';
import type { Cell, IColumn, ITablePreview } from './answers';
import { cellText, countText } from './numbers';
import type { IArtifactFile } from './tokens';

const ROWS = 100;

/** Columns that are drawn at a time: a matrix of thousands would freeze the page. */
const COLUMNS = 40;

interface IProps {
  file: IArtifactFile;
  preview: ITablePreview;
  trans: TranslationBundle;
}

/** A table, page by page. */
export function TableView({ file, preview, trans }: IProps): React.ReactElement {
  const [place, setPlace] = React.useState<number | 'last'>(0);
  const [column, setColumn] = React.useState(0);
  const load = async (): Promise<ITablePreview> => {
    if (place === 0) {
      return preview;
    }
    const part = place === 'last' ? { last: 1 as const, limit: ROWS } : { first: place, limit: ROWS };
    const answer = await file.preview(part);
    return answer.kind === 'table' ? answer : preview;
  };
  const { state, busy } = useAnswer(load, String(place));
  if (state.kind === 'loading') {
    return <Waiting trans={trans} />;
  }
  if (state.kind === 'failed') {
    return <FailureNote failure={state.failure} />;
  }
  const page = state.value;
  const columns = page.columns.slice(column, column + COLUMNS);
  return (
    <div className="jp-mlversion-Inside-table" aria-busy={busy}>
      <div className="jp-mlversion-Inside-bar">
        <span role="status">{factsText(trans, page)}</span>
        <Pager
          trans={trans}
          first={page.first}
          shown={page.rows.length}
          total={page.row_count}
          exact={page.exact}
          onPlace={setPlace}
        />
        {page.columns.length > COLUMNS ? (
          <Step
            trans={trans}
            text={trans.__('Columns %1–%2', column + 1, column + columns.length)}
            before={column > 0}
            after={column + COLUMNS < page.columns.length}
            onStep={way => {
              setColumn(column + way * COLUMNS);
            }}
          />
        ) : null}
      </div>
      <Grid
        trans={trans}
        label={file.path}
        columns={columns}
        rows={page.rows.map((row, index) => [page.first + index, row.slice(column, column + COLUMNS)])}
      />
    </div>
  );
}

function factsText(trans: TranslationBundle, page: ITablePreview): string {
  const rows = trans._n('%1 row', '%1 rows', page.row_count).replace(String(page.row_count), countText(page.row_count));
  const columns = trans._n('%1 column', '%1 columns', page.columns.length);
  return [page.exact ? rows : trans.__('about %1', rows), columns, page.format.toUpperCase()].join(' · ');
}

/** Rows with their numbers under the names and types of their columns. */
export function Grid(props: {
  trans: TranslationBundle;
  label: string;
  columns: readonly IColumn[];
  rows: readonly [number, readonly Cell[]][];
}): React.ReactElement {
  const { trans, label, columns, rows } = props;
  if (!rows.length) {
    return <p className="jp-mlversion-note jp-mlversion-Inside-waiting">{trans.__('There are no rows here.')}</p>;
  }
  return (
    <div className="jp-mlversion-Inside-scroll" tabIndex={0} role="region" aria-label={label}>
      <table className="jp-mlversion-Inside-grid">
        <thead>
          <tr>
            <th scope="col">
              <span className="jp-mlversion-Inside-hidden">{trans.__('Row')}</span>
            </th>
            {columns.map(({ name, type }, index) => (
              <th key={index} scope="col" title={`${name} (${type})`}>
                {name}
                <span className="jp-mlversion-Inside-type">{type}</span>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map(([number, values]) => (
            <tr key={number}>
              <th scope="row">{countText(number)}</th>
              {values.map((value, index) => (
                <Value key={index} value={value} />
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** One value; numbers stand at the right, a missing one is told from an empty text. */
export function Value({ value, className }: { value: Cell; className?: string }): React.ReactElement {
  const text = cellText(value);
  const isNumber = typeof value === 'number' || (text !== '' && !Number.isNaN(Number(text)));
  const classes = [isNumber ? 'jp-mod-number' : '', value === null ? 'jp-mod-missing' : '', className ?? ''];
  return (
    <td className={classes.filter(Boolean).join(' ')} title={text}>
      {value === null ? 'null' : text}
    </td>
  );
}

interface IPagerProps {
  trans: TranslationBundle;
  first: number;
  shown: number;
  total: number;
  exact: boolean;
  onPlace: (place: number | 'last') => void;
}

function Pager({ trans, first, shown, total, exact, onPlace }: IPagerProps): React.ReactElement {
  const [wanted, setWanted] = React.useState('');
  const end = exact && first + shown >= total;
  return (
    <nav className="jp-mlversion-Inside-pager" aria-label={trans.__('Rows')}>
      <button
        type="button"
        className="jp-mlversion-Button"
        disabled={first === 0}
        onClick={() => {
          onPlace(0);
        }}
      >
        {trans.__('First')}
      </button>
      <Step
        trans={trans}
        text={shown ? `${countText(first)}–${countText(first + shown - 1)}` : '–'}
        before={first > 0}
        after={!end}
        onStep={way => {
          onPlace(Math.max(0, first + way * ROWS));
        }}
      />
      <button
        type="button"
        className="jp-mlversion-Button"
        disabled={end}
        onClick={() => {
          onPlace('last');
        }}
      >
        {trans.__('Last')}
      </button>
      <form
        onSubmit={event => {
          event.preventDefault();
          const row = parseInt(wanted, 10);
          if (row >= 0) {
            onPlace(row);
          }
        }}
      >
        <input
          className="jp-mlversion-Inside-input"
          type="number"
          min={0}
          value={wanted}
          placeholder={trans.__('Row…')}
          aria-label={trans.__('Go to row')}
          onChange={event => {
            setWanted(event.currentTarget.value);
          }}
        />
      </form>
    </nav>
  );
}

function Step(props: {
  trans: TranslationBundle;
  text: string;
  before: boolean;
  after: boolean;
  onStep: (way: -1 | 1) => void;
}): React.ReactElement {
  const { trans, text, before, after, onStep } = props;
  return (
    <>
      <button
        type="button"
        className="jp-mlversion-Button"
        aria-label={trans.__('Previous')}
        disabled={!before}
        onClick={() => {
          onStep(-1);
        }}
      >
        ‹
      </button>
      <span className="jp-mlversion-Inside-place">{text}</span>
      <button
        type="button"
        className="jp-mlversion-Button"
        aria-label={trans.__('Next')}
        disabled={!after}
        onClick={() => {
          onStep(1);
        }}
      >
        ›
      </button>
    </>
  );
}
