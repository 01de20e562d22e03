/** What the server answers about the inside of files; docs/http-api.md says it in words. */

import type { Float, IJob } from '../service/contract';

export type Cell = string | number | boolean | null;

export interface IColumn {
  name: string;
  type: string;
}

export interface ITensor {
  name: string;
  dtype: string;
  shape: number[];
  count: number;
  nbytes: number;
}

interface IFile {
  path: string;
  size: number;
  digest: string | null;
}

export interface ITablePreview extends IFile {
  kind: 'table';
  format: string;
  columns: IColumn[];
  rows: Cell[][];
  first: number;
  row_count: number;
  exact: boolean;
}

export interface ITextPreview extends IFile {
  kind: 'text';
  text: string;
  encoding: string;
  first: number;
  next: number | null;
}

export interface IImageFacts {
  format: string;
  media: string;
  width: number | null;
  height: number | null;
}

export type IImagePreview = IFile & IImageFacts & { kind: 'image' };

export interface ITensorsPreview extends IFile {
  kind: 'tensors';
  format: string;
  tensors: ITensor[];
  tensor_count: number;
  parameters: number;
  nbytes: number;
  metadata: Record<string, string>;
  note: string;
}

export interface INotebookPreview extends IFile {
  kind: 'notebook';
  cells: number;
  format: string;
}

export interface IBytesPreview extends IFile {
  kind: 'unknown' | 'pickle';
  /** The first bytes, hexadecimal. */
  head: string;
  problem: string;
  hint: string;
}

export type Preview =
  | ITablePreview
  | ITextPreview
  | IImagePreview
  | ITensorsPreview
  | INotebookPreview
  | IBytesPreview;

/** Which part of a file a preview is of; `form` overrules how the file is shown. */
export interface IPart {
  first?: number;
  limit?: number;
  last?: 1;
  form?: 'text' | 'unknown';
}

export interface IRow {
  row: number;
  values: Cell[];
}

export interface ITableDifference {
  kind: 'table';
  columns: {
    name: string;
    change: 'added' | 'removed' | 'retyped' | null;
    before: string | null;
    after: string | null;
    cells: number;
  }[];
  rows: Record<'before' | 'after' | 'same' | 'changed' | 'added' | 'removed', number>;
  compared: Record<'before' | 'after', number>;
  aligned: 'key' | 'content';
  key: string | null;
  names: string[];
  changed: { before: number; after: number; from: Cell[]; to: Cell[]; cells: number[] }[];
  added: IRow[];
  removed: IRow[];
}

export interface IHunk {
  before: number;
  after: number;
  lines: [string, string][];
  cut: number;
}

export interface ITextDifference {
  kind: 'text';
  hunks: IHunk[];
  hunk_count: number;
  added: number;
  removed: number;
  complete: boolean;
}

export interface IImageDifference {
  kind: 'image';
  before: IImageFacts;
  after: IImageFacts;
  pixels: { differ: number; total: number; largest: number; mean: number } | null;
  why: string;
}

export type TensorChange = 'added' | 'removed' | 'reshaped' | 'retyped' | 'changed' | 'unknown';

export interface ITensorChange {
  name: string;
  change: TensorChange;
  before: Omit<ITensor, 'name'> | null;
  after: Omit<ITensor, 'name'> | null;
  relative?: Float | null;
  largest?: Float;
  cosine?: Float | null;
  not_finite?: number;
}

export interface ITensorsDifference {
  kind: 'tensors';
  tensors: ITensorChange[];
  counts: Record<TensorChange | 'same', number>;
  parameters: Record<'before' | 'after', number>;
}

export interface IUnknownDifference {
  kind: 'unknown';
  problem: string;
  hint: string;
}

export type Inside =
  | ITableDifference
  | ITextDifference
  | IImageDifference
  | ITensorsDifference
  | IUnknownDifference;

export interface ISide {
  size: number;
  digest: string | null;
}

export interface IDifferenceOfFile {
  path: string;
  change: 'added' | 'removed' | 'modified' | null;
  before: ISide | null;
  after: ISide | null;
  /** Empty when nothing differs, or one side lacks the file. */
  inside: Inside | Record<string, never>;
}

/** The same, or the job that finds it out. */
export type DifferenceAnswer = IDifferenceOfFile | { job: IJob };
