import { type ISignal, Signal } from '@lumino/signaling';
import type { Api } from './api';
import type { IStatus } from './contract';
import type { Events } from './events';

/** What the server says of each notebook, remembered until something changed. */
export class Statuses {
  constructor(api: Api, events: Events) {
    this._api = api;
    // Only the line that it belongs to changed, and who shows that line hears of it too.
    events.versionAdded.connect(() => {
      this._known.clear();
    });
    events.restoreFinished.connect(this.forget, this);
    events.workspaceChanged.connect(this.forget, this);
  }

  /** Emitted when what is remembered is no longer sure. */
  get changed(): ISignal<this, void> {
    return this._changed;
  }

  /** The status of a notebook, named by its contents path without a drive; rejects with a `Failure`. */
  of(notebook: string): Promise<IStatus> {
    let status = this._known.get(notebook);
    if (!status) {
      status = this._api.status(notebook);
      this._known.set(notebook, status);
      status.catch(() => {
        // Not a newer question's.
        if (this._known.get(notebook) === status) {
          this._known.delete(notebook);
        }
      });
    }
    return status;
  }

  forget(): void {
    this._known.clear();
    this._changed.emit();
  }

  private readonly _api: Api;
  private readonly _changed = new Signal<this, void>(this);
  private readonly _known = new Map<string, Promise<IStatus>>();
}
