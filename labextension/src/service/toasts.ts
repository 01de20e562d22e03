import { Notification, showErrorMessage } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { IJob } from './contract';
import { Failure } from './failure';
import type { Jobs } from './jobs';
import type { Preferences } from './settings';

/** Milliseconds after which work that is not finished shows its progress. */
const QUIET = 1000;

/** Milliseconds that a toast without a question stays. */
const SHOWN = 6000;

/** Lab cuts the text of a toast here; a longer one gets a button that shows the rest. */
const LONGEST = 140;

/** Short messages at the edge of the window. */
export class Toasts {
  constructor(trans: TranslationBundle, preferences: Preferences) {
    this._trans = trans;
    this._preferences = preferences;
  }

  /** Something went well. */
  success(message: string, actions: Notification.IAction[] = []): void {
    if (this._preferences.now.toasts === 'all') {
      Notification.success(message, { autoClose: actions.length ? 3 * SHOWN : SHOWN, actions });
    }
  }

  /** Nothing went wrong, and nothing happened. */
  info(message: string): void {
    if (this._preferences.now.toasts === 'all') {
      Notification.info(message, { autoClose: SHOWN });
    }
  }

  warning(message: string): void {
    Notification.warning(message, { autoClose: 3 * SHOWN, actions: this._whole(message) });
  }

  /** Something failed; stays until it is dismissed. */
  failure(title: string, reason: unknown): void {
    const failure = Failure.of(reason);
    if (failure.kind === 'cancelled') {
      Notification.info(this._trans.__('%1: stopped. Nothing was changed.', title), { autoClose: SHOWN });
      return;
    }
    const message = `${title}: ${failure.text}`;
    Notification.error(message, { autoClose: false, actions: this._whole(message) });
  }

  /**
   * The result of `job`. Work over a second shows its progress, with a button that cancels it.
   * The toast is gone when the promise is settled.
   */
  async follow<T>(jobs: Jobs, job: IJob, title: string): Promise<T> {
    const shown = { toast: '' };
    const timer = setTimeout(() => {
      const cancel = { label: this._trans.__('Cancel'), callback: () => void this._cancel(jobs, job, title) };
      shown.toast = Notification.emit(title, 'in-progress', { autoClose: false, actions: [cancel] });
    }, QUIET);
    const onProgress = ({ phase, done, total }: IJob): void => {
      if (shown.toast) {
        const message = phase ? `${title}: ${phase}` : title;
        Notification.update({ id: shown.toast, message, ...(total > 0 ? { progress: Math.min(1, done / total) } : {}) });
      }
    };
    try {
      return await jobs.result<T>(job, onProgress);
    } finally {
      clearTimeout(timer);
      if (shown.toast) {
        Notification.dismiss(shown.toast);
      }
    }
  }

  private async _cancel(jobs: Jobs, job: IJob, title: string): Promise<void> {
    try {
      await jobs.cancel(job.id);
    } catch (reason) {
      this.failure(title, reason);
    }
  }

  private _whole(message: string): Notification.IAction[] {
    if (message.length <= LONGEST) {
      return [];
    }
    const callback = (): void => {
      void showErrorMessage(this._trans.__('ML Versions'), message);
    };
    return [{ label: this._trans.__('Show all'), callback, displayType: 'link' }];
  }

  private readonly _trans: TranslationBundle;
  private readonly _preferences: Preferences;
}
