import type { NotebookPanel } from '@jupyterlab/notebook';
import { JSONExt } from '@lumino/coreutils';
import { type ISignal, Signal } from '@lumino/signaling';
import type { IDetail, IStatus, IVersion } from '../service/contract';
import type { IMetricsLogged, IVersionAdded } from '../service/events';
import { Failure, SERVER_MISSING } from '../service/failure';
import type { IVersionService } from '../service/tokens';
import { type IChoice, NOTHING, focused, only, ranged, toggled } from './choice';
import { LoggedNow } from './loggedNow';
import { PAGE, Pages } from './pages';
import { type IPage, listed } from './requests';
import { Sections } from './sections';
import type { IHistory, IListing } from './tokens';

/** At most so many versions are chosen at once. */
const MOST = 1000;

/** What the panel shows. */
export type HistoryState =
  | { kind: 'no-notebook' }
  | { kind: 'loading' }
  | { kind: 'server-missing' }
  | { kind: 'failed'; failure: Failure }
  | { kind: 'ready'; status: IStatus; pages: Pages; head: string | null };

/** The details of the version that is looked at. */
export type DetailState =
  | { kind: 'none' }
  | { kind: 'loading'; id: string }
  | { kind: 'failed'; id: string; failure: Failure }
  | { kind: 'ready'; id: string; detail: IDetail };

/** The history of the active notebook. Asks the server only while it is visible. */
export class HistoryModel implements IHistory {
  constructor(service: IVersionService) {
    this._service = service;
    this.live = new LoggedNow(service, () => (this._visible && this._notebook ? this.path : null));
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
  /** What the kernel logged and no version holds yet. */
  readonly live: LoggedNow;

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

  get choice(): IChoice {
    return this._choice;
  }

  get chosen(): readonly IVersion[] {
    return this._choice.ids.flatMap(id => this.find(id) ?? []);
  }

  get focused(): IVersion | null {
    return this._choice.focus === null ? null : this.find(this._choice.focus);
  }

  get listing(): IListing {
    return this._listing;
  }

  set listing(listing: IListing) {
    if (JSONExt.deepEqual({ ...listing }, { ...this._listing })) {
      return;
    }
    this._listing = listing;
    this._fromTop = true;
    void this.refresh();
  }

  /** The newest version that came while the panel was looked at, for who cannot see it come. */
  get news(): IVersion | null {
    return this._news;
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
    this._choice = NOTHING;
    this._held.clear();
    this._news = null;
    this.live.forget();
    this._changed.emit();
    void this.refresh();
    void this.live.look();
  }

  /** The contents path of the notebook; empty without one. */
  get path(): string {
    return this._notebook ? this._service.localPath(this._notebook.context.path) : '';
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
      void this.live.look();
    }
  }

  find(id: string): IVersion | null {
    return (this._state.kind === 'ready' ? this._state.pages.find(id) : null) ?? this._held.get(id) ?? null;
  }

  /** Ask the server again; put off until the panel is visible. Many calls at once ask once more, not many times. */
  refresh(): Promise<void> {
    this._stale = true;
    this._catchingUp ??= this._catchUp().finally(() => {
      this._catchingUp = null;
    });
    return this._catchingUp;
  }

  /** Choose versions of the list; shows the details of a single one. */
  choose(ids: readonly string[]): void {
    const last = ids.at(-1);
    this._choose(last === undefined ? { ...NOTHING, focus: this._choice.focus } : { ids, anchor: last, focus: last });
  }

  /** Choose one version more, or one less. */
  toggle(id: string): void {
    this._choose(toggled(this._choice, id));
  }

  /** Choose everything from the anchor to a row; in addition to what is chosen where `more`. */
  async extend(row: number, more = false): Promise<void> {
    const state = this._state;
    if (state.kind !== 'ready') {
      return;
    }
    const anchor = this._choice.anchor ?? this._choice.focus;
    const from = (anchor === null ? null : state.pages.rowOf(anchor)) ?? row;
    const to = Math.max(from - MOST + 1, Math.min(from + MOST - 1, row));
    const versions = await this._versions(state.pages, Math.min(from, to), Math.max(from, to));
    if (this._state === state) {
      const ids = versions.map(({ id }) => id);
      this._choose(ranged({ ...this._choice, anchor }, from > to ? ids.reverse() : ids, more));
    }
  }

  /** Choose all that are listed, the first thousand of very many. */
  async chooseAll(): Promise<void> {
    const state = this._state;
    if (state.kind === 'ready' && state.pages.total) {
      const versions = await this._versions(state.pages, 0, Math.min(state.pages.total, MOST) - 1);
      if (this._state === state) {
        const { anchor, focus } = this._choice;
        this._choose({ ids: versions.map(({ id }) => id), anchor, focus });
      }
    }
  }

  /** The keyboard goes to a version; what is chosen stays. */
  focus(id: string): void {
    this._choice = focused(this._choice, id);
    this._changed.emit();
  }

  /** Choose just one version and show its details; null chooses none. */
  async select(id: string | null): Promise<void> {
    if (id === null) {
      this.choose([]);
      return;
    }
    this._hold(only(id));
    await this._show(id);
  }

