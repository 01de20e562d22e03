/** What the tab asks of the server; see docs/http-api.md. */

import type { Part } from '../figures/part';
import type { Api, Query } from '../service/api';
import type { Float, IFigure, Value } from '../service/contract';
import type { IOptions } from './options';

/** Of which versions charts are. */
export interface ISubject {
  readonly notebook: string;
  /** Full ids; null: those that fit `where`. */
  readonly versions: readonly string[] | null;
  readonly where: string;
  readonly all: boolean;
}

export interface IChartAnswer {
  figures: IFigure[];
  /** By name of the figure, how many runs had no room in it. */
  left_out: Record<string, number>;
  more: number;
  metrics: string[];
  params: string[];
}

/** What a metric of a row came to; of one with the count 0 only the last value is known. */
export interface ICameTo {
  last: Float;
  low: Float;
  high: Float;
  count: number;
  last_step: number;
}

/** A run, or a version as a whole; `version` is empty while it is in none. */
export interface IRow {
  version: string;
  run: string;
  label: string;
  name: string;
  branch: string;
  /** Seconds since the epoch. */
  time: number;
  params: Record<string, Value>;
  metrics: Record<string, ICameTo>;
}

export interface ITableAnswer {
  metrics: string[];
  params: string[];
  /** The metrics of which less is better. */
  lower: string[];
  /** Metrics of which more is better; of those in neither nobody knows. */
  higher: string[];
  total: number;
  rows: IRow[];
  /** The newest versions that logged other than numbers. */
  logging: { version: string; label: string }[];
}

function subjectQuery(subject: ISubject, metrics: readonly string[]): Query {
  return {
    notebook: subject.notebook,
    versions: subject.versions ? JSON.stringify(subject.versions) : null,
    where: subject.where || null,
    all: subject.all ? 1 : null,
    live: 1,
    metrics: JSON.stringify(metrics)
  };
}

/** The query of charts; what is as by default is left out. */
export function chartQuery(
  subject: ISubject,
  options: IOptions,
  metrics: readonly string[],
  width: number,
  part: Part | null
): Query {
  const { over, logX, logY, smooth, group, band, against, colour } = options;
  return {
    ...subjectQuery(subject, metrics),
    kind: options.chart,
    x: over,
    log: `${logX ? 'x' : ''}${logY ? 'y' : ''}` || null,
    smooth: smooth || null,
    group: group || null,
    band: group && band !== 'std' ? band : null,
    against: against || null,
    colour: colour || null,
    width,
    first: part?.[0] ?? null,
    last: part?.[1] ?? null
  };
}

export function charts(
  api: Api,
  subject: ISubject,
  options: IOptions,
  metrics: readonly string[],
  width: number,
  part: Part | null
): Promise<IChartAnswer> {
  return api.get('figures/chart', chartQuery(subject, options, metrics, width, part));
}

export function table(api: Api, subject: ISubject): Promise<ITableAnswer> {
  return api.get('figures/table', subjectQuery(subject, []));
}
