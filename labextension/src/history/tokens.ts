import type { NotebookPanel } from '@jupyterlab/notebook';
import { Token } from '@lumino/coreutils';
import type { ISignal } from '@lumino/signaling';
import type { IVersion } from '../service/contract';
import type { Sections } from './sections';

/** Which versions are listed, and how. */
export interface IListing {
  /** A query; empty: all. */
  readonly where: string;
  /** A metric, parameter or field; null: newest first. */
  readonly sort: string | null;
  readonly ascending: boolean;
  /** Whether the versions of all lines are listed, not only those of the active notebook. */
  readonly all: boolean;
  /** Whether safety versions are listed. */
  readonly safety: boolean;
}

/** The history that the side panel shows, for the plugins that add to it. */
export interface IHistory {
  /** Something that the panel shows has changed. */
  readonly changed: ISignal<IHistory, void>;
  /** The active notebook. */
  readonly notebook: NotebookPanel | null;
  /** Its contents path; empty without one. */
  readonly path: string;
  /** The folder of the workspace, which is known once the server answered; null before. */
  readonly workspace: string | null;
  /** The version that the notebook's line stands at. */
  readonly head: string | null;
  /** The versions that are chosen, in the order in which they were. */
  readonly chosen: readonly IVersion[];
  /** The version in whose row the keyboard is. */
  readonly focused: IVersion | null;
  /** What is listed; given another one, the list is read again. */
  listing: IListing;
  /** What plugins add to the panel. */
  readonly sections: Sections;
  /** Choose versions of the list; the details of a single one are shown. */
  choose: (ids: readonly string[]) => void;
  /** A version of the list, if it was loaded. */
  find: (id: string) => IVersion | null;
  /** Ask the server again. */
  refresh: () => Promise<void>;
}

export const IHistory = new Token<IHistory>(
  'jupyter-mlversion:IHistory',
  'The history that the side panel shows: versions, what is listed and what is chosen.'
);

/** The versions that a command is about: those named by its argument `versions`, else those chosen in the panel. */
export function subjects(history: IHistory, args: { readonly versions?: unknown }): IVersion[] {
  const ids = Array.isArray(args.versions) ? args.versions : null;
  return ids ? ids.flatMap(id => history.find(String(id)) ?? []) : [...history.chosen];
}
