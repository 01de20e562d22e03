import { type ISignal, Signal } from '@lumino/signaling';
import type { IJob, IVersion } from '../service/contract';
import { Failure } from '../service/failure';
import type { IVersionService } from '../service/tokens';
import type { ICollecting, IGathered, IStorage, IVerified, StorageRequests } from './requests';

export type StorageState =
  | { kind: 'loading' }
  | { kind: 'failed'; failure: Failure }
  | { kind: 'ready'; storage: IStorage; largest: readonly IVersion[]; deleted: readonly IVersion[] };

/** What came of the work that was done last. */
export type Outcome =
  | { kind: 'gathered'; gathered: IGathered }
  | { kind: 'verified'; verified: IVerified }
  | { kind: 'failed'; job: IJob['kind']; failure: Failure };

/** The kinds of jobs whose results are shown here. */
const OURS: readonly string[] = ['gc', 'verify'];

/** What takes the room of a workspace, and the work that makes some. Asks nothing while it is not looked at. */
export class StorageModel {
  constructor(service: IVersionService, requests: StorageRequests) {
    this.requests = requests;
    this._service = service;
    service.events.versionAdded.connect(this._onChange, this);
    service.events.workspaceChanged.connect(this._onChange, this);
  }

  readonly requests: StorageRequests;

  get changed(): ISignal<this, void> {
    return this._changed;
  }

  get state(): StorageState {
    return this._state;
  }

  /** The work that goes on; null when there is none. */
  get job(): IJob | null {
    return this._job;
  }

  get outcome(): Outcome | null {
    return this._outcome;
  }

  /** Whether versions came or went since the figures were made. */
  get stale(): boolean {
    return this._stale;
  }

  /** Whether the figures are being made. */
  get busy(): boolean {
    return this._loading;
  }

  dispose(): void {
    Signal.clearData(this);
    this._disposed = true;
  }

  /** Look at the storage again; and at work that was begun before, by whomever. */
  async refresh(): Promise<void> {
    if (this._loading) {
      return;
    }
    this._loading = true;
    this._stale = false;
    this._changed.emit();
    try {
      const [storage, largest, deleted, jobs] = await Promise.all([
        this.requests.storage(),
        this.requests.largest(),
        this.requests.deleted(),
        this.requests.jobs()
      ]);
      this._state = { kind: 'ready', storage, largest, deleted };
      this._resume(jobs);
    } catch (reason) {
      this._state = { kind: 'failed', failure: Failure.of(reason) };
    } finally {
      this._loading = false;
      this._changed.emit();
    }
  }

  collect(how: ICollecting): Promise<void> {
    return this._begin('gc', this.requests.collect(how));
  }

  verify(how: { read_data?: boolean; repair?: boolean }): Promise<void> {
    return this._begin('verify', this.requests.verify(how));
  }

  async cancel(): Promise<void> {
    if (this._job) {
      await this._service.jobs.cancel(this._job.id).catch((reason: unknown) => {
        this._service.toasts.failure(this._service.trans.__('Cancel'), reason);
      });
    }
  }

  /** List deleted versions again. */
  async undelete(versions: readonly IVersion[]): Promise<void> {
    const { toasts, trans } = this._service;
    try {
      const missing = await this.requests.undelete(versions.map(({ id }) => id));
      const again = trans._n('%1 version is listed again.', '%1 versions are listed again.', versions.length);
      toasts.show(
        missing.length
          ? { type: 'warning', message: `${again} ${trans.__('Files whose contents are gone: %1', missing.join(', '))}` }
          : { type: 'success', message: again }
      );
      await this.refresh();
    } catch (reason) {
      toasts.failure(trans.__('Undelete'), reason);
    }
  }

  /** Follow work that goes on already, or show what came of the last that ended. */
  private _resume(jobs: readonly IJob[]): void {
    const ours = jobs.filter(job => OURS.includes(job.kind));
    const running = ours.find(job => job.state === 'running');
    const last = ours.at(-1);
    if (running && !this._job) {
      void this._follow(running);
    } else if (last?.state === 'done' && !this._job && !this._outcome) {
      this._outcome = outcomeOf(last.kind, last.result);
    }
  }

  private async _begin(kind: IJob['kind'], started: Promise<IJob>): Promise<void> {
    try {
      await this._follow(await started);
    } catch (reason) {
      this._end({ kind: 'failed', job: kind, failure: Failure.of(reason) });
    }
  }

  private async _follow(job: IJob): Promise<void> {
    this._job = job;
    this._outcome = null;
    this._changed.emit();
    try {
      const result = await this._service.jobs.result<unknown>(job, progress => {
        this._job = progress;
        this._changed.emit();
      });
      this._end(outcomeOf(job.kind, result));
    } catch (reason) {
      this._end({ kind: 'failed', job: job.kind, failure: Failure.of(reason) });
    }
    if (!this._disposed) {
      await this.refresh();
    }
  }

  private _end(outcome: Outcome): void {
    this._job = null;
    this._outcome = outcome;
    this._changed.emit();
  }

  private _onChange(): void {
    if (!this._stale && !this._loading && !this._job) {
      this._stale = true;
      this._changed.emit();
    }
  }

  private readonly _service: IVersionService;
  private readonly _changed = new Signal<this, void>(this);
  private _state: StorageState = { kind: 'loading' };
  private _job: IJob | null = null;
  private _outcome: Outcome | null = null;
  private _stale = false;
  private _loading = false;
  private _disposed = false;
}

function outcomeOf(kind: IJob['kind'], result: unknown): Outcome {
  return kind === 'verify'
    ? { kind: 'verified', verified: result as IVerified }
    : { kind: 'gathered', gathered: result as IGathered };
}
