import type { ISignal } from '@lumino/signaling';
import type { IJob } from './contract';
import { Failure } from './failure';
import { patiently } from './patience';

/** Milliseconds after which a job whose end was not heard of is asked for: an event may have been lost. */
const PATIENCE = [3_000, 5_000, 10_000, 20_000, 30_000] as const;

/** How many ended jobs are remembered, for those whose end is heard before the answer that names them. */
const REMEMBERED = 64;

/** What the jobs need of the server. */
export interface IJobSource {
  job(id: string, wait?: number): Promise<IJob>;
  cancel(id: string): Promise<IJob>;
}

/** Awaits the server's jobs by its events, and asks only when no event came for a while. */
export class Jobs {
  constructor(source: IJobSource, progress: ISignal<unknown, IJob>) {
    this._source = source;
    progress.connect((_, job) => {
      this._onProgress(job);
    });
  }

  /**
   * The result of `job` when it is done; rejects with a `Failure` when it failed or was cancelled.
   * `onProgress` hears of every step. A server that cannot be reached is asked again for about a minute.
   */
  async result<T>(job: IJob, onProgress: (job: IJob) => void = () => undefined): Promise<T> {
    let latest = job;
    onProgress(job);
    for (let asked = 0; latest.state === 'running' || latest.result === undefined; asked += 1) {
      if (latest.state === 'failed' || latest.state === 'cancelled') {
        break;
      }
      if (latest.state === 'running') {
        await this._ended(job.id, PATIENCE[Math.min(asked, PATIENCE.length - 1)] ?? 0, onProgress);
      }
      latest = await patiently(() => this._source.job(job.id, 1));
      onProgress(latest);
      if (latest.state === 'done') {
        break;
      }
    }
    if (latest.state !== 'done') {
      throw new Failure(latest.error ?? { kind: latest.state, message: 'The work was stopped.', hint: '' });
    }
    return latest.result as T;
  }

  async cancel(id: string): Promise<void> {
    await this._source.cancel(id);
  }

  /** Resolves when the end of the job is heard, or when nothing was heard of it for `patience` milliseconds. */
  private _ended(id: string, patience: number, onProgress: (job: IJob) => void): Promise<void> {
    if (this._endedIds.has(id)) {
      return Promise.resolve();
    }
    return new Promise(resolve => {
      const done = (): void => {
        clearTimeout(timer);
        this._listeners.delete(id);
        resolve();
      };
      let timer = setTimeout(done, patience);
      this._listeners.set(id, progress => {
        onProgress(progress);
        if (progress.state !== 'running') {
          done();
          return;
        }
        clearTimeout(timer);
        timer = setTimeout(done, patience);
      });
    });
  }

  private _onProgress(job: IJob): void {
    if (job.state !== 'running') {
      this._endedIds.add(job.id);
      for (const oldest of this._endedIds) {
        if (this._endedIds.size <= REMEMBERED) {
          break;
        }
        this._endedIds.delete(oldest);
      }
    }
    this._listeners.get(job.id)?.(job);
  }

  private readonly _source: IJobSource;
  private readonly _listeners = new Map<string, (job: IJob) => void>();
  private readonly _endedIds = new Set<string>();
}
