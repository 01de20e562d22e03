import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { ICommandPalette, InputDialog } from '@jupyterlab/apputils';
import { IDocumentManager } from '@jupyterlab/docmanager';
import { INotebookTracker } from '@jupyterlab/notebook';
import { copyIcon, undoIcon } from '@jupyterlab/ui-components';
import type { ReadonlyPartialJSONObject } from '@lumino/coreutils';
import { IHistory, subjects } from '../history/tokens';
import { Collaborators } from '../restore/collaborators';
import { OpenDocuments } from '../restore/documents';
import type { IWanted, Role } from '../restore/requests';
import { type Restorable, Restorer } from '../restore/restorer';
import { IRestorer } from '../restore/tokens';
import { restoreIcon } from '../service/icons';
import { IVersionService } from '../service/tokens';

/** Restores a version into the current notebook; `version` names it, else the chosen one is meant, else the user is asked. */
export const RESTORE = 'mlversion:restore';
/** Restores one file of a version. */
export const RESTORE_FILE = 'mlversion:restore-file';
/** Writes a version below a new folder. */
export const RESTORE_COPY = 'mlversion:restore-as-copy';
export const UNDO_RESTORE = 'mlversion:undo-restore';

/** Verifies the stored content, where a plugin has that command. */
const VERIFY = 'mlversion:verify';

const VERSION = {
  version: { type: 'string', description: 'Which version: id, branch, tag, HEAD~1' },
  versions: { type: 'array', items: { type: 'string' }, description: 'Ids in the list; the first is meant' }
} as const;

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
    const restorer = new Restorer(service, {
      open: new OpenDocuments({ shell: app.shell, tracker, documents, localPath }),
      collaborators: new Collaborators(tracker),
      show: path => void app.commands.execute('docmanager:open', { path }),
      verify: () => (app.commands.hasCommand(VERIFY) ? () => void app.commands.execute(VERIFY) : null)
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
    palette?.addItem({ command: UNDO_RESTORE, category: trans.__('ML Versions') });
    return restorer;
  }
};

/** The commands that restore the version that is chosen in the panel, or a named one. */
export const restoreCommands: JupyterFrontEndPlugin<void> = {
  id: 'jupyter-mlversion:restore-commands',
  description: 'The commands and menu entries that restore versions and single files.',
  autoStart: true,
  requires: [INotebookTracker, IVersionService, IRestorer, IHistory],
  optional: [ICommandPalette],
  activate: (
    app: JupyterFrontEnd,
    tracker: INotebookTracker,
    service: IVersionService,
    restorer: Restorer,
    history: IHistory,
    palette: ICommandPalette | null
  ): void => {
    const { localPath, trans } = service;
    const path = (): string | null => (tracker.currentWidget ? localPath(tracker.currentWidget.context.path) : null);
    const isEnabled = (): boolean => tracker.currentWidget !== null;
    const find = async (args: ReadonlyPartialJSONObject, title: string): Promise<Restorable | null> => {
      const [chosen] = args.version === undefined ? subjects(history, args) : [];
      const notebook = path();
      if (chosen || notebook === null) {
        return chosen ?? null;
      }
      const label = trans.__('Version: id, branch, tag, HEAD~1');
      const name = typeof args.version === 'string' ? args.version : (await InputDialog.getText({ title, label })).value;
      return name ? service.api.version(notebook, name) : null;
    };
    const run = async (title: string, work: () => Promise<unknown>): Promise<void> => {
      try {
        await work();
      } catch (reason) {
        service.toasts.failure(title, reason);
      }
    };
    const restoreSome = async (args: ReadonlyPartialJSONObject, wanted: IWanted): Promise<void> => {
      const panel = tracker.currentWidget;
      const version = panel && (await find(args, trans.__('Restore Version')));
      if (panel && version) {
        await restorer.restore(panel, version, wanted);
      }
    };
    app.commands.addCommand(RESTORE, {
      label: trans.__('Restore…'),
      caption: trans.__('Bring back an earlier version of the notebook and its files'),
      icon: restoreIcon,
      isEnabled,
      execute: args => run(trans.__('Restore'), () => restoreSome(args, wantedOf(args))),
      describedBy: {
        args: {
          type: 'object',
          properties: {
            ...VERSION,
            branch: { type: 'string', description: 'The branch to go on with, where several end at the version' },
            parts: {
              type: 'array',
              items: { type: 'string', enum: ['notebook', 'data', 'model', 'other'] },
              description: 'Only files of these parts'
            },
            paths: { type: 'array', items: { type: 'string' }, description: 'Only these files or folders of the workspace' }
          }
        }
      }
    });
    app.commands.addCommand(RESTORE_FILE, {
      label: trans.__('Restore This File…'),
      caption: trans.__('Bring back one file of a version'),
      icon: restoreIcon,
      isEnabled,
      isVisible: args => typeof args.path === 'string',
      execute: args =>
        run(trans.__('Restore'), async () => {
          if (typeof args.path === 'string') {
            await restoreSome(args, { paths: [args.path] });
          }
        }),
      describedBy: {
        args: {
          type: 'object',
          properties: { ...VERSION, path: { type: 'string', description: 'Workspace path of the file' } },
          required: ['path']
        }
      }
    });
    app.commands.addCommand(RESTORE_COPY, {
      label: trans.__('Restore as Copy…'),
      caption: trans.__('Write the files of a version below a new folder; nothing that is there changes'),
      icon: copyIcon,
      isEnabled,
      execute: args =>
        run(trans.__('Restore as copy'), async () => {
          const notebook = path();
          const version = await find(args, trans.__('Restore as Copy'));
          if (notebook !== null && version) {
            await restorer.copy(notebook, version);
          }
        }),
      describedBy: { args: { type: 'object', properties: VERSION } }
    });
    for (const [rank, command] of [RESTORE, RESTORE_COPY].entries()) {
      palette?.addItem({ command, category: trans.__('ML Versions') });
      app.contextMenu.addItem({ command, selector: '.jp-mlversion-Row', rank });
    }
  }
};

/** Which files of a version the arguments of the command mean. */
function wantedOf({ branch, parts, paths }: ReadonlyPartialJSONObject): IWanted {
  return {
    ...(typeof branch === 'string' ? { branch } : {}),
    ...(Array.isArray(parts) ? { parts: parts as Role[] } : {}),
    ...(Array.isArray(paths) ? { paths: paths.map(String) } : {})
  };
}
