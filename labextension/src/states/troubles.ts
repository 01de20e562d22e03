import type { JupyterFrontEnd } from '@jupyterlab/application';
import { type ISignal, Signal } from '@lumino/signaling';
import type { IHistory } from '../history/tokens';
import type { KernelLoader } from '../kernel/loader';
import { terminalLine, type Loading } from '../kernel/silent';
import type { IErrorBody, IJob, IStatus } from '../service/contract';
import type { Failure } from '../service/failure';
import type { IVersionService } from '../service/tokens';
import { Connection } from './connection';
import { isDamage, isNoRoom } from './kinds';

/** What stands in the way of the versions of the active notebook, while the list stays usable. */
export class Troubles {
  constructor(options: {
    service: IVersionService;
    history: IHistory;
    kernels: KernelLoader;
    manager: JupyterFrontEnd['serviceManager'];
  }) {
    const { service, history, kernels, manager } = options;
    this._service = service;
    this._history = history;
    this._kernels = kernels;
    this._connection = new Connection(service, history, manager);
    service.api.failed.connect(this._onFailed, this);
    service.events.jobProgress.connect(this._onJob, this);
    service.events.versionAdded.connect(() => {
      this._set({ noRoom: null });
    });
    history.changed.connect(this._onHistory, this);
    kernels.changed.connect(() => {
      this._changed.emit();
    });
    this._connection.changed.connect(() => {
      this._changed.emit();
    });
  }

  get changed(): ISignal<this, void> {
    return this._changed;
  }

  /** Whether the server cannot be reached. */
  get offline(): boolean {
    return this._connection.offline;
  }

  /** The last thing for which there was no room; null when there is room again. */
  get noRoom(): IErrorBody | null {
    return this._now.noRoom;
  }

  /** What of the stored content was found to be harmed. */
  get damage(): IErrorBody | null {
    return this._now.damage;
  }

  /** What the server says of the active notebook. */
  get status(): IStatus | null {
    return this._now.status;
  }

  /** How loading our extension into the notebook's kernel went; null before. */
  get kernel(): Loading | null {
    const id = this._history.notebook?.sessionContext.session?.kernel?.id;
    return id === undefined ? null : this._kernels.known(id);
  }

  /** The line for a terminal that installs the package for the kernel with the interpreter `executable`. */
  installLine(executable: string): string | null {
    return this._now.status === null ? null : terminalLine(this._now.status.kernel_install, executable);
  }

  /** The user has seen what was harmed, and does something about it. */
  forgetDamage(): void {
    this._set({ damage: null });
  }

  /** Ask the server again. */
  retry(): void {
    this._connection.retry();
  }

  private _set(next: Partial<INow>): void {
    const before = this._now;
    this._now = { ...before, ...next };
    if ((Object.keys(next) as (keyof INow)[]).some(name => before[name] !== this._now[name])) {
      this._changed.emit();
    }
  }

  private _onFailed(_: unknown, failure: Failure): void {
    if (!failure.passing) {
      this._note(failure);
    }
  }

  private _onJob(_: unknown, { error, state }: IJob): void {
    if (state === 'failed' && error) {
      this._note(error);
    }
  }

  private _note({ kind, message, hint }: IErrorBody): void {
    if (isNoRoom(kind)) {
      this._set({ noRoom: { kind, message, hint } });
    } else if (isDamage(kind)) {
      this._set({ damage: { kind, message, hint } });
    }
  }

  /** The list was read, or another notebook is active. */
  private _onHistory(): void {
    const { notebook, path, workspace } = this._history;
    if (notebook) {
      this._connection.watch(notebook);
    }
    if (workspace === null) {
      this._set({ status: null });
      return;
    }
    // The list was made with this very answer, so nothing is asked for here.
    this._service.statuses.of(path).then(
      status => {
        if (this._history.path === path) {
          this._set({ status });
        }
      },
      () => undefined
    );
  }

  private readonly _service: IVersionService;
  private readonly _history: IHistory;
  private readonly _kernels: KernelLoader;
  private readonly _changed = new Signal<this, void>(this);
  private readonly _connection: Connection;
  private _now: INow = { noRoom: null, damage: null, status: null };
}

interface INow {
  noRoom: IErrorBody | null;
  damage: IErrorBody | null;
  status: IStatus | null;
}