  /** Choose just one version, show its details, and have the list show its row, wherever that is. */
  async reveal(id: string): Promise<void> {
    await this._catchingUp;
    const shown = this.select(id);
    const pages = await this._pagesWith(id);
    const row = pages?.rowOf(id) ?? null;
    if (row !== null) {
      pages?.show(row);
    }
    await shown;
  }

  /** Choose just one version, and leave the details as they are. */
  point(id: string): void {
    this._hold(only(id));
    if (this._detail.kind !== 'none' && this._detail.id !== id) {
      this._detail = { kind: 'none' };
    }
    this._changed.emit();
  }

  private async _catchUp(): Promise<void> {
    while (this._stale && this._visible && this._notebook) {
      this._stale = false;
      const notebook = this._notebook;
      const state = await this._load(this.path);
      if (notebook === this._notebook) {
        // A server that is away for a while changes nothing of what it said.
        const isAway = state.kind === 'failed' && state.failure.passing && this._state.kind === 'ready';
        this._stale ||= isAway;
        this._state = isAway ? this._state : state;
        this._changed.emit();
        if (isAway) {
          break;
        }
      }
    }
  }

  private async _load(path: string): Promise<HistoryState> {
    const listing = this._listing;
    const [first, last] = this._state.kind === 'ready' && !this._fromTop ? this._state.pages.view : [0, 0];
    this._fromTop = false;
    let head: string | null = null;
    const load = async (offset: number, limit: number): Promise<IPage> => {
      const page = await listed(this._service.api, path, listing, offset, limit);
      head = page.head;
      return page;
    };
    try {
      const [status, pages] = await Promise.all([this._service.statuses.of(path), Pages.around(first, last, load)]);
      return { kind: 'ready', status, pages, head };
    } catch (reason) {
      const failure = Failure.of(reason);
      return failure.kind === SERVER_MISSING ? { kind: 'server-missing' } : { kind: 'failed', failure };
    }
  }

  /** The list as it is now, with the page of a version; null without a list. */
  private async _pagesWith(id: string): Promise<Pages | null> {
    const state = this._state;
    if (state.kind !== 'ready' || state.pages.rowOf(id) !== null) {
      return state.kind === 'ready' ? state.pages : null;
    }
    try {
      const page = await listed(this._service.api, this.path, this._listing, id, PAGE);
      if (page.versions.some(version => version.id === id)) {
        state.pages.take(page);
      }
    } catch (reason) {
      this._service.toasts.failure(this._service.trans.__('Versions'), reason);
    }
    // The list may have been read again meanwhile.
    return this._state === state || this._state.kind !== 'ready' ? state.pages : this._pagesWith(id);
  }

  private async _versions(pages: Pages, first: number, last: number): Promise<IVersion[]> {
    try {
      const versions = await pages.between(first, last);
      for (const version of versions) {
        this._held.set(version.id, version);
      }
      return versions;
    } catch (reason) {
      this._service.toasts.failure(this._service.trans.__('Versions'), reason);
      return [];
    }
  }

  private _choose(choice: IChoice): void {
    this._hold(choice);
    const [single, another] = choice.ids;
    if (single !== undefined && another === undefined) {
      void this._show(single);
    } else {
      this._setDetail({ kind: 'none' });
    }
  }

  /** What is chosen stays known when its page is forgotten. */
  private _hold(choice: IChoice): void {
    const held = choice.ids.flatMap(id => this.find(id) ?? []);
    this._held.clear();
    for (const version of held) {
      this._held.set(version.id, version);
    }
    this._choice = choice;
  }

  private async _show(id: string): Promise<void> {
    if (this._detail.kind === 'ready' && this._detail.id === id) {
      this._changed.emit();
      return;
    }
    this._setDetail({ kind: 'loading', id });
    let next: DetailState;
    try {
      next = { kind: 'ready', id, detail: await this._service.api.version(this.path, id) };
      this._held.set(id, next.detail);
    } catch (reason) {
      next = { kind: 'failed', id, failure: Failure.of(reason) };
    }
    if (this._detail.kind === 'loading' && this._detail.id === id) {
      this._setDetail(next);
    }
  }

  private _setDetail(detail: DetailState): void {
    this._detail = detail;
    this._changed.emit();
  }

  private _onLogged(_: unknown, { prefix }: IMetricsLogged): void {
    const known = this._state.kind === 'ready' ? this._state.status.prefix : null;
    if (known === null || known === prefix) {
      void this.live.look();
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
    if (line === null || line === added.line || this._listing.all) {
      this._news = added.version;
      void this.refresh();
    }
  }

  private readonly _service: IVersionService;
  private readonly _changed = new Signal<this, void>(this);
  private readonly _held = new Map<string, IVersion>();
  private _listing: IListing = { where: '', sort: null, ascending: false, all: false, safety: false };
  private _choice: IChoice = NOTHING;
  private _fromTop = false;
  private _news: IVersion | null = null;
  private _notebook: NotebookPanel | null = null;
  private _visible = false;
  private _stale = false;
  private _catchingUp: Promise<void> | null = null;
  private _state: HistoryState = { kind: 'no-notebook' };
  private _detail: DetailState = { kind: 'none' };
}
