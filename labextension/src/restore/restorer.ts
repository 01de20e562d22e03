import { Dialog, showDialog } from '@jupyterlab/apputils';
import type { NotebookPanel } from '@jupyterlab/notebook';
import type { IPlan, IRestored, IVersion } from '../service/contract';
import { Failure } from '../service/failure';
import { patiently } from '../service/patience';
import { Task } from '../service/task';
import type { IVersionService } from '../service/tokens';
import { applyDocument } from './apply';
import type { OpenDocuments } from './documents';
import { contentOf, HeldNotebooks } from './hold';
import { PlanView } from './planView';
import { WaysBack } from './ways';

/** What is restored. */
type Restorable = Pick<IVersion, 'id' | 'short' | 'message' | 'line' | 'notebook'>;

/** Characters of a version's short id. */
const SHORT = 10;

/** Brings versions back: plan, question, switch of the files, edit of the open documents, acknowledgement. */
export class Restorer {
  constructor(service: IVersionService, open: OpenDocuments) {
    this._service = service;
    this._open = open;
    this._ways = new WaysBack(service.localPath);
  }

  /** Whether the last restore into the notebook can be undone. */
  canUndo(panel: NotebookPanel): boolean {
    return this._ways.get(this._pathOf(panel)) !== null;
  }

  /** Show what restoring `version` means, and do it when the user agrees. Resolves to whether it was done. */
  async restore(panel: NotebookPanel, version: Restorable): Promise<boolean> {
    const { api, trans, toasts } = this._service;
    const title = trans.__('Restore');
    let plan: IPlan;
    try {
      await this._checkLine(panel, version);
      plan = await api.plan(this._request(panel, version.id));
      if (!(await this._agreed(panel, plan, version))) {
        return false;
      }
    } catch (reason) {
      toasts.failure(title, reason);
      return false;
    }
    return this._switch(panel, plan, title, trans.__('Restored version %1.', version.short));
  }

  /** Bring back what the last restore into the notebook replaced, unsaved edits included. */
  async undo(panel: NotebookPanel): Promise<boolean> {
    const way = this._ways.get(this._pathOf(panel));
    const { api, trans, toasts } = this._service;
    const title = trans.__('Undo');
    if (way === null) {
      return false;
    }
    let plan: IPlan;
    try {
      plan = await api.plan(this._request(panel, way.safety));
    } catch (reason) {
      toasts.failure(title, reason);
      return false;
    }
    return this._switch(panel, plan, title, trans.__('The restore was undone.'));
  }

  private _pathOf(panel: NotebookPanel): string {
    return this._service.localPath(panel.context.path);
  }

  private _request(panel: NotebookPanel, version: string) {
    return { notebook: this._pathOf(panel), version, document: contentOf(panel.context) };
  }

  /** Rejects when the version is another notebook's: this notebook's cells are not what it would replace. */
  private async _checkLine(panel: NotebookPanel, version: Restorable): Promise<void> {
    const { api, trans } = this._service;
    const path = this._pathOf(panel);
    const { line } = await api.status(path);
    if (line === version.line) {
      return;
    }
    const { short, notebook } = version;
    throw new Failure({
      kind: 'another-line',
      message:
        notebook === null
          ? trans.__('Version %1 belongs to no notebook. Nothing was changed.', short)
          : trans.__('Version %1 belongs to %2, not to %3. Nothing was changed.', short, notebook, path),
      hint:
        notebook === null
          ? trans.__('Restore it in a terminal: mlversion restore %1', short)
          : trans.__('Open %1 and restore it there.', notebook)
    });
  }

