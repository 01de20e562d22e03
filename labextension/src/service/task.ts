import { Notification } from '@jupyterlab/apputils';
import type { IJob } from './contract';
import { Failure } from './failure';
import type { IToast } from './toasts';
import type { IVersionService } from './tokens';

/** Milliseconds after which work that is not finished shows its progress. */
const QUIET = 1000;

/** Milliseconds that Lab needs to draw a toast; one that changes before is drawn twice or never goes away. */
const DRAWN = 500;

/** Work that the user waits for: quiet when it is quick, else one toast from its progress to its end. */
export class Task {
  constructor(service: IVersionService, title: string) {
    this._service = service;
    this._title = title;
  }

  /** The result of `job`; the toast has a button that cancels it. Rejects with a `Failure`. */
  async follow<T>(job: IJob): Promise<T> {
    const timer = setTimeout(() => {
      const cancel = { label: this._service.trans.__('Cancel'), callback: () => void this._cancel(job) };
      this._shownAt = Date.now();
      this._toast = Notification.emit(this._title, 'in-progress', { autoClose: false, actions: [cancel] });
    }, QUIET);
    try {
      return await this._service.jobs.result<T>(job, progress => {
        this._progress(progress);
      });
    } catch (reason) {
      throw this._explained(job, reason);
    } finally {
      clearTimeout(timer);
    }
  }

  /** Say how it ended. */
  async end(toast: IToast): Promise<void> {
    await this._drawn();
    this._service.toasts.show(toast, this._toast);
  }

  /** Say that it failed. */
  async fail(reason: unknown): Promise<void> {
    await this._drawn();
    this._service.toasts.failure(this._title, reason, this._toast);
  }

  private _progress({ phase, done, total, state }: IJob): void {
    if (this._toast === null || state !== 'running' || Date.now() - this._shownAt < DRAWN) {
      return;
    }
    const message = phase ? `${this._title}: ${phase}` : this._title;
    Notification.update({
      id: this._toast,
      message,
      autoClose: false,
      ...(total > 0 ? { progress: Math.min(1, done / total) } : {})
    });
  }

  /** A job is unknown only to a server that was started after it: what became of the job is to be looked up. */
  private _explained(job: IJob, reason: unknown): unknown {
    if (!(reason instanceof Failure) || reason.kind !== 'unknown-job') {
      return reason;
    }
    const { statuses, trans } = this._service;
    statuses.forget();
    const hint =
      job.kind === 'restore'
        ? trans.__('Files may have been switched; then the state before is the newest safety version in the list.')
        : trans.__('If the version is not in the list, make it again.');
    return new Failure({ kind: reason.kind, message: trans.__('The server was restarted meanwhile.'), hint });
  }

  private async _drawn(): Promise<void> {
    const rest = this._toast === null ? 0 : this._shownAt + DRAWN - Date.now();
    if (rest > 0) {
      await new Promise(resolve => setTimeout(resolve, rest));
    }
  }

  private async _cancel(job: IJob): Promise<void> {
    try {
      await this._service.jobs.cancel(job.id);
    } catch (reason) {
      this._service.toasts.failure(this._title, reason);
    }
  }

  private readonly _service: IVersionService;
  private readonly _title: string;
  private _toast: string | null = null;
  private _shownAt = 0;
}
