import { MainAreaWidget } from '@jupyterlab/apputils';
import { Toolbar, ToolbarButton } from '@jupyterlab/ui-components';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { Message } from '@lumino/messaging';
import { Panel, Widget } from '@lumino/widgets';
import { Failure } from '../service/failure';

/** A button of a tab. */
export interface IAction {
  readonly label: string;
  readonly caption: string;
  readonly run: () => void;
}

/** One of several ways to show something. */
interface IWay {
  readonly name: string;
  readonly label: string;
}

/** A tab that shows something of a version, which can be looked at and not be changed; asked for when it is first seen. */
export abstract class Tab extends MainAreaWidget<Panel> {
  constructor(trans: TranslationBundle, mark: string, actions: readonly IAction[]) {
    super({ content: new Panel() });
    this.trans = trans;
    this.addClass('jp-mlversion-InsideTab');
    this.content.addClass('jp-mlversion-Inside');
    this.content.node.tabIndex = -1;
    this.title.closable = true;
    this.toolbar.addItem('mark', text(mark, 'jp-mlversion-Inside-mark'));
    this.toolbar.addItem('ways', this._ways);
    this.toolbar.addItem('spacer', Toolbar.createSpacerItem());
    for (const { label, caption, run } of actions) {
      this.toolbar.addItem(label, new ToolbarButton({ label, tooltip: caption, onClick: run }));
    }
    this.wait();
  }

  protected readonly trans: TranslationBundle;

  /** Ask for what is shown. */
  protected abstract load(): Promise<void>;

  protected override onAfterAttach(message: Message): void {
    super.onAfterAttach(message);
    this._look();
  }

  protected override onAfterShow(message: Message): void {
    super.onAfterShow(message);
    this._look();
  }

  /** Show something else. */
  protected put(...widgets: Widget[]): void {
    if (this.isDisposed) {
      widgets.forEach(widget => {
        widget.dispose();
      });
      return;
    }
    for (const widget of [...this.content.widgets]) {
      widget.dispose();
    }
    widgets.forEach(widget => {
      this.content.addWidget(widget);
    });
  }

  protected wait(): void {
    const note = text(this.trans.__('Loading…'), 'jp-mlversion-note');
    note.node.setAttribute('role', 'status');
    this.put(note);
  }

  protected say(message: string): void {
    this.put(text(message, 'jp-mlversion-Inside-said'));
  }

  protected fail(reason: unknown, again: () => void): void {
    const failure = Failure.of(reason);
    const note = text(failure.text, 'jp-mlversion-Inside-problem');
    note.node.setAttribute('role', 'alert');
    const button = document.createElement('button');
    button.type = 'button';
    button.className = 'jp-mlversion-Button';
    button.textContent = this.trans.__('Try Again');
    button.onclick = again;
    note.node.append(document.createElement('br'), button);
    this.put(note);
  }

  /** Offer the ways to show it, where there are several. */
  protected offer<W extends IWay>(ways: readonly W[], current: W, choose: (way: W) => void): void {
    this._ways.node.replaceChildren();
    if (ways.length < 2) {
      return;
    }
    const select = document.createElement('select');
    select.className = 'jp-mlversion-Inside-input jp-mod-wide';
    select.setAttribute('aria-label', this.trans.__('Show as'));
    for (const { name, label } of ways) {
      const option = document.createElement('option');
      option.value = name;
      option.textContent = label;
      option.selected = name === current.name;
      select.append(option);
    }
    select.onchange = () => {
      const way = ways.find(({ name }) => name === select.value);
      if (way) {
        choose(way);
      }
    };
    this._ways.node.append(select);
  }

  private _look(): void {
    if (this.isVisible && !this._seen) {
      this._seen = true;
      void this.load();
    }
  }

  private readonly _ways = new Widget();
  private _seen = false;
}

/** A widget that shows a text. */
export function text(content: string, className: string): Widget {
  const widget = new Widget({ node: document.createElement('span') });
  widget.addClass(className);
  widget.node.textContent = content;
  return widget;
}
