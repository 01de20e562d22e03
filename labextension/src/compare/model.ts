import { type ISignal, Signal } from '@lumino/signaling';
import { Failure } from '../service/failure';
import type { IVersionService } from '../service/tokens';
import type { Statistic } from './order';
import { Comparisons, type IComparison } from './requests';

export type ComparisonState =
  { kind: 'loading' } | { kind: 'failed'; failure: Failure } | { kind: 'ready'; comparison: IComparison };

/** Some versions side by side; the first is the baseline. */
export class ComparisonModel {
  /** `notebook`: its contents path; `versions`: ids, and `workspace`. */
  constructor(service: IVersionService, notebook: string, versions: readonly string[]) {
    this.requests = new Comparisons(service.api, notebook);
    this._versions = [...versions];
  }

  get changed(): ISignal<this, void> {
    return this._changed;
  }

  get state(): ComparisonState {
    return this._state;
  }

  get versions(): readonly string[] {
    return this._versions;
  }

  /** Whether rows in which all sides agree are left out. */
  get differencesOnly(): boolean {
    return this._differencesOnly;
  }
  set differencesOnly(value: boolean) {
    this._differencesOnly = value;
    void this.refresh();
  }

  get statistic(): Statistic {
    return this._statistic;
  }
  set statistic(value: Statistic) {
    this._statistic = value;
    this._changed.emit();
  }

  /** Compare the other way round. */
  swap(): void {
    this._versions.reverse();
    void this.refresh();
  }

  /** Compare the others with this one. */
  pin(version: string): void {
    this._versions = [version, ...this._versions.filter(other => other !== version)];
    void this.refresh();
  }

  /** Leave a side out; two always stay. */
  remove(version: string): void {
    if (this._versions.length > 2) {
      this._versions = this._versions.filter(other => other !== version);
      void this.refresh();
    }
  }

  /** Somebody looks at it: a tab that came back with the page asks no sooner. */
  look(): void {
    if (this._asked === 0) {
      void this.refresh();
    }
  }

  /** Ask the server; what is shown stays until the answer came. */
  async refresh(): Promise<void> {
    const asked = (this._asked += 1);
    let state: ComparisonState;
    this.busy = true;
    this._changed.emit();
    try {
      state = { kind: 'ready', comparison: await this.requests.table(this._versions, this._differencesOnly) };
    } catch (reason) {
      state = { kind: 'failed', failure: Failure.of(reason) };
    }
    if (asked === this._asked) {
      this.busy = false;
      this._state = state;
      this._changed.emit();
    }
  }

  readonly requests: Comparisons;
  /** Whether an answer is waited for. */
  busy = false;
  private readonly _changed = new Signal<this, void>(this);
  private _state: ComparisonState = { kind: 'loading' };
  private _versions: string[];
  private _differencesOnly = true;
  private _statistic: Statistic = 'last';
  private _asked = 0;
}
