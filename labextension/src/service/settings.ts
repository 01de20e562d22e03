import type { ISettingRegistry } from '@jupyterlab/settingregistry';
import { type ISignal, Signal } from '@lumino/signaling';

/** What the user can set; the names are those of the settings schema. */
export interface IPreferences {
  /** Whether the kernel extension is loaded before the first cell is run. */
  loadKernelExtension: boolean;
  /** Which toasts are shown. */
  toasts: 'all' | 'errors';
  /** The metrics that a row of the history shows; empty: the first ones. */
  rowMetrics: string[];
}

export const DEFAULTS: IPreferences = { loadKernelExtension: true, toasts: 'all', rowMetrics: [] };

/** The preferences as they are now; the defaults where there is no setting registry. */
export class Preferences {
  get changed(): ISignal<this, void> {
    return this._changed;
  }

  get now(): IPreferences {
    return this._now;
  }

  /** What was chosen elsewhere than in the settings goes before them; another call takes the place of this one. */
  prefer(chosen: Partial<IPreferences>): void {
    this._chosen = chosen;
    this._now = { ...this._set, ...chosen };
    this._changed.emit();
  }

  /** Take the preferences from `settings`, now and whenever they change. */
  follow(settings: ISettingRegistry.ISettings): void {
    const read = (): void => {
      const composite = settings.composite as Partial<IPreferences>;
      this._set = { ...DEFAULTS, ...composite };
      this.prefer(this._chosen);
    };
    settings.changed.connect(read);
    read();
  }

  private _set: IPreferences = DEFAULTS;
  private _chosen: Partial<IPreferences> = {};
  private _now: IPreferences = DEFAULTS;
  private readonly _changed = new Signal<this, void>(this);
}
