import type { NotebookPanel } from '@jupyterlab/notebook';
import { type ISignal, Signal } from '@lumino/signaling';
import type { KernelLoader } from '../kernel/loader';
import { terminalLine } from '../kernel/silent';
import type { IDetail, IFigure, IStatus, IVersion } from '../service/contract';
import type { IMetricsLogged, IVersionAdded } from '../service/events';
import { Failure, SERVER_MISSING } from '../service/failure';
import type { IVersionService } from '../service/tokens';
import { Sections } from './sections';
import type { IHistory, IListing } from './tokens';

/** Milliseconds between two looks at what is logged now. */
const LIVE = 300;

/** How many versions are asked for at a time. */
const PAGE = 100;

/** What the panel shows. */
export type HistoryState =
  | { kind: 'no-notebook' }
  | { kind: 'loading' }
  | { kind: 'server-missing' }
  | { kind: 'failed'; failure: Failure }
  | { kind: 'ready'; status: IStatus; versions: readonly IVersion[]; head: string | null; more: boolean };

/** The details of the version that is looked at. */
export type DetailState =
  | { kind: 'none' }
  | { kind: 'loading'; id: string }
  | { kind: 'failed'; id: string; failure: Failure }
  | { kind: 'ready'; id: string; detail: IDetail };

/** The history of the active notebook. Asks the server only while it is visible. */
export class HistoryModel implements IHistory {
  constructor(service: IVersionService, kernels: KernelLoader) {
    this._service = service;
    this._kernels = kernels;
    kernels.changed.connect((_, id) => {
      if (id === this._kernelId) {
        this._changed.emit();
      }
    });
    const { events } = service;
    events.versionAdded.connect(this._onVersionAdded, this);
    events.metricsLogged.connect(this._onLogged, this);
    service.statuses.changed.connect(this._onChange, this);
    this.sections.changed.connect(() => {
      this._changed.emit();
    });
    service.preferences.changed.connect(() => {
      this._changed.emit();
    });
  }

  readonly sections = new Sections();

  get changed(): ISignal<this, void> {
    return this._changed;
  }

  get state(): HistoryState {
    return this._state;
  }

  get detail(): DetailState {
    return this._detail;
  }

  get workspace(): string | null {
    return this._state.kind === 'ready' ? this._state.status.workspace : null;
  }

  get head(): string | null {
    return this._state.kind === 'ready' ? this._state.head : null;
  }

  get chosen(): readonly IVersion[] {
    return this._detail.kind === 'ready' ? [this._detail.detail] : [];
  }

  get listing(): IListing {
    return this._listing;
  }

  set listing(listing: IListing) {
    this._listing = listing;
    void this.refresh();
  }

  /** What the kernel logged and no version holds yet; null while that is not known. */
  get live(): readonly IFigure[] | null {
    return this._live;
  }

  get liveChanged(): ISignal<this, void> {
    return this._liveChanged;
  }

  /** The notebook whose history is shown. */
  get notebook(): NotebookPanel | null {
    return this._notebook;
  }

  set notebook(notebook: NotebookPanel | null) {
    if (notebook === this._notebook) {
      return;
    }
    this._notebook?.context.pathChanged.disconnect(this._onRenamed, this);
    this._notebook = notebook;
    notebook?.context.pathChanged.connect(this._onRenamed, this);
    this._state = notebook ? { kind: 'loading' } : { kind: 'no-notebook' };
    this._detail = { kind: 'none' };
    this._live = null;
    this._changed.emit();
    void this.refresh();
    void this._look();
  }

  /** The contents path of the notebook; empty without one. */
  get path(): string {
    return this._notebook ? this._service.localPath(this._notebook.context.path) : '';
  }

  /** The line that installs the package for the notebook's kernel; null unless it is known to be missing there. */
  get kernelInstall(): string | null {
    const known = this._kernelId === null ? null : this._kernels.known(this._kernelId);
    return known?.kind === 'package-missing' && this._state.kind === 'ready'
      ? terminalLine(this._state.status.kernel_install, known.executable)
      : null;
  }

  get visible(): boolean {
    return this._visible;
  }

  set visible(visible: boolean) {
    this._visible = visible;
    if (visible && this._stale) {
      void this.refresh();
    }
    if (visible) {
      void this._look();
    }
  }

  /** The version with that id, if it is in the list. */
  find(id: string): IVersion | null {
    return this._state.kind === 'ready' ? (this._state.versions.find(version => version.id === id) ?? null) : null;
  }

