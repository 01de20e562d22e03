/** What the server answers: the shapes of docs/http-api.md and of the command line's `--json`. */

import type { INotebookContent } from '@jupyterlab/nbformat';

/** A float; the strings "NaN", "Infinity" and "-Infinity" stand for those that JSON lacks. */
export type Float = number | string;

/** A configuration value. */
export type Value = Float | boolean | null;

export type Change = 'added' | 'removed' | 'modified';

export type Trigger = 'cell' | 'magic' | 'cli' | 'execute' | 'api' | 'panel' | 'import' | 'safety';

export interface ICounts {
  artifacts: number;
  added: number;
  modified: number;
  removed: number;
}

/** What a check came to. */
export type Verdict = 'ok' | 'warning' | 'problem' | 'skipped' | 'not-applicable';

/** A split as a list of versions shows it. */
export interface IGlance {
  name: string;
  parts: { name: string; size: number }[];
  part_count: number;
  verdict: Verdict;
}

export interface ICheck {
  name: string;
  verdict: Verdict;
  sentence: string;
  numbers: Record<string, Float>;
  rows: number[];
  row_count: number;
  items: { name: string; verdict: Verdict; numbers: Record<string, Float> }[];
  item_count: number;
  sampled: number;
}

/** The pictures that there are of a split. */
export type SplitView = 'sizes' | 'balance' | 'membership' | 'drift' | 'leakage' | 'distributions';

/** V of the contract. */
export interface IVersion {
  id: string;
  short: string;
  line: string;
  branch: string;
  parents: string[];
  message: string;
  author: string;
  time: string;
  notebook: string | null;
  cell_id: string;
  trigger: Trigger;
  document: 'live' | 'as-saved' | 'none';
  metrics: Record<string, Float>;
  params: Record<string, Value>;
  counts: ICounts;
  bytes_new: number;
  seconds: number;
  frozen: IFrozen[];
  leaks: ILeak[];
  labels: string[];
  tags: string[];
  starred?: boolean;
  hidden?: boolean;
  glances?: IGlance[];
  note?: string;
  /** The message that it was made with, where `message` is another one. */
  original_message?: string | null;
}

/** A part of a split that no training may see. */
export interface IFrozen {
  split: string;
  part: string;
  size: number;
}

/** Frozen rows that were trained on: in the version `version`, or in this one where it is empty. */
export interface ILeak {
  split: string;
  part: string;
  rows: number;
  version: string;
  trained_as: string;
}

export interface IArtifact {
  path: string;
  role: 'notebook' | 'data' | 'model' | 'other';
  access: 'read' | 'written' | 'both' | 'tracked';
  digest: string | null;
  size: number;
  mode: number;
  state: 'stored' | 'digest-only' | 'external' | 'unstable';
  reason: string;
}

export interface IMetric {
  last: Float;
  low: Float;
  high: Float;
  count: number;
  last_step: number;
}

export interface IRun {
  name: string;
  cell_id: string;
  started: number;
  params: Record<string, Value>;
  metrics: Record<string, IMetric>;
  /** Absent in the answers of an older server. */
  logged?: ILogged[];
}

/** What a run logged besides numbers. */
export interface ILogged {
  name: string;
  kind: 'figure' | 'image' | 'table' | 'text' | 'file';
  media: string;
  digest: string;
  size: number;
  step: number | null;
  /** The id of the run that logged it. */
  run: string;
  run_name: string;
}

export interface ITable {
  columns: string[];
  data: Value[][];
}

/** A figure, a table, a text, a picture in base 64; null where it is not shown. */
export interface ILoggedContent extends ILogged {
  content: IFigure['figure'] | ITable | string | null;
}

export interface IPart {
  name: string;
  size: number;
  classes: Record<string, number>;
}