  private async _agreed(panel: NotebookPanel, plan: IPlan, version: Restorable): Promise<boolean> {
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

  /** Do what `plan` says, one restore at a time. */
  private async _switch(panel: NotebookPanel, plan: IPlan, title: string, message: string): Promise<boolean> {
    const { toasts, trans } = this._service;
    if (this._running) {
      toasts.failure(title, new Error(trans.__('Another restore is running. Try again when it has ended.')));
      return false;
    }
    this._running = true;
    const task = new Task(this._service, title);
    let held: HeldNotebooks | null = null;
    try {
      const { prefix } = await this._service.statuses.of(this._pathOf(panel));
      held = new HeldNotebooks(this._open, touches(plan, prefix, this._pathOf(panel)));
      const restored = await this._post(panel, plan.version, held, task);
      await this._finish(panel, restored, held, task, message);
      return true;
    } catch (reason) {
      await task.fail(reason);
      return false;
    } finally {
      held?.release();
      this._running = false;
    }
  }

  /** Have the files switched. Other notebooks that are replaced are saved first, so that the safety version has them. */
  private async _post(panel: NotebookPanel, version: string, held: HeldNotebooks, task: Task): Promise<IRestored> {
    for (const [path, context] of held.dirty()) {
      if (context !== panel.context) {
        await context.save().catch((reason: unknown) => {
          throw new Failure({
            kind: 'not-saved',
            message: this._service.trans.__('%1 has edits that could not be saved. Nothing was changed.', path),
            hint: Failure.of(reason).message
          });
        });
      }
    }
    held.remember();
    const request = { ...this._request(panel, version), open_documents: [...this._open.notebooks().keys()] };
    return task.follow<IRestored>(await this._service.api.restore(request));
  }

  /** Show everywhere what the switch of the files brought, and say it. From here on there is a way back. */
  private async _finish(
    panel: NotebookPanel,
    restored: IRestored,
    held: HeldNotebooks,
    task: Task,
    message: string
  ): Promise<void> {
    const { api, toasts, trans } = this._service;
    const way = this._ways.set(panel.context, restored.safety_version);
    const notebook = this._pathOf(panel);
    const troubles = await this._apply(restored, held);
    held.release();
    if (restored.documents.length && !troubles.length) {
      await patiently(() => api.acknowledge(restored.id, notebook)).catch((reason: unknown) => {
        troubles.push(trans.__('The server was not told that the notebooks are saved: %1', Failure.of(reason).message));
      });
    }
    const left = restored.kept.map(({ path, reason }) => `${path} (${reason})`);
    for (const { path, failure } of await this._open.revert(restored.written)) {
      left.push(`${path} (${failure ?? trans.__('its editor has unsaved edits; the file is restored')})`);
    }
    if (left.length) {
      troubles.push(trans.__('Left as they were: %1', left.join(', ')));
    }
    for (const trouble of troubles) {
      toasts.show({ type: 'warning', message: trouble });
    }
    const undo = { label: trans.__('Undo'), callback: () => void this._undoAt(way?.path ?? notebook) };
    await task.end({ type: 'success', message, actions: way ? [undo] : [] });
  }

  /** Bring the documents of a restore into the open notebooks, and save them. Resolves to what went wrong. */
  private async _apply(restored: IRestored, held: HeldNotebooks): Promise<string[]> {
    const { toasts, trans, trusted } = this._service;
    const troubles: string[] = [];
    for (const { path, content } of restored.documents) {
      const context = held.context(path) ?? this._open.notebooks().get(path)?.context;
      if (!context) {
        troubles.push(trans.__('%1 was closed meanwhile. Its file is restored within two minutes.', path));
        continue;
      }
      if (held.changed(path)) {
        const message = trans.__('Outputs that came into %1 meanwhile were replaced. Edit, Undo brings them back.', path);
        toasts.show({ type: 'warning', message });
      }
      try {
        applyDocument(context.model, content, trusted);
        context.model.dirty = true;
        await context.save();
      } catch (reason) {
        troubles.push(trans.__('%1 could not be saved: %2', path, Failure.of(reason).message));
      }
    }
    return troubles;
  }

  /** Undo the last restore into the notebook at `path`, which may have been closed since. */
  private async _undoAt(path: string): Promise<void> {
    const panel = this._open.notebooks().get(path);
    const way = this._ways.get(path);
    if (panel) {
      await this.undo(panel);
    } else if (way) {
      const { toasts, trans } = this._service;
      const message = trans.__('Open %1, then restore the safety version %2 in its list.', path, way.safety.slice(0, SHORT));
      toasts.show({ type: 'warning', message });
    }
  }

  private readonly _service: IVersionService;
  private readonly _open: OpenDocuments;
  private readonly _ways: WaysBack;
  private _running = false;
}

/** Tells of a contents path whether `plan` replaces or removes it; `notebook` is replaced in any case. */
function touches(plan: IPlan, prefix: string | null, notebook: string): (path: string) => boolean {
  const paths = [...plan.writes.map(({ path }) => path), ...plan.removes];
  const wanted = new Set(paths.map(path => (prefix ? `${prefix}/${path}` : path)));
  // A workspace that lies above the server's root has no prefix, and its paths are longer than those of the contents.
  const isAbove = (path: string): boolean => prefix === null && paths.some(other => other.endsWith(`/${path}`));
  return path => path === notebook || wanted.has(path) || isAbove(path);
}
