/** The table of what metrics came to, and charts, as CSV. */

import type { Float, IFigure, Value } from '../service/contract';
import { unescaped } from './legend';
import { TOLD, type Told } from './options';
import type { IRow, ITableAnswer } from './requests';

/** Whether less of a metric is better; null where nobody knows. */
export function lowerIsBetter(answer: ITableAnswer, metric: string): boolean | null {
  return answer.lower.includes(metric) ? true : answer.higher.includes(metric) ? false : null;
}

/** A value of a row's metric; null where it is not known. Where nobody knows which way is better, the last is its best. */
export function cameTo(row: IRow, metric: string, told: Told, lower: boolean | null): Float | null {
  const found = row.metrics[metric];
  if (!found || (told !== 'last' && !found.count)) {
    return null;
  }
  return told === 'best' ? found[lower === null ? 'last' : lower ? 'low' : 'high'] : found[told];
}

/** The key of the row that is best in a metric; null without a number, or where nobody knows. */
export function bestRow(rows: readonly IRow[], metric: string, told: Told, lower: boolean | null): IRow | null {
  if (lower === null) {
    return null;
  }
  let best: IRow | null = null;
  let record = Number.NaN;
  for (const row of rows) {
    const value = cameTo(row, metric, told, lower);
    if (typeof value === 'number' && !(lower ? value >= record : value <= record)) {
      [best, record] = [row, value];
    }
  }
  return best;
}

/** Rows by a column: numbers before texts, those without a value last, whichever way. */
export function sorted(rows: readonly IRow[], value: (row: IRow) => Value, ascending: boolean): IRow[] {
  const way = ascending ? 1 : -1;
  const rank = (one: Value): number => (one === null ? 2 : typeof one === 'number' ? 0 : 1);
  return rows
    .map((row, at) => ({ row, at, value: value(row) }))
    .sort((a, b) => {
      const order = rank(a.value) - rank(b.value);
      if (order || a.value === null || b.value === null) {
        return order || a.at - b.at;
      }
      const compared =
        typeof a.value === 'number' && typeof b.value === 'number'
          ? a.value - b.value
          : String(a.value).localeCompare(String(b.value));
      return compared * way || a.at - b.at;
    })
    .map(({ row }) => row);
}

/** One cell; a text that a spreadsheet would take for a formula is kept from that. */
function cell(value: Value | undefined): string {
  if (value === null || value === undefined) {
    return '';
  }
  const text = typeof value === 'string' && /^[=+\-@\t\r]/.test(value) && Number.isNaN(Number(value)) ? `'${value}` : String(value);
  return /[",\r\n]/.test(text) ? `"${text.replace(/"/g, '""')}"` : text;
}

export function csv(rows: readonly (readonly (Value | undefined)[])[]): string {
  return rows.map(row => `${row.map(cell).join(',')}\r\n`).join('');
}

/** All that the table knows, of the metrics and parameters that are shown. */
export function tableCsv(answer: ITableAnswer, metrics: readonly string[], params: readonly string[]): string {
  const head = ['version', 'run', 'label', 'branch', 'time', ...params, ...metrics.flatMap(name => TOLD.map(told => `${name} ${told}`))];
  const rows = answer.rows.map(row => [
    row.version,
    row.name,
    row.label,
    row.branch,
    new Date(row.time * 1000).toISOString(),
    ...params.map(name => row.params[name] ?? null),
    ...metrics.flatMap(name => TOLD.map(told => cameTo(row, name, told, lowerIsBetter(answer, name))))
  ]);
  return csv([head, ...rows]);
}

/** The points of a chart as it is drawn, a row each. */
export function chartCsv({ figure }: IFigure): string {
  const rows = figure.data
    .filter(trace => trace.hoverinfo !== 'skip' && Array.isArray(trace.x) && Array.isArray(trace.y))
    .flatMap(trace => {
      const ys = trace.y as Value[];
      const name = typeof trace.name === 'string' ? unescaped(trace.name) : '';
      return (trace.x as Value[]).map((x, at) => [name, typeof x === 'string' ? unescaped(x) : x, ys[at]]);
    });
  return csv([['line', 'x', 'y'], ...rows]);
}
