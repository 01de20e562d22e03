import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import { titleOf } from '../service/words';
import { type ISorting, type SortValue, sorted } from './order';
import { type ISide, WORKSPACE } from './requests';
import { Windowed } from './windowed';

/** Pixels of a row: a value, and a line of small print below it. */
const ROW = 40;

/** One line of the table. */
export interface ISideRow {
  key: string;
  name: string;
  /** Small print below the name. */
  note?: string;
  differs: boolean;
  /** What the table is sorted by. */
  value: (side: number) => SortValue;
  cell: (side: number) => React.ReactElement;
  /** What a click on the name does. */
  open?: (() => void) | undefined;
}

interface IProps {
  sides: readonly ISide[];
  rows: readonly ISideRow[];
  label: string;
  /** Said when there are no rows. */
  empty: string;
  /** Rows that are left out because all sides agree. */
  same: number;
  /** Rows that are left out because there are too many. */
  cut: number;
  trans: TranslationBundle;
  onPin: (version: string) => void;
  onRemove: (version: string) => void;
}

/** What each side has, one row a name, one column a side; the baseline stays in view. */
export function SideTable(props: IProps): React.ReactElement {
  const { sides, rows, label, empty, same, cut, trans } = props;
  const [sorting, setSorting] = React.useState<ISorting>({ side: null, ascending: true });
  const [words, setWords] = React.useState('');
  const found = React.useMemo(() => {
    const wanted = words.toLowerCase();
    const some = wanted ? rows.filter(row => row.name.toLowerCase().includes(wanted)) : rows;
    const byName = sorting.side === null && sorting.ascending;
    return byName ? some : sorted(some, sorting, (row, side) => (side === null ? row.name : row.value(side)));
  }, [rows, words, sorting]);
  const more = cut ? trans.__('%1 more are left out: the CSV has all of them', cut) : '';
  const left = same ? trans._n('%1 row that is the same is hidden', '%1 rows that are the same are hidden', same) : '';
  return (
    <div className="jp-mlversion-SideTable">
      <div className="jp-mlversion-SideTable-bar">
        {rows.length > 8 ? (
          <input
            type="search"
            className="jp-mlversion-Filter"
            placeholder={trans.__('Filter by name')}
            aria-label={trans.__('Filter %1 by name', label)}
            value={words}
            onChange={event => {
              setWords(event.target.value);
            }}
          />
        ) : null}
        <span className="jp-mlversion-note" role="status">
          {[words ? trans.__('%1 of %2 shown', found.length, rows.length) : '', left, more].filter(Boolean).join(' · ')}
        </span>
      </div>
      {rows.length ? (
        <Windowed
          role="table"
          label={label}
          count={found.length}
          rowHeight={ROW}
          columns={`minmax(150px, 1.2fr) repeat(${sides.length}, minmax(150px, 1fr))`}
          header={<Header {...props} sorting={sorting} onSort={setSorting} />}
          row={index => <Row key={found[index]?.key} row={found[index]} index={index} sides={sides} trans={trans} />}
        />
      ) : (
        <p className="jp-mlversion-note">{same ? trans.__('Nothing differs here.') : empty}</p>
      )}
    </div>
  );
}

function Row(props: {
  row: ISideRow | undefined;
  index: number;
  sides: readonly ISide[];
  trans: TranslationBundle;
}): React.ReactElement {
  const { row, index, sides, trans } = props;
  if (!row) {
    return <></>;
  }
  const sign = row.differs ? '≠' : '';
  return (
    <div role="row" aria-rowindex={index + 2} className={row.differs ? 'jp-mod-differs' : ''}>
      <div role="rowheader" title={row.name}>
        <span className="jp-mlversion-Differs" title={row.differs ? trans.__('differs') : ''} aria-hidden={!row.differs}>
          {sign}
        </span>
        <span className="jp-mlversion-SideTable-name">
          {row.open ? (
            <button type="button" className="jp-mlversion-Link" onClick={row.open}>
              {row.name}
            </button>
          ) : (
            row.name
          )}
          {row.note ? <small className="jp-mlversion-note">{row.note}</small> : null}
        </span>
      </div>
      {sides.map((side, place) => (
        <div role="cell" key={side.id} className={place === 0 ? 'jp-mod-baseline' : ''}>
          {row.cell(place)}
        </div>
      ))}
    </div>
  );
}

function Header(props: IProps & { sorting: ISorting; onSort: (sorting: ISorting) => void }): React.ReactElement {
  const { sides, trans, sorting, onSort } = props;
  const direction = (side: number | null): 'ascending' | 'descending' | 'none' =>
    sorting.side !== side ? 'none' : sorting.ascending ? 'ascending' : 'descending';
  const sort = (side: number | null): void => {
    const again = sorting.side === side;
    onSort({ side, ascending: again ? !sorting.ascending : side === null });
  };
  const arrow = (side: number | null): string => ({ none: '', ascending: ' ↑', descending: ' ↓' })[direction(side)];
  return (
    <div role="rowgroup" className="jp-mlversion-Rows-header">
      <div role="row" aria-rowindex={1}>
        <div role="columnheader" aria-sort={direction(null)}>
          <button
            type="button"
            onClick={() => {
              sort(null);
            }}
          >
            {trans.__('Name')}
            {arrow(null)}
          </button>
        </div>
        {sides.map((side, place) => (
          <div
            role="columnheader"
            key={side.id}
            aria-sort={direction(place)}
            className={place === 0 ? 'jp-mod-baseline' : ''}
          >
            <button
              type="button"
              title={trans.__('Sort by %1', side.short)}
              onClick={() => {
                sort(place);
              }}
            >
              <b>{sideName(side, trans)}</b>
              {arrow(place)}
            </button>
            <small title={side.message}>{titleOf(side.message)}</small>
            <SideActions {...props} side={side} place={place} />
          </div>
        ))}
      </div>
    </div>
  );
}

/** What a side is called. */
export function sideName(side: ISide, trans: TranslationBundle): string {
  return side.id === WORKSPACE ? trans.__('workspace') : side.short;
}

function SideActions(props: IProps & { side: ISide; place: number }): React.ReactElement {
  const { side, place, sides, trans, onPin, onRemove } = props;
  return (
    <span className="jp-mlversion-SideActions">
      {place === 0 ? (
        <span className="jp-mlversion-Chip">{trans.__('baseline')}</span>
      ) : (
        <button
          type="button"
          title={trans.__('Compare the others with %1', sideName(side, trans))}
          onClick={() => {
            onPin(side.id);
          }}
        >
          {trans.__('Make baseline')}
        </button>
      )}
      {sides.length > 2 ? (
        <button
          type="button"
          aria-label={trans.__('Leave %1 out', sideName(side, trans))}
          title={trans.__('Leave %1 out', sideName(side, trans))}
          onClick={() => {
            onRemove(side.id);
          }}
        >
          ×
        </button>
      ) : null}
    </span>
  );
}
