import { Clipboard } from '@jupyterlab/apputils';
import type { IHistory } from '../history/tokens';
import type { IVersion } from '../service/contract';
import type { IVersionService } from '../service/tokens';
import { agreeToDelete } from './deletion';
import { askLabels } from './labelDialog';
import { commonLabels, labelChange } from './labels';
import { type Annotations, type ISaying } from './requests';
import { askText } from './textDialog';

/** Characters that the server takes. */
const LONGEST = { message: 1_000, note: 10_000 } as const;

const NOTE_ROWS = 10;

/** Says something of versions on the user's behalf, deletes them, and undoes both. */
export class Annotator {
  constructor(service: IVersionService, history: IHistory, requests: Annotations) {
    this._service = service;
    this._history = history;
    this._requests = requests;
  }

  /** Call a version otherwise. */
  async rename(version: IVersion): Promise<void> {
    const { trans } = this._service;
    const original = version.original_message ?? version.message;
    const text = await askText({
      title: trans.__('Rename version %1', version.short),
      label: trans.__('Message'),
      text: version.message,
      longest: LONGEST.message,
      rows: version.message.includes('\n') ? 4 : 1,
      help: original ? trans.__('Left empty, it is called “%1” again, as it was made.', original) : '',
      accept: trans.__('Rename'),
      trans
    });
    if (text !== null && text.trim() !== version.message) {
      await this._say(trans.__('Rename'), [version], { message: text });
    }
  }

  /** Write a note on a version. */
  async note(version: IVersion): Promise<void> {
    const { trans } = this._service;
    const text = await askText({
      title: trans.__('Note on version %1', version.short),
      label: trans.__('Note'),
      text: version.note ?? '',
      longest: LONGEST.note,
      rows: NOTE_ROWS,
      accept: trans.__('Save'),
      trans
    });
    if (text !== null && text.trim() !== (version.note ?? '')) {
      await this._say(trans.__('Note'), [version], { note: text });
    }
  }

  /** Edit the labels that versions have in common. */
  async label(versions: readonly IVersion[]): Promise<void> {
    const { trans } = this._service;
    const common = commonLabels(versions);
    const known = await this._requests.knownLabels(this._history.path).catch(() => []);
    const labels = await askLabels({
      title: this._title(trans.__('Labels'), versions),
      labels: common,
      partly: versions.some(version => version.labels.length > common.length),
      known,
      trans
    });
    if (labels === null) {
      return;
    }
    const saying = labelChange(common, labels);
    if (saying.add_labels.length || saying.remove_labels.length) {
      await this._say(trans.__('Labels'), versions, saying);
    }
  }

  /** Star versions, or when all have a star, take it away. */
  async star(versions: readonly IVersion[]): Promise<void> {
    await this._say(this._service.trans.__('Star'), versions, { starred: !allStarred(versions) });
  }

  /** Delete versions when the user agrees; a toast undoes it. */
  async delete(versions: readonly IVersion[]): Promise<void> {
    const { toasts, trans } = this._service;
    const { path } = this._history;
    const ids = versions.map(version => version.id);
    const foreseen = this._requests.foresee(path, ids);
    foreseen.catch(() => undefined); // the dialog says it
    if (!(await agreeToDelete(versions, foreseen, trans))) {
      return;
    }
    await this._try(trans.__('Delete'), async () => {
      await this._requests.delete(path, ids);
      this._history.choose([]);
      toasts.show({
        type: 'success',
        message: trans._n('%1 version was deleted.', '%1 versions were deleted.', ids.length),
        actions: [{ label: trans.__('Undo'), callback: () => void this.undelete(path, ids) }]
      });
    });
  }

  /** Show deleted versions again. Resolves to whether it succeeded. */
  async undelete(path: string, ids: string[]): Promise<boolean> {
    const { toasts, trans } = this._service;
    return this._try(trans.__('Undelete'), async () => {
      const { missing } = await this._requests.undelete(path, ids);
      const again = trans._n('%1 version is listed again.', '%1 versions are listed again.', ids.length);
      toasts.show(
        missing.length
          ? { type: 'warning', message: `${again} ${trans.__('Files whose contents are gone: %1', missing.join(', '))}` }
          : { type: 'success', message: again }
      );
    });
  }

  /** Put the ids of versions on the clipboard, a line each. */
  copy(versions: readonly IVersion[]): void {
    const { toasts, trans } = this._service;
    Clipboard.copyToSystem(versions.map(version => version.id).join('\n'));
    const [only] = versions;
    toasts.show({
      type: 'info',
      message:
        versions.length === 1 && only
          ? trans.__('The id of version %1 is on the clipboard.', only.short)
          : trans._n('%1 id is on the clipboard.', '%1 ids are on the clipboard.', versions.length)
    });
  }

  private _title(what: string, versions: readonly IVersion[]): string {
    const { trans } = this._service;
    const [only] = versions;
    return versions.length === 1 && only
      ? trans.__('%1 of version %2', what, only.short)
      : trans.__('%1 of %2 versions', what, versions.length);
  }

  private async _say(title: string, versions: readonly IVersion[], saying: ISaying): Promise<void> {
    const ids = versions.map(version => version.id);
    await this._try(title, () => this._requests.say(this._history.path, ids, saying));
  }

  /** Do it and look at the history again; resolves to whether it succeeded, after saying so when it did not. */
  private async _try(title: string, work: () => Promise<unknown>): Promise<boolean> {
    try {
      await work();
      await this._history.refresh();
      return true;
    } catch (reason) {
      this._service.toasts.failure(title, reason);
      return false;
    }
  }

  private readonly _service: IVersionService;
  private readonly _history: IHistory;
  private readonly _requests: Annotations;
}

/** Whether each of some versions has a star. */
export function allStarred(versions: readonly IVersion[]): boolean {
  return versions.length > 0 && versions.every(version => version.starred);
}
