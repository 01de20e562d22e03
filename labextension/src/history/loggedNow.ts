import { type ISignal, Signal } from '@lumino/signaling';
import type { IFigure } from '../service/contract';
import type { IVersionService } from '../service/tokens';

/** Milliseconds between two looks. */
const PAUSE = 300;

/** What a kernel logged and no version holds yet. */
export class LoggedNow {
  /**
   * @param path - the notebook's; null while nobody looks.
   */
  constructor(service: IVersionService, path: () => string | null) {
    this._service = service;
    this._path = path;
  }

  get changed(): ISignal<this, void> {
    return this._changed;
  }

  /** A line per metric; null while that is not known. */
  get figures(): readonly IFigure[] | null {
    return this._figures;
  }

  forget(): void {
    this._figures = null;
  }

  /** Ask what is logged; called while it does, it asks once more. */
  async look(): Promise<void> {
    this._toLook = true;
    if (this._looking) {
      return;
    }
    this._looking = true;
    for (let path = this._path(); this._toLook && path !== null; path = this._path()) {
      this._toLook = false;
      try {
        const figures = await this._service.api.liveFigures(path);
        if (path === this._path() && (figures.length || this._figures?.length)) {
          this._figures = figures;
          this._changed.emit();
        }
      } catch {
        // The versions say what is wrong with the server.
      }
      await new Promise(resolve => setTimeout(resolve, PAUSE));
    }
    this._looking = false;
  }

  private readonly _service: IVersionService;
  private readonly _path: () => string | null;
  private readonly _changed = new Signal<this, void>(this);
  private _figures: readonly IFigure[] | null = null;
  private _looking = false;
  private _toLook = false;
}
