import type { INotebookContent } from '@jupyterlab/nbformat';
import type { NotebookPanel } from '@jupyterlab/notebook';
import { JSONExt } from '@lumino/coreutils';
import type { OpenDocuments } from './documents';

type Context = NotebookPanel['context'];

/** One notebook that takes no input. */
interface IHeld {
  context: Context;
  /** As it was when the restore was asked for. */
  content: INotebookContent | null;
}

/**
 * The open notebooks that a restore edits. While they are held they take no input, because whatever was typed would be
 * in no version; they are known by the path that they had at first, even when they are renamed meanwhile.
 */
export class HeldNotebooks {
  /** Holds those of the open notebooks whose contents path is `wanted`. */
  constructor(open: OpenDocuments, wanted: (path: string) => boolean) {
    for (const [path, { context }] of open.notebooks()) {
      if (wanted(path)) {
        this._held.set(path, { context, content: null });
        this._views.push(...open.views(context));
      }
    }
    this._focused = this._views.some(view => view.node.contains(document.activeElement)) ? document.activeElement : null;
    this._setInert(true);
  }

  /** The held notebooks with edits that are not in their files. */
  dirty(): [string, Context][] {
    return [...this._held].flatMap(([path, { context }]) => (context.model.dirty ? [[path, context]] : []));
  }

  /** Remember what each notebook holds now; what comes into it from here on is in no version. */
  remember(): void {
    for (const held of this._held.values()) {
      held.content = contentOf(held.context);
    }
  }

  /** The notebook that had the path at first; null when it was closed. */
  context(path: string): Context | null {
    const context = this._held.get(path)?.context;
    return context && !context.isDisposed ? context : null;
  }

  /** Whether something came into the notebook since `remember`: outputs of a running cell, edits of collaborators. */
  changed(path: string): boolean {
    const held = this._held.get(path);
    return !!held?.content && !held.context.isDisposed && !JSONExt.deepEqual(held.content, contentOf(held.context));
  }

  /** Let them take input again. */
  release(): void {
    this._setInert(false);
    const focused = this._focused;
    this._focused = null;
    if (focused instanceof HTMLElement && focused.isConnected && document.activeElement === document.body) {
      focused.focus();
    }
  }

  private _setInert(inert: boolean): void {
    for (const { node } of this._views) {
      node.inert = inert;
      if (inert) {
        node.setAttribute('aria-busy', 'true');
      } else {
        node.removeAttribute('aria-busy');
      }
    }
  }

  private readonly _held = new Map<string, IHeld>();
  private readonly _views: NotebookPanel[] = [];
  private _focused: Element | null;
}

/** The notebook as it is now, unsaved edits included. */
export function contentOf(context: Context): INotebookContent {
  return context.model.toJSON() as INotebookContent;
}
