import type { IEditorServices } from '@jupyterlab/codeeditor';
import type { INotebookContent } from '@jupyterlab/nbformat';
import { NotebookModel, type NotebookPanel, StaticNotebook } from '@jupyterlab/notebook';
import type { IRenderMimeRegistry } from '@jupyterlab/rendermime';
import type { TranslationBundle } from '@jupyterlab/translation';
import { Panel, Widget } from '@lumino/widgets';
import { Failure } from '../service/failure';
import type { IArtifactFile } from './tokens';

/** What Lab draws notebooks with. */
export interface INotebookParts {
  rendermime: IRenderMimeRegistry;
  contentFactory: NotebookPanel.IContentFactory;
  editors: IEditorServices;
}

/** A notebook as it was: its cells as Lab draws them, none to be edited or run, and nothing in them trusted. */
export class NotebookView extends Panel {
  constructor(file: IArtifactFile, parts: INotebookParts, trans: TranslationBundle) {
    super();
    this.addClass('jp-mlversion-Inside-notebook');
    this._note(trans.__('Loading…'), 'status');
    file.bytes().then(
      async bytes => {
        const document = JSON.parse(await bytes.text()) as INotebookContent;
        if (!this.isDisposed) {
          this._show(untrusted(document), parts);
        }
      }
    ).catch((reason: unknown) => {
      this._note(Failure.of(reason).text, 'alert');
    });
  }

  private _show(document: INotebookContent, { rendermime, contentFactory, editors }: INotebookParts): void {
    const model = new NotebookModel();
    model.fromJSON(document);
    const notebook = new StaticNotebook({
      rendermime: rendermime.clone(),
      contentFactory,
      mimeTypeService: editors.mimeTypeService,
      notebookConfig: { ...StaticNotebook.defaultNotebookConfig, windowingMode: 'none' }
    });
    const freeze = (): void => {
      for (const cell of notebook.widgets) {
        cell.readOnly = true;
      }
    };
    notebook.modelContentChanged.connect(freeze);
    notebook.model = model;
    freeze();
    notebook.disposed.connect(() => {
      model.dispose();
    });
    this._clear();
    this.addWidget(notebook);
  }

  private _note(text: string, role: string): void {
    if (this.isDisposed) {
      return;
    }
    this._clear();
    const widget = new Widget({ node: document.createElement('p') });
    widget.addClass('jp-mlversion-note');
    widget.node.setAttribute('role', role);
    widget.node.textContent = text;
    this.addWidget(widget);
  }

  private _clear(): void {
    for (const widget of [...this.widgets]) {
      widget.dispose();
    }
  }
}

/** `document` in which no cell claims to be trusted. */
export function untrusted(document: INotebookContent): INotebookContent {
  for (const cell of document.cells) {
    delete cell.metadata.trusted;
  }
  return document;
}
