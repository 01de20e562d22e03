import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { ICommandPalette, InputDialog } from '@jupyterlab/apputils';
import { IDocumentManager } from '@jupyterlab/docmanager';
import { INotebookTracker } from '@jupyterlab/notebook';
import { undoIcon } from '@jupyterlab/ui-components';
import { OpenDocuments } from '../restore/documents';
import { Restorer } from '../restore/restorer';
import { IRestorer } from '../restore/tokens';
import { restoreIcon } from '../service/icons';
import { IVersionService } from '../service/tokens';

/** Restores a version into the current notebook; `version` names it, else the user is asked. */
export const RESTORE = 'mlversion:restore';
export const UNDO_RESTORE = 'mlversion:undo-restore';

/** Brings versions back into the open notebook, and undoes it. */
export const restore: JupyterFrontEndPlugin<Restorer> = {
  id: 'jupyter-mlversion:restore',
  description: 'Restores a version: plan, files, open documents; and undoes it.',
  autoStart: true,
  requires: [INotebookTracker, IVersionService],
  optional: [IDocumentManager, ICommandPalette],
  provides: IRestorer,
  activate: (
    app: JupyterFrontEnd,
    tracker: INotebookTracker,
    service: IVersionService,
    documents: IDocumentManager | null,
    palette: ICommandPalette | null
  ) => {
    const { localPath, trans } = service;
    const restorer = new Restorer(service, new OpenDocuments({ shell: app.shell, tracker, documents, localPath }));
    const ask = async (): Promise<string | null> => {
      const label = trans.__('Version: id, branch, tag, HEAD~1');
      return (await InputDialog.getText({ title: trans.__('Restore Version'), label })).value;
    };
    app.commands.addCommand(RESTORE, {
      label: trans.__('Restore Version…'),
      caption: trans.__('Bring back an earlier version of the notebook and its files'),
      icon: restoreIcon,
      isEnabled: () => tracker.currentWidget !== null,
      execute: async ({ version }) => {
        const panel = tracker.currentWidget;
        const name = typeof version === 'string' ? version : await ask();
        if (!panel || !name) {
          return;
        }
        try {
          await restorer.restore(panel, await service.api.version(localPath(panel.context.path), name));
        } catch (reason) {
          service.toasts.failure(trans.__('Restore'), reason);
        }
      },
      describedBy: {
        args: { type: 'object', properties: { version: { type: 'string', description: 'Which version' } } }
      }
    });
    app.commands.addCommand(UNDO_RESTORE, {
      label: trans.__('Undo Restore'),
      caption: trans.__('Bring back what the last restore replaced, unsaved edits included'),
      icon: undoIcon,
      isEnabled: () => !!tracker.currentWidget && restorer.canUndo(tracker.currentWidget),
      execute: async () => {
        if (tracker.currentWidget) {
          await restorer.undo(tracker.currentWidget);
        }
      },
      describedBy: { args: { type: 'object', properties: {} } }
    });
    for (const command of [RESTORE, UNDO_RESTORE]) {
      palette?.addItem({ command, category: trans.__('ML Versions') });
    }
    return restorer;
  }
};
