import { Notification, showErrorMessage } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import { Failure } from './failure';
import type { Preferences } from './settings';

/** Milliseconds that a toast without a question stays. */
const SHOWN = 6000;

/** Lab cuts the text of a toast here; a longer one gets a button that shows the rest. */
const LONGEST = 140;

/** What a toast says in the end. */
export interface IToast {
  message: string;
  type: 'success' | 'info' | 'warning' | 'error';
  actions?: Notification.IAction[];
}

/** Short messages at the edge of the window. */
export class Toasts {
  constructor(trans: TranslationBundle, preferences: Preferences) {
    this._trans = trans;
    this._preferences = preferences;
  }

  /** Show `toast`, in the place of the one with the id `replaced` when there is one. */
  show(toast: IToast, replaced: string | null = null): void {
    const { message, type } = toast;
    const actions = [...(toast.actions ?? []), ...this._whole(message)];
    const stays = { success: SHOWN, info: SHOWN, warning: 3 * SHOWN, error: 0 }[type];
    const autoClose = type === 'error' ? false : actions.length ? 3 * SHOWN : stays;
    if (this._preferences.now.toasts === 'errors' && (type === 'success' || type === 'info')) {
      if (replaced !== null) {
        Notification.dismiss(replaced);
      }
    } else if (replaced === null || !Notification.manager.has(replaced)) {
      Notification.emit(message, type, { autoClose, actions });
    } else {
      Notification.update({ id: replaced, message, type, autoClose, actions, progress: 1 });
    }
  }

  /** Something failed; stays until it is dismissed. */
  failure(title: string, reason: unknown, replaced: string | null = null): void {
    const failure = Failure.of(reason);
    const toast: IToast =
      failure.kind === 'cancelled'
        ? { type: 'info', message: this._trans.__('%1: stopped. Nothing was changed.', title) }
        : { type: 'error', message: `${title}: ${failure.text}` };
    this.show(toast, replaced);
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
