import type { IStateDB } from '@jupyterlab/statedb';
import { type ISignal, Signal } from '@lumino/signaling';
import type { Part } from '../figures/part';
import type { IHistory } from '../history/tokens';
import type { IFigure } from '../service/contract';
import type { IMetricsLogged } from '../service/events';
import { Failure } from '../service/failure';
import type { IVersionService } from '../service/tokens';
import { DEFAULTS, type IOptions, optionsFrom } from './options';
import { charts, type ISubject, type ITableAnswer, table } from './requests';
import { type IWant, together } from './wants';

/** Milliseconds between two looks at what is logged. */
const PAUSE = 400;

/** Looks after which the table is asked for, too. */
const TABLE_EVERY = 5;

/** The name under which the server answers parallel coordinates. */
export const PARALLEL = 'parallel coordinates';

export type MetricsState =
  | { kind: 'no-notebook' }
  | { kind: 'loading' }
  | { kind: 'failed'; failure: Failure }
  | { kind: 'ready'; table: ITableAnswer };

/** The charts of the active notebook. Asks the server only while it is visible. */
export class MetricsModel {
  constructor(service: IVersionService, history: IHistory, kept: IStateDB | null) {
    this._service = service;
    this._history = history;
    this._kept = kept;
    history.changed.connect(this._onHistory, this);
    service.events.metricsLogged.connect(this._onLogged, this);
    service.events.versionAdded.connect(this.refresh, this);
    service.statuses.changed.connect(this.refresh, this);
  }

  /** Names, rows, options or the state have changed. */
  get changed(): ISignal<this, void> {
    return this._changed;
  }

  /** Figures, or whether some are awaited, have changed. */
  get drawn(): ISignal<this, void> {
    return this._drawn;
  }

  get state(): MetricsState {
    return this._state;
  }

  /** Whether an answer is awaited. */
  get busy(): boolean {
    return this._asked > 0;
  }

  /** What went wrong with the charts, when the table came. */
  get failure(): Failure | null {
    return this._failure;
  }

  get options(): IOptions {
    return this._options;
  }

  set options(options: IOptions) {
    const { of, chart } = this._options;
    this._options = options;
    if (options.chart !== chart) {
      this._figures.clear();
    }
    this._remember();
    this._changed.emit();
    if (options.of !== of) {
      this.refresh();
    } else {
      this._askSoon();
    }
  }

  /** Versions that a command named; until others are chosen in the panel. */
  get named(): readonly string[] | null {
    return this._named;
  }

  set named(versions: readonly string[] | null) {
    this._named = versions;
    this._chosen = this._history.chosen.map(({ id }) => id).join();
    if (versions) {
      this.options = { ...this._options, of: 'chosen' };
      this.refresh();
    }
  }

  /** Keys of the legend's entries that are not drawn. */
  get hidden(): ReadonlySet<string> {
    return this._hidden;
  }

  set hidden(hidden: ReadonlySet<string>) {
    this._hidden = hidden;
    this._drawn.emit();
  }

  get visible(): boolean {
    return this._visible;
  }

  set visible(visible: boolean) {
    this._visible = visible;
    if (visible) {
      this._onHistory();
      this._askSoon();
    }
  }

  /** The figures that came, by name. */
  get figures(): ReadonlyMap<string, IFigure> {
    return this._figures;
  }

  /** By name of a figure, how many runs had no room in it. */
  get leftOut(): ReadonlyMap<string, number> {
    return this._leftOut;
  }

  /** Of what the charts are now; null without a notebook. */
  get subject(): ISubject | null {
    const { path, listing } = this._history;
    if (!path) {
      return null;
    }
    const { of } = this._options;
    const ids = this._named ?? this._history.chosen.map(({ id }) => id);
    return {
      notebook: path,
      versions: of === 'chosen' && ids.length ? ids : null,
      // A condition that no version fits leaves what is in none yet.
      where: of === 'running' ? 'id == ""' : listing.where,
      all: listing.all
    };
  }

  /** How many versions are chosen, by a command or in the panel. */
  get chosenCount(): number {
    return (this._named ?? this._history.chosen).length;
  }

  /** Somebody looks at a chart. */
  want(want: IWant): void {
    const before = this._wants.get(want.name);
    this._wants.set(want.name, want);
    const same = before?.width === want.width && before.part?.join() === want.part?.join();
    if (!same || !this._figures.has(want.name)) {
      this._askSoon();
    }
  }

  /** Nobody looks at it any more. */
  unwant(name: string): void {
    this._wants.delete(name);
  }

  /** The part of the x axis that a chart shows; null: all. */
  partOf(name: string): Part | null {
    return this._wants.get(name)?.part ?? null;
  }

  /** Ask for everything again. */
  refresh(): void {
    this._tableStale = true;
    this._askSoon();
  }

  dispose(): void {
    this._visible = false;
    Signal.clearData(this);
  }

  private _remember(): void {
    const { workspace } = this._history;
    if (this._kept && workspace !== null && workspace === this._workspace) {
      const { metrics, columns } = this._options;
      // What cannot be kept is only not remembered.
      this._kept
        .save(keyOf(workspace), { ...this._options, metrics: list(metrics), columns: list(columns) })
        .catch(() => undefined);
    }
  }

