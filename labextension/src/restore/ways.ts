import type { NotebookPanel } from '@jupyterlab/notebook';

type Context = NotebookPanel['context'];

/** The way back from the last restore into a notebook. */
export interface IWayBack {
  /** The contents path that the notebook has now. */
  path: string;
  /** The id of the safety version. */
  safety: string;
}

/** The ways back by notebook: they outlive closing it, and follow it when it is renamed. */
export class WaysBack {
  constructor(localPath: (path: string) => string) {
    this._localPath = localPath;
  }

  get(path: string): IWayBack | null {
    return this._ways.get(path) ?? null;
  }

  /** The last restore into the notebook can be undone by restoring `safety`; null: it changed nothing. */
  set(context: Context, safety: string | null): IWayBack | null {
    const path = this._localPath(context.path);
    if (safety === null) {
      this._ways.delete(path);
      return null;
    }
    this._follow(context);
    const way = { path, safety };
    this._ways.set(path, way);
    return way;
  }

  private _follow(context: Context): void {
    if (this._followed.has(context)) {
      return;
    }
    this._followed.add(context);
    let path = this._localPath(context.path);
    context.pathChanged.connect(() => {
      const way = this._ways.get(path);
      this._ways.delete(path);
      path = this._localPath(context.path);
      if (way) {
        way.path = path;
        this._ways.set(path, way);
      }
    });
  }

  private readonly _localPath: (path: string) => string;
  private readonly _ways = new Map<string, IWayBack>();
  private readonly _followed = new WeakSet<Context>();
}
