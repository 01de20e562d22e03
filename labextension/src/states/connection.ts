import type { JupyterFrontEnd } from '@jupyterlab/application';
import type { NotebookPanel } from '@jupyterlab/notebook';
import { type ISignal, Signal } from '@lumino/signaling';
import type { IHistory } from '../history/tokens';
import { type Failure, UNAUTHENTICATED } from '../service/failure';
import type { IVersionService } from '../service/tokens';

/** Milliseconds between the questions to a server that is away; the last one again and again. */
const AGAIN = [1_000, 2_000, 4_000, 8_000, 15_000, 30_000] as const;

/** Milliseconds that a connection may be lost without a question whether the server is away: kernels start and restart. */
const LOST = 500;

/** Milliseconds after which Lab's stream of events surely came back as well. */
const STREAM = 35_000;

/** Whether there is a way to the server; what was missed meanwhile is caught up with. Asks only of a server that seems away. */
export class Connection {
  constructor(service: IVersionService, history: IHistory, manager: JupyterFrontEnd['serviceManager']) {
    this._service = service;
    this._history = history;
    service.api.failed.connect(this._onFailed, this);
    service.api.answered.connect(this._onAnswered, this);
    // Lab asks for its kernels every few seconds, and is the first to see that nobody answers.
    manager.connectionFailure.connect(this._doubt, this);
    manager.kernels.runningChanged.connect(this._comeBack, this);
    window.addEventListener('focus', () => {
      this._returned();
    });
    document.addEventListener('visibilitychange', () => {
      this._returned();
    });
    // Events of a network that was away are lost, whether or not somebody asked meanwhile.
    window.addEventListener('online', () => {
      this._doubt();
    });
  }

  get changed(): ISignal<this, void> {
    return this._changed;
  }

  /** Whether the server cannot be reached. */
  get offline(): boolean {
    return this._offline;
  }

  /** Ask the server again. */
  retry(): void {
    void this._history.refresh();
  }

  /** Follow the connection of a notebook's kernel, which tells at once that the server went and that it came. */
  watch(notebook: NotebookPanel): void {
    if (!this._watched.has(notebook)) {
      this._watched.add(notebook);
      notebook.sessionContext.connectionStatusChanged.connect(this._onConnection, this);
    }
  }

  private _onConnection(_: unknown, status: string): void {
    if (status === 'connected') {
      this._forgetDoubt();
      this._comeBack();
    } else {
      this._lost ??= setTimeout(() => {
        this._lost = null;
        this._doubt();
      }, LOST);
    }
  }

  /** Something says that the server may be away, or was. */
  private _doubt(): void {
    this._forgetDoubt();
    if (this._offline) {
      this._comeBack();
    } else {
      this.retry();
    }
  }

  private _forgetDoubt(): void {
    if (this._lost !== null) {
      clearTimeout(this._lost);
      this._lost = null;
    }
  }

  private _onFailed(_: unknown, failure: Failure): void {
    this._loggedOut = failure.kind === UNAUTHENTICATED;
    if (failure.passing) {
      this._set(true);
      this._askLater(AGAIN[Math.min(this._asked, AGAIN.length - 1)] ?? 0);
    }
  }

  private _onAnswered(): void {
    this._loggedOut = false;
    if (this._offline) {
      this._asked = 0;
      this._set(false);
      this._service.statuses.forget();
      setTimeout(() => {
        this._service.statuses.forget();
      }, STREAM);
    }
  }

  /** The page is looked at again, maybe after logging in in another tab. */
  private _returned(): void {
    this._comeBack();
    if (this._loggedOut && !document.hidden) {
      this._loggedOut = false; // until the answer says so again: two events tell of one return
      this.retry();
    }
  }

  /** Something says that there may be a way again: many signs make one question. */
  private _comeBack(): void {
    if (this._offline) {
      this._asked = 0;
      this._askLater(LOST);
    }
  }

  private _askLater(pause: number): void {
    const at = Date.now() + pause;
    if (this._next !== null) {
      if (this._next.at <= at) {
        return;
      }
      clearTimeout(this._next.timer);
    }
    const timer = setTimeout(() => {
      this._next = null;
      // A page that nobody sees asks when it is seen again.
      if (this._offline && !document.hidden) {
        this._asked += 1;
        this.retry();
      }
    }, pause);
    this._next = { at, timer };
  }

  private _set(offline: boolean): void {
    if (offline !== this._offline) {
      this._offline = offline;
      this._changed.emit();
    }
  }

  private readonly _service: IVersionService;
  private readonly _history: IHistory;
  private readonly _changed = new Signal<this, void>(this);
  private readonly _watched = new WeakSet<NotebookPanel>();
  private _offline = false;
  private _loggedOut = false;
  private _asked = 0;
  private _next: { at: number; timer: Timer } | null = null;
  private _lost: Timer | null = null;
}

type Timer = ReturnType<typeof setTimeout>;
