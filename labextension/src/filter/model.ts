import { type ISignal, Signal } from '@lumino/signaling';
import type { IHistory, IListing } from '../history/tokens';
import { Failure } from '../service/failure';
import type { IVersionService } from '../service/tokens';
import { FRESH, type IRemembered, type Memory } from './memory';
import { narrowed, pointsBefore, remembered } from './query';
import { type ICompletions, type ICount, type INames, completions, count, names } from './requests';

/** Milliseconds of rest after which what was typed is asked for. */
const REST = 400;

/** How many queries are remembered. */
const PAST = 20;

/** What is wrong with a query, and which of its characters are. */
export interface IMistake {
  readonly query: string;
  readonly start: number;
  readonly end: number;
  readonly failure: Failure;
}

/** What is typed into the filter box, what is listed therefore, and what of it is remembered. */
export class FilterModel {
  constructor(history: IHistory, service: IVersionService, memory: Memory) {
    this.history = history;
    this._service = service;
    this._memory = memory;
    history.changed.connect(this._onHistory, this);
    const stale = (): void => {
      this._counted = '';
      this._names = null;
    };
    service.statuses.changed.connect(stale);
    service.events.versionAdded.connect(stale);
  }

  readonly history: IHistory;

  get changed(): ISignal<this, void> {
    return this._changed;
  }

  /** Emitted when the box shall get the keyboard. */
  get wanted(): ISignal<this, void> {
    return this._wanted;
  }

  /** What stands in the box. */
  get draft(): string {
    return this._draft;
  }

  get listing(): IListing {
    return this.history.listing;
  }

  get mistake(): IMistake | null {
    return this._mistake;
  }

  /** Whether the server is being asked. */
  get busy(): boolean {
    return this._busy;
  }

  /** How many versions are listed, of how many; null before that is known. */
  get count(): ICount | null {
    return this._count;
  }

  /** What can be asked for; null before that is known. */
  get names(): INames | null {
    return this._names;
  }

  /** The queries that were asked before, the newest first. */
  get past(): readonly string[] {
    return this._remembered.past;
  }

  /** The metrics that rows show; null: as the settings say. */
  get metrics(): readonly string[] | null {
    return this._remembered.metrics;
  }

  set metrics(metrics: readonly string[] | null) {
    this._keep({ metrics });
    this._service.preferences.prefer(metrics === null ? {} : { rowMetrics: [...metrics] });
    this._changed.emit();
  }

  /** Take what was typed; it is asked for after a moment of rest. */
  write(draft: string): void {
    this._draft = draft;
    this._mistake = null;
    clearTimeout(this._rest);
    this._rest = setTimeout(() => void this.apply(draft, false), REST);
    this._changed.emit();
  }

  /** List what fits a query, in an order, unless it means nothing; with `keep` it is remembered as asked. */
  async apply(where: string, keep = true, order: Partial<IListing> = {}): Promise<void> {
    clearTimeout(this._rest);
    this._draft = where;
    await this.list({ ...order, where: where.trim() });
    if (keep && !this._mistake && this._draft === where) {
      this._keep({ past: remembered(this.past, where, PAST) });
    }
  }

  /** List what also fits a condition. */
  narrow(condition: string, order: Partial<IListing> = {}): Promise<void> {
    return this.apply(narrowed(this.listing.where, condition), true, order);
  }

  /** Change what is listed, and remember it. An order is taken at once, unless it comes with something to ask for. */
  async list(change: Partial<IListing>): Promise<void> {
    if (change.where === undefined && change.all === undefined && change.safety === undefined) {
      this._show({ ...this.listing, ...change });
      this._changed.emit();
      return;
    }
    const turn = (this._turn += 1);
    const asked = { ...this.listing, ...change };
    this._busy = true;
    this._changed.emit();
    try {
      const counted = await count(this._service.api, this.history.path, asked);
      if (turn === this._turn) {
        this._count = counted;
        this._counted = this._asked(asked);
        this._mistake = null;
        this._show({ ...this.listing, ...change }); // in the order that was chosen meanwhile
      }
    } catch (reason) {
      if (turn === this._turn) {
        this._mistake = mistakeOf(asked.where, reason);
      }
    } finally {
      if (turn === this._turn) {
        this._busy = false;
        this._changed.emit();
      }
    }
  }

