import type { IDisposable } from '@lumino/disposable';
import { Token } from '@lumino/coreutils';
import type { Widget } from '@lumino/widgets';
import type { IDifferenceOfFile, IPart, Preview } from './answers';

/** One file of a version, for who shows it. */
export interface IArtifactFile {
  /** The full id of the version, and the short one that people see. */
  readonly version: string;
  readonly short: string;
  /** The workspace path. */
  readonly path: string;
  /** What the server tells about the inside, or about a part of it. Rejects with a `Failure`. */
  preview: (part?: IPart) => Promise<Preview>;
  /** The bytes. Rejects with a `Failure`. */
  bytes: () => Promise<Blob>;
}

/** One file in two states, for who shows how they differ. */
export interface IArtifactPair {
  readonly path: string;
  readonly before: IArtifactFile;
  /** Of a version, or of the workspace: then its version is `workspace`. */
  readonly after: IArtifactFile;
  /** Ask again, with rows of tables told by the column `key`. */
  difference: (key: string | null) => Promise<IDifferenceOfFile>;
}

/** Shows files of some kind. */
export interface IArtifactViewer {
  /** Unique. */
  readonly name: string;
  /** What a person chooses it by. */
  readonly label: string;
  /** Of those that accept a file, the one with the largest rank is shown first. Ours have 0 to 10. */
  readonly rank: number;
  accepts: (preview: Preview) => boolean;
  /** A widget that shows the file; whoever asked disposes of it. Nothing of a file may be run, or become markup. */
  render: (file: IArtifactFile, preview: Preview) => Widget;
}

/** Shows how two states of files of some kind differ. */
export interface IArtifactDiffer {
  readonly name: string;
  readonly label: string;
  readonly rank: number;
  accepts: (difference: IDifferenceOfFile) => boolean;
  render: (pair: IArtifactPair, difference: IDifferenceOfFile) => Widget;
}

/** The viewers and differs that there are. */
export interface IArtifactViewers {
  /** Add one, until what is answered is disposed of. Throws when the name is taken. */
  addViewer: (viewer: IArtifactViewer) => IDisposable;
  addDiffer: (differ: IArtifactDiffer) => IDisposable;
  /** Those that accept a file, the best first. */
  viewers: (preview: Preview) => IArtifactViewer[];
  differs: (difference: IDifferenceOfFile) => IArtifactDiffer[];
}

export const IArtifactViewers = new Token<IArtifactViewers>(
  'jupyter-mlversion:IArtifactViewers',
  'Viewers and differs for the files of versions; extensions add those for their own file types.'
);
