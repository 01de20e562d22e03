import type { INotebookTracker, NotebookPanel } from '@jupyterlab/notebook';

/** Milliseconds after a change for which the one who made it counts as editing. */
const RECENT = 60_000;

/** What is used of the awareness of a shared document: who is there, by client, and what each of them does. */
export interface IAwareness {
  readonly clientID: number;
  getStates(): ReadonlyMap<number, Readonly<Record<string, unknown>>>;
  on(name: 'change', handler: (changes: IAwarenessChange, origin: unknown) => void): void;
  off(name: 'change', handler: (changes: IAwarenessChange, origin: unknown) => void): void;
}

export interface IAwarenessChange {
  added: number[];
  updated: number[];
  removed: number[];
}

/** What is used of a shared document: changes, and whether they were made here. */
interface ISharedDocument {
  on(name: 'afterTransaction', handler: (transaction: ITransaction) => void): void;
}

interface ITransaction {
  local: boolean;
  changed: ReadonlyMap<unknown, unknown>;
}

interface IShared {
  awareness?: IAwareness;
  ydoc?: ISharedDocument;
  /** What the server writes about the document: whether it is saved, its path. */
  ystate?: unknown;
}

/** Who else edits one document. */
export class Company {
  constructor(awareness: IAwareness, now: () => number = Date.now) {
    this._awareness = awareness;
    this._now = now;
    awareness.on('change', ({ added, updated, removed }) => {
      for (const client of removed) {
        this._active.delete(client);
      }
      // Who just came looks, and does not edit yet.
      for (const client of updated) {
        this.saw(client);
      }
      for (const client of added) {
        this._active.delete(client);
      }
    });
  }

  /** A client moved its cursor or edited. */
  saw(client: number): void {
    if (client !== this._awareness.clientID) {
      this._active.set(client, this._now());
    }
  }

  /** Something was edited elsewhere, nobody knows by whom: any of the others may have been it. */
  sawChange(): void {
    this._changed = this._now();
  }

  /** The names of those who edited in the last minute, each once; unnamed ones are an empty text. */
  get editing(): string[] {
    const since = this._now() - RECENT;
    const names = new Set<string>();
    for (const [client, state] of this._awareness.getStates()) {
      if (client !== this._awareness.clientID && Math.max(this._active.get(client) ?? -Infinity, this._changed) >= since) {
        names.add(nameOf(state));
      }
    }
    return [...names].sort();
  }

  private readonly _awareness: IAwareness;
  private readonly _now: () => number;
  private readonly _active = new Map<number, number>();
  private _changed = -Infinity;
}

/** Who else edits the open notebooks; without real-time collaboration nobody does. */
export class Collaborators {
  constructor(tracker: INotebookTracker) {
    const follow = (panel: NotebookPanel): void => {
      void panel.context.ready.then(() => {
        this._follow(panel.context);
      });
    };
    tracker.forEach(follow);
    tracker.widgetAdded.connect((_, panel) => {
      follow(panel);
    });
  }

  /** The names of those who edit the notebook now. */
  editing(context: NotebookPanel['context']): string[] {
    return this._company.get(context)?.editing ?? [];
  }

  private _follow(context: NotebookPanel['context']): void {
    const { awareness, ydoc, ystate } = context.model.sharedModel as IShared;
    if (context.isDisposed || this._company.has(context) || !awareness) {
      return;
    }
    const company = new Company(awareness);
    this._company.set(context, company);
    ydoc?.on('afterTransaction', ({ local, changed }) => {
      if (!local && [...changed.keys()].some(part => part !== ystate)) {
        company.sawChange();
      }
    });
  }

  private readonly _company = new WeakMap<NotebookPanel['context'], Company>();
}

/** The name that a client shows to the others. */
function nameOf(state: Readonly<Record<string, unknown>>): string {
  const { user } = state;
  if (typeof user !== 'object' || user === null) {
    return '';
  }
  const { display_name: display, name, username } = user as Record<string, unknown>;
  return [display, name, username].find((text): text is string => typeof text === 'string' && text !== '') ?? '';
}
