import { InputDialog } from '@jupyterlab/apputils';
import type { IVersion } from '../service/contract';
import { Failure } from '../service/failure';
import { Task } from '../service/task';
import type { IVersionService } from '../service/tokens';
import { folderFor, workspacePath } from './place';
import { type ICopied, type IWanted, startCopy } from './requests';

/**
 * Ask for a folder, have what is `wanted` of the version written below it, and say where it is.
 * Resolves to whether that was done.
 */
export async function copyVersion(
  service: IVersionService,
  { notebook, version, wanted, show }: {
    notebook: string;
    version: Pick<IVersion, 'id' | 'short' | 'notebook'>;
    wanted: IWanted;
    show: (path: string) => void;
  }
): Promise<boolean> {
  const { api, statuses, trans } = service;
  const task = new Task(service, trans.__('Restore as copy'));
  try {
    const { prefix } = await statuses.of(notebook);
    const answer = await InputDialog.getText({
      title: trans.__('Restore version %1 as copy', version.short),
      label: trans.__('New folder for its files; nothing that is there now changes'),
      text: folderFor(notebook, version.short),
      okLabel: trans.__('Restore as copy'),
      required: true
    });
    const named = answer.value?.replace(/^\/+|\/+$/g, '');
    if (!answer.button.accept || !named) {
      return false;
    }
    const folder = workspacePath(named, prefix);
    if (folder === null) {
      throw new Failure({
        kind: 'outside-workspace',
        message: trans.__('%1 is not in the workspace.', named),
        hint: trans.__('Name a folder below %1.', prefix ?? '/')
      });
    }
    const job = await startCopy(api, { ...wanted, notebook, version: version.id, as_copy: folder });
    const copied = await task.follow<ICopied>(job);
    const where = copied.notebook;
    const open = { label: trans.__('Open'), callback: where === null ? () => undefined : () => { show(where); } };
    const message = trans._n(
      '%2: %1 file of version %3.',
      '%2: %1 files of version %3.',
      copied.plan.writes.length,
      copied.folder ?? folder,
      version.short
    );
    await task.end({ type: 'success', message, actions: where === null ? [] : [open] });
    return true;
  } catch (reason) {
    await task.fail(reason);
    return false;
  }
}
