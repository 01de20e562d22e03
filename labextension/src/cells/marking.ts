import type { Cell, ICellModel } from '@jupyterlab/cells';
import type { Notebook } from '@jupyterlab/notebook';
import type { TranslationBundle } from '@jupyterlab/translation';
import { PanelLayout, Widget } from '@lumino/widgets';
import { flagIcon } from '../service/icons';
import { isTagged } from './tag';

const TAGGED = 'jp-mlversion-Tagged';

/** The line above a tagged cell that says what it is. */
class Badge extends Widget {
  constructor(tag: string, caption: string) {
    super();
    this.addClass('jp-mlversion-Badge');
    this.node.title = caption;
    this.node.append(flagIcon.element({ tag: 'span', width: '12px', height: '12px' }));
    const text = document.createElement('span');
    text.textContent = tag;
    this.node.append(text);
  }
}

/** Marks the tagged cells of one notebook, now and as cells and tags change. */
export class Marking {
  constructor(notebook: Notebook, tag: string, trans: TranslationBundle) {
    this._notebook = notebook;
    this._tag = tag;
    this._trans = trans;
    notebook.modelChanged.connect(this._follow, this);
    notebook.disposed.connect(() => {
      this._badges.clear();
    });
    this._follow();
  }

  get tag(): string {
    return this._tag;
  }

  set tag(tag: string) {
    if (tag !== this._tag) {
      this._tag = tag;
      this._badges.forEach(badge => {
        badge.dispose();
      });
      this._badges.clear();
      this._markAll();
    }
  }

  private _follow(): void {
    this._notebook.model?.cells.changed.connect(this._markAll, this);
    this._markAll();
  }

  private _markAll(): void {
    for (const cell of this._notebook.widgets) {
      if (!this._watched.has(cell.model)) {
        this._watched.add(cell.model);
        cell.model.metadataChanged.connect(() => {
          this._mark(cell);
        });
      }
      this._mark(cell);
    }
    for (const cell of this._badges.keys()) {
      if (cell.isDisposed) {
        this._badges.delete(cell);
      }
    }
  }

  private _mark(cell: Cell): void {
    if (cell.isDisposed) {
      return;
    }
    const tagged = isTagged(cell.model, this._tag);
    cell.toggleClass(TAGGED, tagged);
    const badge = this._badges.get(cell);
    if (tagged && !badge && cell.layout instanceof PanelLayout) {
      const caption = this._trans.__('A version is made each time this cell was run without an error');
      const made = new Badge(this._tag, caption);
      cell.layout.insertWidget(0, made);
      this._badges.set(cell, made);
    } else if (!tagged && badge) {
      badge.dispose();
      this._badges.delete(cell);
    }
  }

  private readonly _notebook: Notebook;
  private _tag: string;
  private readonly _trans: TranslationBundle;
  private readonly _badges = new Map<Cell, Badge>();
  private readonly _watched = new WeakSet<ICellModel>();
}
