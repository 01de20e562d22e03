import { type ISignal, Signal } from '@lumino/signaling';
import type { IJob } from '../service/contract';
import type { IVersionService } from '../service/tokens';

/** Milliseconds that a job runs before it is shown: most are over at once. */
const QUIET = 700;

/** Milliseconds after which jobs of which nothing was heard are asked for: an event may have been lost. */
const PATIENCE = 30_000;

/** Jobs that failed and are still shown. */
const MOST = 20;

/** What is known of the server's jobs: those that run, whoever began them, and those that failed. */
export class JobList {
  constructor(service: IVersionService) {
    this._service = service;
    service.events.jobProgress.connect((_, job) => {
      this._hear(job);
    });
  }

  get changed(): ISignal<this, void> {
    return this._changed;
  }

  /** The jobs that are worth showing, in the order in which they were heard of. */
  get shown(): readonly IJob[] {
    const now = Date.now();
    return [...this._jobs.values()].flatMap(({ job, since }) =>
      job.state !== 'running' || now - since >= QUIET ? [job] : []
    );
  }

  /** Ask the server which jobs there are, as at the start of the page, when this one knows of none. */
  async refresh(): Promise<void> {
    try {
      const { jobs } = await this._service.api.get<{ jobs: IJob[] }>('jobs', {});
      const known = new Set(jobs.map(job => job.id));
      for (const [id, { job }] of this._jobs) {
        if (job.state === 'running' && !known.has(id)) {
          this._jobs.delete(id); // of a server that was started anew
        }
      }
      for (const job of jobs.filter(one => one.state === 'running' || this._jobs.has(one.id))) {
        this._take(job, 0);
      }
      this._changed.emit();
    } catch {
      // The panel says what is wrong with the server.
    }
  }

  async cancel(id: string): Promise<void> {
    try {
      await this._service.jobs.cancel(id);
    } catch (reason) {
      this._service.toasts.failure(this._service.trans.__('Cancel'), reason);
    }
  }

  /** Show an ended job no more. */
  dismiss(id: string): void {
    this._jobs.delete(id);
    this._changed.emit();
  }

  private _hear(job: IJob): void {
    const shown = this.shown.some(one => one.id === job.id);
    const known = this._jobs.has(job.id);
    this._take(job, Date.now());
    if (shown || job.state === 'failed') {
      this._changed.emit();
    } else if (job.state === 'running' && !known) {
      setTimeout(() => {
        if (this._jobs.get(job.id)?.job.state === 'running') {
          this._changed.emit();
        }
      }, QUIET);
    }
  }

  /** `since`: when a job that is new was heard of, milliseconds since the epoch. */
  private _take(job: IJob, since: number): void {
    if (job.state === 'done' || job.state === 'cancelled') {
      this._jobs.delete(job.id);
    } else {
      this._jobs.set(job.id, { job, since: this._jobs.get(job.id)?.since ?? since });
    }
    const failed = [...this._jobs.values()].filter(one => one.job.state === 'failed');
    for (const { job: old } of failed.slice(0, Math.max(0, failed.length - MOST))) {
      this._jobs.delete(old.id);
    }
    clearTimeout(this._watch);
    if (failed.length < this._jobs.size) {
      this._watch = setTimeout(() => void this.refresh(), PATIENCE);
    }
  }

  private readonly _service: IVersionService;
  private readonly _changed = new Signal<this, void>(this);
  private readonly _jobs = new Map<string, { job: IJob; since: number }>();
  private _watch: ReturnType<typeof setTimeout> | undefined;
}