export interface ISplit {
  name: string;
  strategy: string;
  seed: number;
  /** Whether the seed decides the rows; else it means nothing. */
  seeded: boolean;
  /** The function that made it; empty for ours. */
  origin: string;
  row_count: number;
  /** Pairs of train and test of a cross-validation; 0 for parts that exclude each other. */
  fold_count: number;
  parts: IPart[];
  /** Parts that no training may see. */
  frozen: string[];
  checks?: ICheck[];
  summary?: string | null;
}

export interface IEnvironment {
  python: string;
  implementation: string;
  platform: string;
  packages: Record<string, string>;
  hardware: Record<string, string>;
  seeds: Record<string, string>;
}

export interface ICodeState {
  commit: string;
  branch: string;
  dirty: boolean;
  modules: string[];
}

/** The answer of `show`. */
export interface IDetail extends IVersion {
  artifacts: IArtifact[];
  /** What lacks its content, as it was last found: mostly workspace paths. */
  missing: string[];
  runs: IRun[];
  splits: ISplit[];
  environment: IEnvironment;
  code: ICodeState;
}

export interface IArtifactChange {
  path: string;
  role: IArtifact['role'];
  change: Change;
}

export interface ICellChange {
  id: string;
  change: Change;
}

/** The answer of `diff`. */
export interface IDifference {
  artifacts: IArtifactChange[];
  metrics: Record<string, [Float | null, Float | null]>;
  params: Record<string, [Value, Value]>;
  environment: Record<string, [string | null, string | null]>;
  cells: ICellChange[];
  splits: ISplitChange[];
}

export interface ISplitChange {
  name: string;
  change: 'added' | 'removed' | 'modified';
  rows: [number | null, number | null];
  kept: number;
  moved: number;
  added: number;
  gone: number;
  /** Part before → part after → rows; no part is the empty text. */
  flows: Record<string, Record<string, number>>;
  settings: Record<string, [Value, Value]>;
  by_content: boolean;
}

export interface IStatus {
  workspace: string;
  version: string;
  /** Whether versions can be made there; an older server does not say it. */
  writable?: boolean;
  prefix: string | null;
  cell_tag: string;
  line: string | null;
  head: IVersion | null;
  branch: string | null;
  kernel_install: string;
  store_bytes: number;
  staged: number;
}

export interface IVersions {
  versions: IVersion[];
  head: string | null;
  line: string | null;
  more: boolean;
}

/** The answer of `checkpoint`. */
export interface ICheckpointed {
  version: IVersion | null;
  unchanged: boolean;
  seconds: number;
  bytes_new: number;
}

export interface IObstacle {
  path: string;
  reason: string;
}

export interface IPlan {
  version: string;
  writes: { path: string; size: number; change: Change }[];
  removes: string[];
  missing: IObstacle[];
  conflicts: IObstacle[];
  environment: Record<string, [string | null, string | null]>;
  cells: ICellChange[];
  shared: Record<string, string[]>;
  unsaved: boolean;
}

export interface IRestored {
  id: string;
  restored: boolean;
  safety_version: string | null;
  plan: IPlan;
  documents: { path: string; content: INotebookContent }[];
  written: string[];
  kept: IObstacle[];
}

export interface IErrorBody {
  kind: string;
  message: string;
  hint: string;
  /** Of a query that means nothing: which of its characters are wrong. */
  place?: readonly [number, number] | null;
}

/** J of the contract. */
export interface IJob {
  id: string;
  kind: 'checkpoint' | 'join' | 'restore' | 'gc' | 'verify';
  notebook: string | null;
  state: 'running' | 'done' | 'failed' | 'cancelled';
  phase: string;
  done: number;
  total: number;
  result?: unknown;
  error: IErrorBody | null;
}

/** Plotly's description of a figure. */
export interface IFigure {
  name: string;
  figure: { data: Record<string, unknown>[]; layout: Record<string, unknown> };
}

/** What the kernel sends with the comm that it opens for a staged checkpoint, or for one that failed. */
export type KernelNews =
  | {
      event: 'staged';
      key: string;
      cell_id: string;
      when: 'cell-finished' | 'now';
      seconds: number;
      message: string;
    }
  | { event: 'error'; cell_id: string; error: IErrorBody };
