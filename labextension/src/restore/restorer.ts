import { Dialog, showDialog } from '@jupyterlab/apputils';
import type { INotebookContent } from '@jupyterlab/nbformat';
import type { NotebookPanel } from '@jupyterlab/notebook';
import type { IPlan, IRestored, IVersion } from '../service/contract';
import { Task } from '../service/task';
import type { IVersionService } from '../service/tokens';
import { applyDocument } from './apply';
import type { OpenDocuments } from './documents';
import { PlanView } from './planView';

/** Brings versions back: plan, question, switch of the files, edit of the open documents, acknowledgement. */
export class Restorer {
  constructor(service: IVersionService, open: OpenDocuments) {
    this._service = service;
    this._open = open;
  }

  /** Whether the last restore into the notebook can be undone. */
  canUndo(panel: NotebookPanel): boolean {
    return this._undos.has(panel);
  }

  /** Show what restoring `version` means, and do it when the user agrees. Resolves to whether it was done. */
  async restore(panel: NotebookPanel, version: Pick<IVersion, 'id' | 'short' | 'message'>): Promise<boolean> {
    const { api, trans, toasts } = this._service;
    const title = trans.__('Restore');
    try {
      const plan = await api.plan(this._request(panel, version.id));
      if (!(await this._agreed(panel, plan, version))) {
        return false;
      }
    } catch (reason) {
      toasts.failure(title, reason);
      return false;
    }
    return this._switch(panel, version.id, title, trans.__('Restored version %1.', version.short));
  }

  /** Bring back what the last restore into the notebook replaced, unsaved edits included. */
  async undo(panel: NotebookPanel): Promise<boolean> {
    const version = this._undos.get(panel);
    const { trans } = this._service;
    if (version === undefined) {
      return false;
    }
    return this._switch(panel, version, trans.__('Undo'), trans.__('The restore was undone.'));
  }

  private _request(panel: NotebookPanel, version: string) {
    const notebook = this._service.localPath(panel.context.path);
    return { notebook, version, document: panel.context.model.toJSON() as INotebookContent };
  }

  private async _agreed(
    panel: NotebookPanel,
    plan: IPlan,
    version: Pick<IVersion, 'id' | 'short' | 'message'>
  ): Promise<boolean> {
    const { trans } = this._service;
    const blocked = plan.conflicts.length > 0;
    const answer = await showDialog({
      title: trans.__('Restore version %1?', version.short),
      body: new PlanView(plan, version, panel.sessionContext.session?.kernel?.status === 'busy', trans),
      buttons: [
        Dialog.cancelButton({ label: blocked ? trans.__('Close') : trans.__('Cancel') }),
        ...(blocked ? [] : [Dialog.okButton({ label: trans.__('Restore') })])
      ],
      defaultButton: blocked ? 0 : 1
    });
    return answer.button.accept;
  }

  private async _switch(panel: NotebookPanel, version: string, title: string, message: string): Promise<boolean> {
    const { api } = this._service;
    const task = new Task(this._service, title);
    try {
      const request = this._request(panel, version);
      const job = await api.restore({ ...request, open_documents: [...this._open.notebooks().keys()] });
      const restored = await task.follow<IRestored>(job);
      // From here on there is a way back, whatever happens to the documents.
      this._rememberUndo(panel, restored.safety_version);
      await this._apply(restored);
      if (restored.documents.length) {
        await api.acknowledge(restored.id, request.notebook);
      }
      await this._open.revert(restored.written);
      await this._report(panel, restored, task, message);
      return true;
    } catch (reason) {
      await task.fail(reason);
      return false;
    }
  }

  /** Bring the documents of a restore into the open notebooks, and save them. */
  private async _apply(restored: IRestored): Promise<void> {
    const open = this._open.notebooks();
    for (const { path, content } of restored.documents) {
      const context = open.get(path)?.context;
      if (!context) {
        const message = this._service.trans.__('%1 was closed while it was restored. Open it and restore again.', path);
        throw new Error(message);
      }
      applyDocument(context.model, content, this._service.trusted);
      context.model.dirty = true;
      await context.save();
    }
  }

  private async _report(panel: NotebookPanel, restored: IRestored, task: Task, message: string): Promise<void> {
    const { toasts, trans } = this._service;
    const kept = restored.kept.map(({ path, reason }) => `${path} (${reason})`);
    if (kept.length) {
      toasts.show({ type: 'warning', message: trans.__('Left as they were: %1', kept.join(', ')) });
    }
    const undo = { label: trans.__('Undo'), callback: () => void this.undo(panel) };
    await task.end({ type: 'success', message, actions: this.canUndo(panel) ? [undo] : [] });
  }

  private _rememberUndo(panel: NotebookPanel, safety: string | null): void {
    if (safety === null) {
      this._undos.delete(panel);
    } else {
      this._undos.set(panel, safety);
    }
  }

  private readonly _service: IVersionService;
  private readonly _open: OpenDocuments;
  /** The safety version of the last restore into each notebook. */
  private readonly _undos = new WeakMap<NotebookPanel, string>();
}
