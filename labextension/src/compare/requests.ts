import type { IOutput } from '@jupyterlab/nbformat';
import type { Api } from '../service/api';
import type { Change, IArtifact, IFigure, IMetric, Value } from '../service/contract';

/** What names the workspace as it is, where a version could be named. */
export const WORKSPACE = 'workspace';

/** One of the states that are compared. */
export interface ISide {
  /** Of the version, or `WORKSPACE`. */
  id: string;
  short: string;
  message: string;
  author: string;
  branch: string;
  time: string | null;
  notebook: string | null;
}

/** Something that each side has, lacks, or has differently. */
interface IRow<T> {
  values: (T | null)[];
  differs: boolean;
}

export interface IMetricRow extends IRow<IMetric> {
  name: string;
  /** Null where nobody knows. */
  lower_is_better: boolean | null;
}

export interface IValueRow extends IRow<Value> {
  name: string;
  /** The sides that lack it; null may be a value. */
  absent: number[];
}

export interface IFileState {
  digest: string | null;
  size: number;
  mode: number;
  state: IArtifact['state'];
}

export interface IFileRow extends IRow<IFileState> {
  path: string;
  role: IArtifact['role'];
}

export interface ISplitState {
  strategy: string;
  seed: number | null;
  row_count: number;
  parts: Record<string, number>;
}

export interface ISplitRow extends IRow<ISplitState> {
  name: string;
}

export type SectionName = 'metrics' | 'params' | 'environment' | 'code' | 'artifacts' | 'splits';

/** The answer of `/comparisons`. */
export interface IComparison {
  sides: ISide[];
  metrics: IMetricRow[];
  params: IValueRow[];
  environment: IValueRow[];
  code: IValueRow[];
  artifacts: IFileRow[];
  splits: ISplitRow[];
  /** Rows that were left out because all sides agree. */
  same: Record<SectionName, number>;
  /** Rows that are left out because the table would be too long. */
  cut: Record<SectionName, number>;
}

/** Where a stretch of a text begins, and how long it is. */
export type Span = [number, number];

export interface ICellPair {
  id: string;
  change: Change | null;
  before: number | null;
  after: number | null;
  kind: string;
  source: string;
  earlier: string | null;
  gone: Span[];
  new: Span[];
  outputs: [number, number];
  outputs_differ: boolean;
  tags_differ: boolean;
  moved: boolean;
}

export interface INotebookDifference {
  before: string | null;
  after: string | null;
  language: string;
  mime: string;
  cells: ICellPair[];
}

/** The requests of this feature, all about versions of one notebook. */
export class Comparisons {
  constructor(
    private readonly _api: Api,
    readonly notebook: string
  ) {}

  table(versions: readonly string[], differencesOnly: boolean): Promise<IComparison> {
    return this._api.get('comparisons', {
      notebook: this.notebook,
      versions: versions.join(','),
      differences_only: differencesOnly ? 1 : 0
    });
  }

  figures(versions: readonly string[], first: number, limit: number): Promise<{ figures: IFigure[]; total: number }> {
    return this._api.get('comparisons/figures', {
      notebook: this.notebook,
      versions: versions.join(','),
      first,
      limit
    });
  }

  export(
    versions: readonly string[],
    format: 'html' | 'csv',
    differencesOnly: boolean
  ): Promise<{ name: string; content: string }> {
    return this._api.get('comparisons/export', {
      notebook: this.notebook,
      versions: versions.join(','),
      format,
      differences_only: differencesOnly ? 1 : 0
    });
  }

  notebooks(before: string, after: string): Promise<INotebookDifference> {
    const path = `versions/${encodeURIComponent(before)}/notebook-difference`;
    return this._api.get(path, { notebook: this.notebook, to: after });
  }

  /** The outputs of the cell at `place` of a side; `like` is a version of the line, for the workspace. */
  async outputs(side: string, place: number, like: string): Promise<IOutput[]> {
    const path = `versions/${encodeURIComponent(side)}/cells/${place}/outputs`;
    return (await this._api.get<{ outputs: IOutput[] }>(path, { notebook: this.notebook, like })).outputs;
  }

  /** Where the rows of the splits went. */
  splits(before: string, after: string): Promise<IFigure[]> {
    return this._api.splitsCompared(this.notebook, before, after);
  }
}