  /** Ask the server again; put off until the panel is visible. Many calls at once ask once more, not many times. */
  refresh(): Promise<void> {
    this._stale = true;
    this._catchingUp ??= this._catchUp().finally(() => {
      this._catchingUp = null;
    });
    return this._catchingUp;
  }

  /** Add the next page of older versions to the list. */
  async loadMore(): Promise<void> {
    const state = this._state;
    const last = state.kind === 'ready' ? state.versions.at(-1) : undefined;
    if (state.kind !== 'ready' || !last) {
      return;
    }
    try {
      const page = await this._service.api.versions(this.path, { limit: PAGE, before: last.id });
      if (this._state === state) {
        this._state = { ...state, versions: [...state.versions, ...page.versions], more: page.more };
        this._changed.emit();
      }
    } catch (reason) {
      this._service.toasts.failure(this._service.trans.__('Older versions'), reason);
    }
  }

  /** Show the details of a version; null shows none. */
  async select(id: string | null): Promise<void> {
    if (id === null) {
      this._setDetail({ kind: 'none' });
      return;
    }
    this._setDetail({ kind: 'loading', id });
    let next: DetailState;
    try {
      next = { kind: 'ready', id, detail: await this._service.api.version(this.path, id) };
    } catch (reason) {
      next = { kind: 'failed', id, failure: Failure.of(reason) };
    }
    if (this._detail.kind === 'loading' && this._detail.id === id) {
      this._setDetail(next);
    }
  }

  private get _kernelId(): string | null {
    return this._notebook?.sessionContext.session?.kernel?.id ?? null;
  }

  private async _catchUp(): Promise<void> {
    while (this._stale && this._visible && this._notebook) {
      this._stale = false;
      const notebook = this._notebook;
      const state = await this._load(this.path);
      if (notebook === this._notebook) {
        this._state = state;
        this._changed.emit();
      }
    }
  }

  private async _load(path: string): Promise<HistoryState> {
    try {
      const [status, { versions, head, more }] = await Promise.all([
        this._service.statuses.of(path),
        this._service.api.versions(path, { limit: PAGE })
      ]);
      return { kind: 'ready', status, versions, head, more };
    } catch (reason) {
      const failure = Failure.of(reason);
      return failure.kind === SERVER_MISSING ? { kind: 'server-missing' } : { kind: 'failed', failure };
    }
  }

  private _setDetail(detail: DetailState): void {
    this._detail = detail;
    this._changed.emit();
  }

  /** Ask what is logged now; called while it does, it asks once more, and never while the panel is hidden. */
  private async _look(): Promise<void> {
    this._toLook = true;
    if (this._looking) {
      return;
    }
    this._looking = true;
    while (this._toLook && this._visible && this._notebook) {
      this._toLook = false;
      const notebook = this._notebook;
      try {
        const figures = await this._service.api.liveFigures(this.path);
        if (notebook === this._notebook && (figures.length || this._live?.length)) {
          this._live = figures;
          this._liveChanged.emit();
        }
      } catch {
        // The versions say what is wrong with the server.
      }
      await new Promise(resolve => setTimeout(resolve, LIVE));
    }
    this._looking = false;
  }

  private _onLogged(_: unknown, { prefix }: IMetricsLogged): void {
    const known = this._state.kind === 'ready' ? this._state.status.prefix : null;
    if (this._visible && (known === null || known === prefix)) {
      void this._look();
    }
  }

  private _onRenamed(): void {
    void this.refresh();
  }

  private _onChange(): void {
    void this.refresh();
  }

  private _onVersionAdded(_: unknown, added: IVersionAdded): void {
    const line = this._state.kind === 'ready' ? this._state.status.line : null;
    if (line === null || line === added.line) {
      void this.refresh();
    }
  }

  private readonly _service: IVersionService;
  private readonly _kernels: KernelLoader;
  private readonly _changed = new Signal<this, void>(this);
  private readonly _liveChanged = new Signal<this, void>(this);
  private _listing: IListing = { where: '', sort: null, ascending: false, all: false, safety: true };
  private _live: readonly IFigure[] | null = null;
  private _looking = false;
  private _toLook = false;
  private _notebook: NotebookPanel | null = null;
  private _visible = false;
  private _stale = false;
  private _catchingUp: Promise<void> | null = null;
  private _state: HistoryState = { kind: 'no-notebook' };
  private _detail: DetailState = { kind: 'none' };
}