  /** List everything of this notebook, the newest first. */
  clear(): Promise<void> {
    this._draft = '';
    return this.list({ where: '', sort: null, ascending: false });
  }

  /** What could be written at a place of the draft. */
  complete(place: number): Promise<ICompletions> {
    return completions(this._service.api, this.history.path, this._draft, pointsBefore(this._draft, place));
  }

  /** Learn what can be asked for, unless it is known. */
  async learn(): Promise<void> {
    if (this._names === null && this.history.path) {
      try {
        this._names = await names(this._service.api, this.history.path);
        this._changed.emit();
      } catch {
        // The list says what is wrong with the server.
      }
    }
  }

  /** The box gets the keyboard. */
  focus(): void {
    this._wanted.emit();
  }

  private _show(listing: IListing): void {
    if (JSON.stringify(listing) !== JSON.stringify(this.listing)) {
      this._where = listing.where;
      this.history.listing = listing;
      this._keep({ listing });
    }
  }

  private _keep(change: Partial<IRemembered>): void {
    this._remembered = { ...this._remembered, ...change };
    if (this._workspace !== null) {
      this._memory.write(this._workspace, this._remembered);
    }
  }

  private _asked(listing: IListing): string {
    return JSON.stringify([this.history.path, listing.where, listing.all, listing.safety]);
  }

  private _onHistory(): void {
    const { workspace, listing } = this.history;
    if (workspace === null) {
      return;
    }
    if (workspace !== this._workspace) {
      void this._recall(workspace);
      return;
    }
    if (listing.where !== this._where) {
      this._where = listing.where;
      this._draft = listing.where; // somebody else chose what is listed
      this._mistake = null;
      this._changed.emit();
    }
    if (!this._busy && JSON.stringify(listing) !== JSON.stringify(this._remembered.listing)) {
      this._keep({ listing });
    }
    void this._recount();
  }

  /** Another workspace: what was chosen for it comes back. */
  private async _recall(workspace: string): Promise<void> {
    this._workspace = workspace;
    this._names = null;
    const [turn, listing] = [this._turn, this.listing];
    const recalled = await this._memory.read(workspace);
    if (workspace !== this._workspace) {
      return;
    }
    this._remembered = recalled;
    this._service.preferences.prefer(recalled.metrics === null ? {} : { rowMetrics: [...recalled.metrics] });
    if (turn === this._turn && listing === this.listing) {
      this._draft = recalled.listing.where;
      this._where = this.listing.where;
      await this.list(recalled.listing);
    }
    void this.learn();
  }

  private async _recount(): Promise<void> {
    const listing = this.listing;
    const asked = this._asked(listing);
    if (asked === this._counted) {
      return;
    }
    this._counted = asked;
    try {
      this._count = await count(this._service.api, this.history.path, listing);
    } catch {
      this._count = null; // The list says what is wrong.
    }
    this._changed.emit();
    void this.learn();
  }

  private readonly _service: IVersionService;
  private readonly _memory: Memory;
  private readonly _changed = new Signal<this, void>(this);
  private readonly _wanted = new Signal<this, void>(this);
  private _workspace: string | null = null;
  private _remembered: IRemembered = FRESH;
  private _draft = '';
  private _where = '';
  private _mistake: IMistake | null = null;
  private _busy = false;
  private _turn = 0;
  private _rest: ReturnType<typeof setTimeout> | undefined;
  private _count: ICount | null = null;
  private _counted = '';
  private _names: INames | null = null;
}

/** An error as a mistake in a query; one that is about something else has no place. */
export function mistakeOf(query: string, reason: unknown): IMistake {
  const failure = Failure.of(reason);
  const [start, end] = failure.place ?? [0, 0];
  return { query, start, end, failure };
}
