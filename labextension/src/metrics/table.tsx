import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import { saveText } from '../service/saving';
import type { Value } from '../service/contract';
import { More } from '../service/more';
import { numberText, valueText } from '../service/words';
import type { MetricsModel } from './model';
import { shownMetrics } from './options';
import type { IRow, ITableAnswer } from './requests';
import { bestRow, cameTo, lowerIsBetter, sorted, tableCsv } from './sheet';

/** Rows that are shown at first, and with each asking for more. */
const PAGE = 200;

interface IColumn {
  readonly key: string;
  readonly title: string;
  readonly number: boolean;
  readonly value: (row: IRow) => Value;
}

interface IProps {
  model: MetricsModel;
  table: ITableAnswer;
  trans: TranslationBundle;
  onVersion: (version: string) => void;
}

/** What the metrics of each run, or version, came to: the charts in numbers. */
export function Table({ model, table, trans, onVersion }: IProps): React.ReactElement {
  const { options } = model;
  const metrics = shownMetrics(options, table.metrics);
  const params = table.params.filter(name => options.columns?.includes(name) ?? true);
  const [order, setOrder] = React.useState<{ key: string; ascending: boolean } | null>(null);
  const [most, setMost] = React.useState(PAGE);
  const columns = columnsOf(table, metrics, params, options.told, trans);
  const by = columns.find(({ key }) => key === order?.key);
  const rows = by && order ? sorted(table.rows, by.value, order.ascending) : table.rows;
  const best = new Map(metrics.map(name => [`metric ${name}`, bestRow(table.rows, name, options.told, lowerIsBetter(table, name))]));
  return (
    <div className="jp-mlversion-Sheet">
      <div className="jp-mlversion-Chart-head">
        <p className="jp-mlversion-note">
          {table.rows.length < table.total
            ? trans.__('The newest %1 of %2', table.rows.length, table.total)
            : trans._n('%1 row', '%1 rows', table.total)}
          {' · '}
          {trans.__('★ marks the best of a column')}
        </p>
        <button
          type="button"
          className="jp-mlversion-Button"
          onClick={() => { saveText(tableCsv(table, metrics, params), 'metrics.csv', 'text/csv'); }}
        >
          {trans.__('Save as CSV')}
        </button>
      </div>
      <div className="jp-mlversion-Sheet-scroll" tabIndex={0} role="region" aria-label={trans.__('Table of metrics')}>
        <table>
          <thead>
            <tr>
              {columns.map(({ key, title }) => (
                <th key={key} scope="col" aria-sort={order?.key === key ? (order.ascending ? 'ascending' : 'descending') : 'none'}>
                  <button
                    type="button"
                    title={trans.__('Sort by %1', title)}
                    onClick={() => { setOrder({ key, ascending: order?.key === key ? !order.ascending : false }); }}
                  >
                    {title}
                    <span aria-hidden="true">{order?.key === key ? (order.ascending ? ' ▲' : ' ▼') : ''}</span>
                  </button>
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.slice(0, most).map(row => (
              <tr key={`${row.version} ${row.run}`}>
                {columns.map((column, at) => (
                  <Cell key={column.key} column={column} row={row} first={at === 0} best={best.get(column.key) === row} trans={trans} onVersion={onVersion} />
                ))}
              </tr>
            ))}
          </tbody>
        </table>
        <More shown={most} total={rows.length} onMore={() => { setMost(most + PAGE); }} trans={trans} />
      </div>
    </div>
  );
}

function Cell(props: {
  column: IColumn;
  row: IRow;
  first: boolean;
  best: boolean;
  trans: TranslationBundle;
  onVersion: (version: string) => void;
}): React.ReactElement {
  const { column, row, first, best, trans, onVersion } = props;
  const value = column.value(row);
  if (first) {
    return (
      <th scope="row" title={row.label}>
        {row.version ? (
          <button type="button" className="jp-mlversion-Link" onClick={() => { onVersion(row.version); }}>
            {row.label}
          </button>
        ) : (
          <>
            {row.label} <em>{trans.__('now')}</em>
          </>
        )}
      </th>
    );
  }
  const text = value === null ? '' : column.number ? numberText(typeof value === 'boolean' ? String(value) : value) : valueText(value);
  return (
    <td title={text} className={typeof value === 'number' ? 'jp-mod-number' : ''}>
      {text}
      {best ? (
        <span title={trans.__('The best')} role="img" aria-label={trans.__('the best')}>
          {' ★'}
        </span>
      ) : null}
    </td>
  );
}

function columnsOf(
  table: ITableAnswer,
  metrics: readonly string[],
  params: readonly string[],
  told: Parameters<typeof cameTo>[2],
  trans: TranslationBundle
): IColumn[] {
  return [
    { key: 'label', title: trans.__('Version'), number: false, value: row => row.time },
    ...metrics.map(
      (name): IColumn => ({
        key: `metric ${name}`,
        title: name,
        number: true,
        value: row => cameTo(row, name, told, lowerIsBetter(table, name))
      })
    ),
    ...params.map((name): IColumn => ({ key: `param ${name}`, title: name, number: false, value: row => row.params[name] ?? null }))
  ];
}
