import type { NotebookPanel } from '@jupyterlab/notebook';
import type { IRestored } from '../service/contract';
import { Failure } from '../service/failure';
import { patiently } from '../service/patience';
import { Task } from '../service/task';
import type { IVersionService } from '../service/tokens';
import { applyDocument } from './apply';
import type { OpenDocuments } from './documents';
import { contentOf, HeldNotebooks } from './hold';
import { acknowledge, type IRestorePlan, type IWanted, startRestore } from './requests';
import type { IWayBack, WaysBack } from './ways';

/** A restore that was decided. */
export interface IOrder {
  plan: IRestorePlan;
  wanted: IWanted;
  /** Whether what may spoil the restore was confirmed. */
  confirmed: boolean;
  /** What the user calls it. */
  title: string;
  /** What is said when it is done. */
  message: string;
}

/** Carries restores out: switch of the files, edit of the open documents, acknowledgement. */
export class Switching {
  /** `undo`: what the button of the last toast does, given the contents path of the notebook. */
  constructor(
    service: IVersionService,
    open: OpenDocuments,
    ways: WaysBack,
    undo: (path: string) => Promise<void>
  ) {
    this._service = service;
    this._open = open;
    this._ways = ways;
    this._undo = undo;
  }

  /** Do what was decided, one restore at a time. Resolves to whether it was done. */
  async carryOut(panel: NotebookPanel, order: IOrder): Promise<boolean> {
    const { statuses, toasts, trans } = this._service;
    if (this._running) {
      toasts.failure(order.title, new Error(trans.__('Another restore is running. Try again when it has ended.')));
      return false;
    }
    this._running = true;
    const task = new Task(this._service, order.title);
    let held: HeldNotebooks | null = null;
    try {
      const path = this._pathOf(panel);
      const { prefix } = await statuses.of(path);
      held = new HeldNotebooks(this._open, touches(order.plan, prefix, path));
      const restored = await this._post(panel, order, held, task);
      await this._finish(panel, restored, held, task, order.message);
      return true;
    } catch (reason) {
      await task.fail(reason);
      return false;
    } finally {
      held?.release();
      this._running = false;
    }
  }

  private _pathOf(panel: NotebookPanel): string {
    return this._service.localPath(panel.context.path);
  }

  /** Have the files switched. Other notebooks that are replaced are saved first, so that the safety version has them. */
  private async _post(panel: NotebookPanel, order: IOrder, held: HeldNotebooks, task: Task): Promise<IRestored> {
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
    const job = await startRestore(this._service.api, {
      ...order.wanted,
      notebook: this._pathOf(panel),
      version: order.plan.version,
      document: contentOf(panel.context),
      open_documents: [...this._open.notebooks().keys()],
      confirm_busy: order.confirmed
    });
    return task.follow<IRestored>(job);
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
      await patiently(() => acknowledge(api, restored.id, notebook)).catch((reason: unknown) => {
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
    await task.end({ type: 'success', message, actions: way ? [this._undoAction(way)] : [] });
  }

  private _undoAction(way: IWayBack): { label: string; callback: () => void } {
    return { label: this._service.trans.__('Undo'), callback: () => void this._undo(way.path) };
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
        const message = trans.__('What came into %1 meanwhile was replaced. Edit, Undo brings it back.', path);
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

  private readonly _service: IVersionService;
  private readonly _open: OpenDocuments;
  private readonly _ways: WaysBack;
  private readonly _undo: (path: string) => Promise<void>;
  private _running = false;
}

/** Tells of a contents path whether `plan` replaces or removes it; `notebook` is replaced in any case. */
function touches(plan: IRestorePlan, prefix: string | null, notebook: string): (path: string) => boolean {
  const paths = [...plan.writes.map(({ path }) => path), ...plan.removes];
  const wanted = new Set(paths.map(path => (prefix ? `${prefix}/${path}` : path)));
  // A workspace that lies above the server's root has no prefix, and its paths are longer than those of the contents.
  const isAbove = (path: string): boolean => prefix === null && paths.some(other => other.endsWith(`/${path}`));
  return path => path === notebook || wanted.has(path) || isAbove(path);
}
