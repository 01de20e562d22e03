import type { JupyterFrontEnd } from '@jupyterlab/application';
import type { IDocumentManager } from '@jupyterlab/docmanager';
import type { DocumentRegistry } from '@jupyterlab/docregistry';
import type { INotebookTracker, NotebookPanel } from '@jupyterlab/notebook';
import { Failure } from '../service/failure';

/** A document that does not show its new content: it has unsaved edits, or `failure` says why. */
export interface ILeft {
  path: string;
  failure: string | null;
}

/** The documents that are open in this window. */
export class OpenDocuments {
  constructor(options: {
    shell: JupyterFrontEnd.IShell;
    tracker: INotebookTracker;
    documents: IDocumentManager | null;
    localPath: (path: string) => string;
  }) {
    this._shell = options.shell;
    this._tracker = options.tracker;
    this._documents = options.documents;
    this._localPath = options.localPath;
  }

  /** The open notebooks by contents path; one for each, though several views may show it. */
  notebooks(): Map<string, NotebookPanel> {
    const open = new Map<string, NotebookPanel>();
    this._tracker.forEach(panel => {
      if (panel.context.isReady && panel.content.model) {
        open.set(this._localPath(panel.context.path), panel);
      }
    });
    return open;
  }

  /** Every view of the notebook. */
  views(context: NotebookPanel['context']): NotebookPanel[] {
    return this._tracker.filter(panel => panel.context === context);
  }

  /** Show the new content of the documents at `paths`; resolves to those that do not. Unsaved edits are left alone. */
  async revert(paths: readonly string[]): Promise<ILeft[]> {
    const wanted = new Set(paths);
    const kept: ILeft[] = [];
    for (const context of this._contexts()) {
      const path = this._localPath(context.path);
      if (!wanted.has(path)) {
        continue;
      }
      if (context.model.dirty) {
        kept.push({ path, failure: null });
      } else {
        await context.revert().catch((reason: unknown) => kept.push({ path, failure: Failure.of(reason).message }));
      }
    }
    return kept;
  }

  private _contexts(): Set<DocumentRegistry.Context> {
    const contexts = new Set<DocumentRegistry.Context>();
    for (const widget of this._shell.widgets('main')) {
      const context = this._documents?.contextForWidget(widget);
      if (context?.isReady) {
        contexts.add(context);
      }
    }
    return contexts;
  }

  private readonly _shell: JupyterFrontEnd.IShell;
  private readonly _tracker: INotebookTracker;
  private readonly _documents: IDocumentManager | null;
  private readonly _localPath: (path: string) => string;
}
