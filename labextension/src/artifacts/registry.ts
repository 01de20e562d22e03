import { DisposableDelegate, type IDisposable } from '@lumino/disposable';
import type { IDifferenceOfFile, Preview } from './answers';
import type { IArtifactDiffer, IArtifactViewer, IArtifactViewers } from './tokens';

interface IRanked<T> {
  readonly name: string;
  readonly rank: number;
  accepts: (subject: T) => boolean;
}

/** The viewers and differs that plugins added. */
export class ArtifactViewers implements IArtifactViewers {
  addViewer(viewer: IArtifactViewer): IDisposable {
    return added(this._viewers, viewer);
  }

  addDiffer(differ: IArtifactDiffer): IDisposable {
    return added(this._differs, differ);
  }

  viewers(preview: Preview): IArtifactViewer[] {
    return accepting(this._viewers, preview);
  }

  differs(difference: IDifferenceOfFile): IArtifactDiffer[] {
    return accepting(this._differs, difference);
  }

  private readonly _viewers = new Map<string, IArtifactViewer>();
  private readonly _differs = new Map<string, IArtifactDiffer>();
}

function added<T extends { readonly name: string }>(known: Map<string, T>, one: T): IDisposable {
  if (known.has(one.name)) {
    throw new Error(`There is something with the name ${one.name} already.`);
  }
  known.set(one.name, one);
  return new DisposableDelegate(() => {
    known.delete(one.name);
  });
}

/** Those that accept `subject`, the best first; one that throws does not accept. */
function accepting<S, T extends IRanked<S>>(known: ReadonlyMap<string, T>, subject: S): T[] {
  const accepts = (one: T): boolean => {
    try {
      return one.accepts(subject);
    } catch (reason) {
      console.warn(`${one.name} failed`, reason);
      return false;
    }
  };
  return [...known.values()].filter(accepts).sort((a, b) => b.rank - a.rank);
}
