import { Dialog, showDialog } from '@jupyterlab/apputils';
import type { NotebookPanel } from '@jupyterlab/notebook';
import { Signal } from '@lumino/signaling';
import type { IVersion } from '../service/contract';
import { Failure } from '../service/failure';
import type { IVersionService } from '../service/tokens';
import { shortOf } from '../service/words';
import type { Collaborators } from './collaborators';
import { copyVersion } from './copy';
import { type Decision, type IRisk, RestoreDialog } from './dialog';
import type { OpenDocuments } from './documents';
import { namesText } from './form';
import { contentOf } from './hold';
import { type IRestorePlan, type IRestoreRequest, type IWanted, plan } from './requests';
import { Switching } from './switching';
import { WaysBack } from './ways';

/** What is restored. */
export type Restorable = Pick<IVersion, 'id' | 'short' | 'message' | 'line' | 'notebook'> & Partial<IVersion>;

/** What a restorer needs besides the server. */
interface IOptions {
  open: OpenDocuments;
  collaborators: Collaborators;
  /** Open a document, given its contents path. */
  show: (path: string) => void;
  /** Verify the stored content; null where there is no command for it. */
  verify: () => (() => void) | null;
}

/** Brings versions back: plan, question, and what was decided. */
export class Restorer {
  constructor(service: IVersionService, options: IOptions) {
    this._service = service;
    this._options = options;
    this._ways = new WaysBack(service.localPath);
    this._switching = new Switching(service, options.open, this._ways, path => this._undoAt(path));
  }

  /** Whether the last restore into the notebook can be undone. */
  canUndo(panel: NotebookPanel): boolean {
    return this._ways.get(this._pathOf(panel)) !== null;
  }

  /** Show what restoring `version`, or what is `asked` for of it, means; do what the user decides. Resolves to whether it was done. */
  async restore(panel: NotebookPanel, version: Restorable, asked: IWanted = {}): Promise<boolean> {
    const { api, toasts, trans } = this._service;
    const title = trans.__('Restore');
    let planned: IRestorePlan;
    let decision: Decision;
    try {
      await this._checkLine(panel, version);
      planned = await plan(api, { ...this._request(panel, version.id), ...asked });
      decision = await this._ask(panel, version, planned, asked);
    } catch (reason) {
      toasts.failure(title, reason);
      return false;
    }
    if (decision.kind === 'copy') {
      return this.copy(this._pathOf(panel), version, decision.wanted);
    }
    if (decision.kind === 'nothing') {
      return false;
    }
    const { wanted, confirmed } = decision;
    const message = trans.__('Restored version %1.', version.short);
    return this._switching.carryOut(panel, { plan: planned, wanted, confirmed, title, message });
  }

  /** Write the version, or some of it, below a new folder; nothing that is there changes. `notebook` is a contents path. */
  copy(notebook: string, version: Restorable, wanted: IWanted = {}): Promise<boolean> {
    return copyVersion(this._service, { notebook, version, wanted, show: this._options.show });
  }

  /** Bring back what the last restore into the notebook replaced, unsaved edits included. */
  async undo(panel: NotebookPanel): Promise<boolean> {
    const way = this._ways.get(this._pathOf(panel));
    const { api, trans, toasts } = this._service;
    const title = trans.__('Undo');
    if (way === null) {
      return false;
    }
    let planned: IRestorePlan;
    const risk = this._risk(panel);
    const confirmed = risk.busy || risk.editing.length > 0;
    try {
      if (confirmed && !(await this._confirmUndo(risk))) {
        return false;
      }
      planned = await plan(api, this._request(panel, way.safety));
    } catch (reason) {
      toasts.failure(title, reason);
      return false;
    }
    const message = trans.__('The restore was undone.');
    return this._switching.carryOut(panel, { plan: planned, wanted: {}, confirmed, title, message });
  }

  private _pathOf(panel: NotebookPanel): string {
    return this._service.localPath(panel.context.path);
  }

  private _request(panel: NotebookPanel, version: string): IRestoreRequest {
    return { notebook: this._pathOf(panel), version, document: contentOf(panel.context) };
  }

  private _risk(panel: NotebookPanel): IRisk {
    return {
      busy: panel.sessionContext.session?.kernel?.status === 'busy',
      editing: this._options.collaborators.editing(panel.context)
    };
  }

  private async _ask(
    panel: NotebookPanel,
    version: Restorable,
    planned: IRestorePlan,
    asked: IWanted
  ): Promise<Decision> {
    const riskChanged = new Signal<this, void>(this);
    const heard = (): void => {
      riskChanged.emit();
    };
    panel.sessionContext.statusChanged.connect(heard);
    const { trans } = this._service;
    const risk = (): IRisk => this._risk(panel);
    const verify = this._options.verify();
    try {
      return await new RestoreDialog({ plan: planned, asked, version, risk, riskChanged, trans, verify }).ask();
    } finally {
      panel.sessionContext.statusChanged.disconnect(heard);
    }
  }

  private async _confirmUndo({ busy, editing }: IRisk): Promise<boolean> {
    const { trans } = this._service;
    const reasons = [
      busy ? trans.__('The kernel is running a cell, which may overwrite what is restored.') : '',
      editing.length
        ? trans.__('%1 edited this notebook in the last minute.', namesText(trans, editing))
        : ''
    ];
    const answer = await showDialog({
      title: trans.__('Undo the restore now?'),
      body: reasons.filter(Boolean).join(' '),
      buttons: [Dialog.cancelButton(), Dialog.warnButton({ label: trans.__('Undo anyway') })],
      defaultButton: 0
    });
    return answer.button.accept;
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
          : trans.__('Open %1 and restore it there, or restore it as copy.', notebook)
    });
  }

  /** Undo the last restore into the notebook at `path`, which may have been closed since. */
  private async _undoAt(path: string): Promise<void> {
    const panel = this._options.open.notebooks().get(path);
    const way = this._ways.get(path);
    if (panel) {
      await this.undo(panel);
    } else if (way) {
      const { toasts, trans } = this._service;
      const message = trans.__('Open %1, then restore the safety version %2 in its list.', path, shortOf(way.safety));
      toasts.show({ type: 'warning', message });
    }
  }

  private readonly _service: IVersionService;
  private readonly _options: IOptions;
  private readonly _ways: WaysBack;
  private readonly _switching: Switching;
}
