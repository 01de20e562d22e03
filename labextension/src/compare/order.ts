/** What is worked out of a comparison before it is drawn. */

import type { Float, IMetric } from '../service/contract';

/** What of a metric's series is shown. */
export type Statistic = 'last' | 'best' | 'low' | 'high';

/** A float of an answer as a number. */
export function numberOf(value: Float): number {
  return typeof value === 'number' ? value : Number(value);
}

/** What a table shows of a metric; null where a side lacks it. Where nobody knows which way is better, the last is its best. */
export function shown(metric: IMetric | null, statistic: Statistic, lowerIsBetter: boolean | null): number | null {
  if (metric === null) {
    return null;
  }
  const best = lowerIsBetter === null ? 'last' : lowerIsBetter ? 'low' : 'high';
  const field = statistic === 'best' ? best : statistic;
  return numberOf(metric[field]);
}

/** The places of the best of `values`; none where there is no choice. */
export function bestOf(values: readonly (number | null)[], lowerIsBetter: boolean | null): ReadonlySet<number> {
  const known = values.filter((value): value is number => value !== null && !Number.isNaN(value));
  if (lowerIsBetter === null || new Set(known).size < 2) {
    return new Set();
  }
  const best = lowerIsBetter ? Math.min(...known) : Math.max(...known);
  return new Set(values.flatMap((value, place) => (value === best ? [place] : [])));
}

/** How `value` stands to the baseline. */
export interface IDelta {
  difference: number;
  /** Of the baseline; null where it is 0 or not finite. */
  share: number | null;
  /** Null where both are the same, or nobody knows. */
  better: boolean | null;
}

/** Null where one of both is unknown or not finite. */
export function deltaOf(base: number | null, value: number | null, lowerIsBetter: boolean | null): IDelta | null {
  if (base === null || value === null || !Number.isFinite(base) || !Number.isFinite(value)) {
    return null;
  }
  const difference = value - base;
  const better = difference === 0 || lowerIsBetter === null ? null : difference < 0 === lowerIsBetter;
  return { difference, share: base === 0 ? null : difference / Math.abs(base), better };
}

/** What a table is sorted by: a side, or the names where it is null. */
export interface ISorting {
  side: number | null;
  ascending: boolean;
}

export type SortValue = number | string | null;

/** `rows` in order; what a side lacks comes last, whichever way; equal ones keep their order. */
export function sorted<T>(rows: readonly T[], sorting: ISorting, value: (row: T, side: number | null) => SortValue): T[] {
  const sign = sorting.ascending ? 1 : -1;
  return rows
    .map(row => ({ row, key: value(row, sorting.side) }))
    .sort((a, b) => (isLast(a.key) || isLast(b.key) ? Number(isLast(a.key)) - Number(isLast(b.key)) : sign * compare(a.key, b.key)))
    .map(({ row }) => row);
}

function isLast(key: SortValue): boolean {
  return key === null || Number.isNaN(key);
}

function compare(a: SortValue, b: SortValue): number {
  if (typeof a === 'number' && typeof b === 'number') {
    return a - b;
  }
  return String(a).localeCompare(String(b), undefined, { numeric: true });
}

/** Cells that are shown, and stretches of cells that are not. */
export type Stretch<T> = { kind: 'shown'; cell: T } | { kind: 'folded'; cells: T[] };

/** `cells` with each stretch of uninteresting ones in one piece. */
export function folded<T>(cells: readonly T[], interesting: (cell: T) => boolean): Stretch<T>[] {
  const found: Stretch<T>[] = [];
  for (const cell of cells) {
    const last = found.at(-1);
    if (interesting(cell)) {
      found.push({ kind: 'shown', cell });
    } else if (last?.kind === 'folded') {
      last.cells.push(cell);
    } else {
      found.push({ kind: 'folded', cells: [cell] });
    }
  }
  return found;
}

/** The rows of a list that are drawn: those in view and some around. */
export function inView(count: number, rowHeight: number, top: number, height: number): { first: number; end: number } {
  const around = 10;
  const first = Math.max(0, Math.floor(top / rowHeight) - around);
  return { first: Math.min(first, count), end: Math.min(count, Math.ceil((top + height) / rowHeight) + around) };
}
