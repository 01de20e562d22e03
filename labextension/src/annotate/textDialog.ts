import { Dialog } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { Message } from '@lumino/messaging';
import { Widget } from '@lumino/widgets';
import { keepEnter } from './enter';

interface ITextOptions {
  title: string;
  /** What the text is, for everyone. */
  label: string;
  text: string;
  /** Characters. */
  longest: number;
  rows: number;
  /** What the user should know besides. */
  help?: string;
  accept: string;
  trans: TranslationBundle;
}

/** The text that the user makes of `options.text`; null when they leave it. Enter ends a text of one row. */
export async function askText(options: ITextOptions): Promise<string | null> {
  const body = new TextBody(options, () => {
    dialog.resolve(1);
  });
  const dialog = new Dialog({
    title: options.title,
    body,
    buttons: [
      Dialog.cancelButton({ label: options.trans.__('Cancel') }),
      Dialog.okButton({ label: options.accept })
    ],
    focusNodeSelector: 'textarea'
  });
  const answer = await dialog.launch();
  return answer.button.accept ? (answer.value ?? '') : null;
}

class TextBody extends Widget implements Dialog.IBodyWidget {
  constructor(options: ITextOptions, submit: () => void) {
    super();
    this.addClass('jp-mlversion-TextBody');
    const label = document.createElement('label');
    label.textContent = options.label;
    this._area = document.createElement('textarea');
    this._area.value = options.text;
    this._area.rows = options.rows;
    this._area.classList.toggle('jp-mod-one', options.rows === 1);
    this._area.maxLength = options.longest;
    this._area.spellcheck = true;
    label.append(this._area);
    const help = document.createElement('p');
    help.className = 'jp-mlversion-note';
    help.id = `mlversion-text-help-${++TextBody._count}`;
    const { trans } = options;
    const keys = options.rows > 1 ? trans.__('Ctrl+Enter saves.') : '';
    help.textContent = [options.help, keys].filter(Boolean).join(' ');
    this._area.setAttribute('aria-describedby', help.id);
    this.node.append(label, help);
    this._one = options.rows === 1;
    this._submit = submit;
  }

  getValue(): string {
    return this._area.value;
  }

  protected override onAfterAttach(message: Message): void {
    super.onAfterAttach(message);
    this._release = keepEnter(this._area, event => {
      if (event.ctrlKey || event.metaKey || (this._one && !event.shiftKey)) {
        this._submit();
        return 'taken';
      }
      return 'typed';
    });
    this._area.select();
  }

  protected override onBeforeDetach(message: Message): void {
    this._release();
    super.onBeforeDetach(message);
  }

  private static _count = 0;
  private readonly _area: HTMLTextAreaElement;
  private readonly _one: boolean;
  private readonly _submit: () => void;
  private _release: () => void = () => undefined;
}