  private async _recall(workspace: string): Promise<void> {
    const kept: unknown = await this._kept?.fetch(keyOf(workspace)).catch(() => null);
    if (workspace === this._workspace) {
      const { of } = this._options;
      this._options = kept ? optionsFrom(kept) : DEFAULTS;
      if (this._named) {
        this._options = { ...this._options, of };
      }
      this._changed.emit();
      this.refresh();
    }
  }

  private _onHistory(): void {
    if (!this._visible) {
      return;
    }
    const { workspace } = this._history;
    const chosen = this._history.chosen.map(({ id }) => id).join();
    if (chosen !== this._chosen) {
      this._chosen = chosen;
      this._named = null;
    }
    if (workspace !== null && workspace !== this._workspace) {
      this._workspace = workspace;
      void this._recall(workspace);
    }
    const subject = JSON.stringify([this.subject, this._history.head]);
    if (subject !== this._seen) {
      const path = this.subject?.notebook ?? '';
      if (path !== this._path) {
        this._path = path;
        this._figures.clear();
        this._hidden = new Set();
        this._state = path ? { kind: 'loading' } : { kind: 'no-notebook' };
      }
      this._seen = subject;
      this._changed.emit();
      this.refresh();
    }
  }

  private _onLogged(_: unknown, { prefix }: IMetricsLogged): void {
    const path = this._history.path;
    if (prefix === null || prefix === '' || path.startsWith(`${prefix}/`)) {
      this._looks += 1;
      this._tableStale ||= this._looks % TABLE_EVERY === 1;
      this._askSoon(false);
    }
  }

  /** So long until the next question; none when somebody waits for an answer. */
  private async _pause(): Promise<void> {
    if (!this._hurried) {
      await new Promise<void>(resolve => {
        this._hurry = resolve;
        setTimeout(resolve, PAUSE);
      });
    }
    this._hurried = false;
  }

  private _askSoon(waiting = true): void {
    this._stale = true;
    if (waiting) {
      this._hurried = true;
      this._hurry();
    }
    if (!this._asking) {
      this._asking = true;
      void Promise.resolve().then(async () => {
        while (this._stale && this._visible && this.subject) {
          this._stale = this._hurried = false;
          await this._ask(this.subject);
          await this._pause();
        }
        this._asking = false;
      });
    }
  }

  private async _ask(subject: ISubject): Promise<void> {
    this._asked += 1;
    this._drawn.emit();
    const { api } = this._service;
    const options = this._options;
    const asks = ['table', 'logged'].includes(options.chart) ? [] : together(this._wants.values());
    const withTable = this._tableStale;
    this._tableStale = false;
    try {
      if (withTable) {
        const answer = await table(api, subject);
        if (subject.notebook === this._history.path) {
          this._state = { kind: 'ready', table: answer };
          this._changed.emit();
        }
      }
      for (const { width, part, names } of asks) {
        const metrics = options.chart === 'parallel' ? (options.metrics ?? []) : names;
        const answer = await charts(api, subject, options, metrics, width, part);
        if (subject.notebook === this._history.path && options === this._options) {
          this._take(answer.figures, answer.left_out, options.chart === 'parallel' ? [PARALLEL] : names);
          const known = this._state.kind === 'ready' ? this._state.table.metrics : [];
          this._tableStale ||= answer.metrics.some(name => !known.includes(name));
          this._stale ||= this._tableStale;
        }
      }
      this._failure = null;
    } catch (reason) {
      this._failure = Failure.of(reason);
      // A server that is away for a while changes nothing of what it said; the panel says that it is.
      this._tableStale ||= withTable;
      if (withTable && !(this._failure.passing && this._state.kind === 'ready')) {
        this._state = { kind: 'failed', failure: this._failure };
        this._changed.emit();
      }
    } finally {
      this._asked -= 1;
      this._drawn.emit();
    }
  }

  private _take(figures: readonly IFigure[], leftOut: Record<string, number>, names: readonly string[]): void {
    for (const name of names) {
      this._figures.delete(name);
      this._leftOut.delete(name);
    }
    for (const figure of figures) {
      this._figures.set(figure.name, figure);
      const count = leftOut[figure.name];
      if (count) {
        this._leftOut.set(figure.name, count);
      }
    }
  }

  private readonly _service: IVersionService;
  private readonly _history: IHistory;
  private readonly _kept: IStateDB | null;
  private readonly _changed = new Signal<this, void>(this);
  private readonly _drawn = new Signal<this, void>(this);
  private readonly _figures = new Map<string, IFigure>();
  private readonly _leftOut = new Map<string, number>();
  private readonly _wants = new Map<string, IWant>();
  private _state: MetricsState = { kind: 'no-notebook' };
  private _options: IOptions = DEFAULTS;
  private _failure: Failure | null = null;
  private _hidden: ReadonlySet<string> = new Set();
  private _named: readonly string[] | null = null;
  private _chosen = '';
  private _workspace: string | null = null;
  private _path = '';
  private _seen = '';
  private _visible = false;
  private _stale = false;
  private _tableStale = true;
  private _asking = false;
  private _hurried = false;
  private _hurry: () => void = () => undefined;
  private _asked = 0;
  private _looks = 0;
}

function keyOf(workspace: string): string {
  return `jupyter-mlversion:metrics:${workspace}`;
}

function list(names: readonly string[] | null): string[] | null {
  return names === null ? null : [...names];
}
