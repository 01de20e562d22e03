/** What the tab shows, and how; remembered for each workspace. */

export const CHARTS = ['lines', 'scatter', 'parallel', 'table', 'logged'] as const;
export const OVERS = ['step', 'relative', 'time', 'version'] as const;
export const BANDS = ['std', 'range'] as const;
export const OFS = ['listed', 'chosen', 'running'] as const;

/** What the table tells of a metric. */
export const TOLD = ['last', 'best', 'low', 'high'] as const;

export type Told = (typeof TOLD)[number];
export type ChartKind = (typeof CHARTS)[number];
export type Over = (typeof OVERS)[number];
export type Band = (typeof BANDS)[number];
/** Which versions: those listed in the panel, those chosen there, or only what is in no version yet. */
export type Of = (typeof OFS)[number];

export interface IOptions {
  readonly chart: ChartKind;
  readonly of: Of;
  /** Names; null: all, also those that come. */
  readonly metrics: readonly string[] | null;
  readonly over: Over;
  readonly logX: boolean;
  readonly logY: boolean;
  /** 0 up to 0.99. */
  readonly smooth: number;
  /** A parameter; empty: none. */
  readonly group: string;
  readonly band: Band;
  /** The parameter of a scatter chart; empty: the first that varies. */
  readonly against: string;
  /** The metric of colours; empty: none. */
  readonly colour: string;
  /** Parameters that have a column of the table; null: all. */
  readonly columns: readonly string[] | null;
  readonly told: Told;
}

export const DEFAULTS: IOptions = {
  chart: 'lines',
  of: 'listed',
  metrics: null,
  over: 'step',
  logX: false,
  logY: false,
  smooth: 0,
  group: '',
  band: 'std',
  against: '',
  colour: '',
  columns: null,
  told: 'last'
};

export const SMOOTHEST = 0.99;

/** Options out of what was remembered; what cannot be used is as by default. */
export function optionsFrom(kept: unknown): IOptions {
  if (typeof kept !== 'object' || kept === null) {
    return DEFAULTS;
  }
  const said = kept as Record<string, unknown>;
  const text = (name: string): string => (typeof said[name] === 'string' ? said[name] : '');
  return {
    chart: one(CHARTS, said.chart, DEFAULTS.chart),
    of: one(OFS, said.of, DEFAULTS.of),
    metrics: texts(said.metrics),
    over: one(OVERS, said.over, DEFAULTS.over),
    logX: said.logX === true,
    logY: said.logY === true,
    smooth: typeof said.smooth === 'number' ? Math.min(Math.max(said.smooth, 0), SMOOTHEST) || 0 : 0,
    group: text('group'),
    band: one(BANDS, said.band, DEFAULTS.band),
    against: text('against'),
    colour: text('colour'),
    columns: texts(said.columns),
    told: one(TOLD, said.told, DEFAULTS.told)
  };
}

/** The metrics that have a chart, out of all that there are. */
export function shownMetrics(options: IOptions, names: readonly string[]): string[] {
  const { metrics } = options;
  return metrics === null ? [...names] : names.filter(name => metrics.includes(name));
}

/** `names` with `name` when it lacked it, else without; null means all of `all`, before and after. */
export function toggled(names: readonly string[] | null, name: string, all: readonly string[]): string[] | null {
  const now = names ?? all;
  const next = now.includes(name) ? now.filter(other => other !== name) : [...now, name];
  return all.every(other => next.includes(other)) ? null : next;
}

function one<T extends string>(possible: readonly T[], said: unknown, otherwise: T): T {
  return possible.find(value => value === said) ?? otherwise;
}

function texts(said: unknown): string[] | null {
  return Array.isArray(said) ? said.filter((value): value is string => typeof value === 'string') : null;
}
