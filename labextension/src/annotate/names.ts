import { Dialog, InputDialog, showDialog } from '@jupyterlab/apputils';
import type { IHistory } from '../history/tokens';
import type { IVersion } from '../service/contract';
import { Failure } from '../service/failure';
import type { IVersionService } from '../service/tokens';
import { shortOf } from '../service/words';
import type { Annotations } from './requests';

/** Gives versions tags and branches on the user's behalf. */
export class Namer {
  constructor(service: IVersionService, history: IHistory, requests: Annotations) {
    this._service = service;
    this._history = history;
    this._requests = requests;
  }

  /** Name a version by a tag; where another version has it, the user decides. */
  async tag(version: IVersion): Promise<void> {
    const { trans } = this._service;
    const name = await this._askName(trans.__('Tag version %1', version.short), trans.__('Tag'));
    if (!name) {
      return;
    }
    await this._try(trans.__('Tag'), async () => {
      try {
        await this._requests.tag(this._history.path, name, version.id);
      } catch (reason) {
        if (!(reason instanceof Failure) || reason.kind !== 'moved' || !(await this._mayMove(name, version))) {
          throw reason;
        }
        await this._requests.tag(this._history.path, name, version.id, true);
      }
    });
  }

  /** Take a tag of a version away; a toast undoes it. */
  async untag(version: IVersion): Promise<void> {
    const { toasts, trans } = this._service;
    const { path } = this._history;
    const name = await this._choose(trans.__('Remove a tag of version %1', version.short), version.tags);
    if (name === null) {
      return;
    }
    await this._try(trans.__('Remove Tag'), async () => {
      await this._requests.untag(path, name);
      const undo = async (): Promise<void> => {
        await this._try(trans.__('Tag'), () => this._requests.tag(path, name, version.id));
      };
      toasts.show({
        type: 'success',
        message: trans.__('The tag %1 is gone; version %2 is still there.', name, version.short),
        actions: [{ label: trans.__('Undo'), callback: () => void undo() }]
      });
    });
  }

  /** Begin a branch at a version. */
  async branch(version: IVersion): Promise<void> {
    const { toasts, trans } = this._service;
    const title = trans.__('New branch at version %1', version.short);
    const name = await this._askName(title, trans.__('Branch'));
    if (!name) {
      return;
    }
    await this._try(trans.__('New Branch'), async () => {
      const { branch } = await this._requests.openBranch(this._history.path, name, version.id);
      toasts.show({
        type: 'success',
        message:
          branch === name
            ? trans.__('The next version is made on the branch %1.', name)
            : trans.__('The branch %1 begins at version %2. Restore it to go on there.', name, version.short)
      });
    });
  }

  /** Call a branch otherwise. */
  async renameBranch(): Promise<void> {
    const { trans } = this._service;
    await this._try(trans.__('Rename Branch'), async () => {
      const { line, branch, branches } = await this._branches();
      const names = Object.keys(branches);
      const old = await this._choose(trans.__('Rename which branch?'), names, branch);
      const name = old === null ? null : await this._askName(trans.__('Rename the branch %1', old), trans.__('Branch'), old);
      if (old !== null && name && name !== old) {
        await this._requests.renameBranch(this._history.path, line, old, name);
      }
    });
  }

  /** Take a branch away, and no version; a toast undoes it. */
  async deleteBranch(): Promise<void> {
    const { toasts, trans } = this._service;
    const { path } = this._history;
    await this._try(trans.__('Delete Branch'), async () => {
      const { line, branch, branches } = await this._branches();
      const others = Object.keys(branches).filter(name => name !== branch);
      if (!others.length) {
        const message = trans.__('There is no other branch than the one on which the notebook stands.');
        toasts.show({ type: 'info', message });
        return;
      }
      const name = await this._choose(trans.__('Delete which branch? Its versions stay.'), others);
      if (name === null) {
        return;
      }
      const { before } = await this._requests.removeBranch(path, line, name);
      const undo = async (): Promise<void> => {
        await this._try(trans.__('New Branch'), () => this._requests.openBranch(path, name, before ?? ''));
      };
      toasts.show({
        type: 'success',
        message: trans.__('The branch %1 is gone; its versions are still there.', name),
        actions: [{ label: trans.__('Undo'), callback: () => void undo() }]
      });
    });
  }

  /** The branch that the user wants to go to, with its newest version; null when they want to stay. */
  async branchToGoTo(): Promise<{ branch: string; version: string } | null> {
    const { toasts, trans } = this._service;
    try {
      const { branch, branches } = await this._branches();
      const others = Object.keys(branches).filter(name => name !== branch);
      if (!others.length) {
        toasts.show({ type: 'info', message: trans.__('The notebook has no other branch.') });
        return null;
      }
      const name = await this._choose(trans.__('Go to which branch?'), others);
      const version = name === null ? undefined : branches[name];
      return name === null || version === undefined ? null : { branch: name, version };
    } catch (reason) {
      toasts.failure(trans.__('Switch Branch'), reason);
      return null;
    }
  }

  private async _branches() {
    const { line } = await this._service.statuses.of(this._history.path);
    return this._requests.branches(this._history.path, line ?? '');
  }

  private async _askName(title: string, what: string, text = ''): Promise<string | null> {
    const { trans } = this._service;
    const label = trans.__('%1: letters, digits and . _ + - without blanks', what);
    const { button, value } = await InputDialog.getText({ title, label, text, required: true });
    return button.accept ? (value?.trim() ?? null) : null;
  }

  /** One of `names`: the only one, or the one that the user takes. */
  private async _choose(title: string, names: readonly string[], current: string | null = null): Promise<string | null> {
    if (names.length < 2 && current === null) {
      return names[0] ?? null;
    }
    const index = Math.max(0, current === null ? 0 : names.indexOf(current));
    const { button, value } = await InputDialog.getItem({ title, items: [...names], current: index });
    return button.accept ? value : null;
  }

  private async _mayMove(name: string, version: IVersion): Promise<boolean> {
    const { trans } = this._service;
    const { tags } = await this._requests.tags(this._history.path);
    const answer = await showDialog({
      title: trans.__('Move the tag %1?', name),
      body: trans.__('Version %1 has it. It would be version %2’s then.', shortOf(tags[name] ?? ''), version.short),
      buttons: [Dialog.cancelButton({ label: trans.__('Cancel') }), Dialog.okButton({ label: trans.__('Move') })]
    });
    return answer.button.accept;
  }

  private async _try(title: string, work: () => Promise<unknown>): Promise<void> {
    try {
      await work();
      await this._history.refresh();
    } catch (reason) {
      this._service.toasts.failure(title, reason);
    }
  }

  private readonly _service: IVersionService;
  private readonly _history: IHistory;
  private readonly _requests: Annotations;
}
