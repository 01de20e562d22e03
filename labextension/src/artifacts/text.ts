import type { CodeEditor, IEditorServices } from '@jupyterlab/codeeditor';
import { CodeEditorWrapper } from '@jupyterlab/codeeditor';
import type { TranslationBundle } from '@jupyterlab/translation';
import { Panel, Widget } from '@lumino/widgets';
import { Failure } from '../service/failure';
import { bytesText } from '../service/words';
import type { ITextPreview } from './answers';
import type { IArtifactFile } from './tokens';

/** What texts are shown with; without editors, plainly. */
export interface ITextParts {
  readonly trans: TranslationBundle;
  readonly editors: IEditorServices | null;
  readonly createModel: (mimeType: string) => CodeEditor.IModel;
}

/** A text as Lab's editor shows it, not to be edited; a long one in parts. */
export class TextView extends Panel {
  constructor(file: IArtifactFile, preview: ITextPreview, { trans, editors, createModel }: ITextParts) {
    super();
    this.addClass('jp-mlversion-Inside-text');
    this._file = file;
    this._trans = trans;
    this._editors = editors;
    this._createModel = createModel;
    this.addWidget(this._bar);
    this._show(preview);
  }

  private _show(preview: ITextPreview): void {
    this._body?.dispose();
    this._body = this._editor(preview.text) ?? plain(preview.text);
    this._body.addClass('jp-mlversion-Inside-body');
    this.addWidget(this._body);
    this._tell(preview);
  }

  private _editor(text: string): Widget | null {
    if (!this._editors) {
      return null;
    }
    const model = this._createModel(this._editors.mimeTypeService.getMimeTypeByFilePath(this._file.path));
    model.sharedModel.setSource(text);
    const editor = new CodeEditorWrapper({
      model,
      factory: this._editors.factoryService.newDocumentEditor,
      editorOptions: { config: { readOnly: true, lineNumbers: true } }
    });
    editor.disposed.connect(() => {
      model.dispose();
    });
    return editor;
  }

  private _tell({ encoding, first, next, size }: ITextPreview): void {
    const trans = this._trans;
    const { node } = this._bar;
    node.className = 'jp-mlversion-Inside-bar';
    node.replaceChildren();
    const facts = document.createElement('span');
    facts.textContent =
      next === null && first === 0
        ? `${encoding} · ${bytesText(size)}`
        : trans.__('%1 · from byte %2 of %3', encoding, first, size);
    node.append(facts);
    const offer = (label: string, part: { first: number } | { last: 1 }): void => {
      const button = document.createElement('button');
      button.type = 'button';
      button.className = 'jp-mlversion-Button';
      button.textContent = label;
      button.onclick = () => {
        button.disabled = true;
        void this._load(part);
      };
      node.append(button);
    };
    if (first > 0) {
      offer(trans.__('Start'), { first: 0 });
    }
    if (next !== null) {
      offer(trans.__('Continue'), { first: next });
      offer(trans.__('End'), { last: 1 });
    }
  }

  private async _load(part: { first: number } | { last: 1 }): Promise<void> {
    try {
      const preview = await this._file.preview({ ...part, form: 'text' });
      if (preview.kind === 'text' && !this.isDisposed) {
        this._show(preview);
      }
    } catch (reason) {
      const note = document.createElement('span');
      note.setAttribute('role', 'alert');
      note.textContent = Failure.of(reason).text;
      this._bar.node.append(note);
    }
  }

  private readonly _file: IArtifactFile;
  private readonly _trans: TranslationBundle;
  private readonly _editors: IEditorServices | null;
  private readonly _createModel: (mimeType: string) => CodeEditor.IModel;
  private readonly _bar = new Widget();
  private _body: Widget | null = null;
}

/** Something else as a text, which is asked for first. */
export class LaterText extends Panel {
  constructor(file: IArtifactFile, parts: ITextParts) {
    super();
    this.addClass('jp-mlversion-Inside-text');
    this.node.setAttribute('aria-busy', 'true');
    file.preview({ form: 'text' }).then(
      preview => {
        this.node.removeAttribute('aria-busy');
        if (preview.kind === 'text' && !this.isDisposed) {
          this.addWidget(new TextView(file, preview, parts));
        }
      },
      (reason: unknown) => {
        this.node.removeAttribute('aria-busy');
        this.node.setAttribute('role', 'alert');
        this.node.append(Failure.of(reason).text);
      }
    );
  }
}

function plain(text: string): Widget {
  const widget = new Widget({ node: document.createElement('pre') });
  widget.node.textContent = text;
  widget.node.tabIndex = 0;
  return widget;
}
