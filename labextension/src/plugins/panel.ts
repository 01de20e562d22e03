import { ILayoutRestorer, type JupyterFrontEnd, type JupyterFrontEndPlugin } from '@jupyterlab/application';
import { ICommandPalette } from '@jupyterlab/apputils';
import { INotebookTracker } from '@jupyterlab/notebook';
import { refreshIcon } from '@jupyterlab/ui-components';
import { addMenu } from '../history/menu';
import { HistoryModel } from '../history/model';
import { VersionsPanel } from '../history/panel';
import { IHistory } from '../history/tokens';
import type { Restorer } from '../restore/restorer';
import { IRestorer } from '../restore/tokens';
import { checkpointNotebook } from '../service/checkpoint';
import { flagIcon, versionsIcon } from '../service/icons';
import { IVersionService } from '../service/tokens';

/** Makes a version of the current notebook; `message` says what it is. */
export const CHECKPOINT = 'mlversion:checkpoint';
export const SHOW_PANEL = 'mlversion:show-panel';
export const REFRESH = 'mlversion:refresh';

/** The button and the command that make a version. */
export const checkpoint: JupyterFrontEndPlugin<void> = {
  id: 'jupyter-mlversion:checkpoint',
  description: 'The command behind the Checkpoint buttons.',
  autoStart: true,
  requires: [INotebookTracker, IVersionService],
  optional: [ICommandPalette],
  activate: (
    app: JupyterFrontEnd,
    tracker: INotebookTracker,
    service: IVersionService,
    palette: ICommandPalette | null
  ): void => {
    const { trans } = service;
    app.commands.addCommand(CHECKPOINT, {
      label: trans.__('Checkpoint'),
      caption: trans.__('Make a version of the notebook, its data and its models now'),
      icon: flagIcon,
      isEnabled: () => tracker.currentWidget !== null,
      execute: async ({ message }) => {
        if (tracker.currentWidget) {
          await checkpointNotebook(service, tracker.currentWidget, typeof message === 'string' ? message : '');
        }
      },
      describedBy: {
        args: { type: 'object', properties: { message: { type: 'string', description: 'What the version is' } } }
      }
    });
    palette?.addItem({ command: CHECKPOINT, category: trans.__('ML Versions') });
  }
};

/** The side panel. */
export const panel: JupyterFrontEndPlugin<IHistory> = {
  id: 'jupyter-mlversion:panel',
  description: 'The side panel with the versions of the active notebook.',
  autoStart: true,
  requires: [INotebookTracker, IVersionService, IRestorer],
  optional: [ILayoutRestorer, ICommandPalette],
  provides: IHistory,
  activate: (
    app: JupyterFrontEnd,
    tracker: INotebookTracker,
    service: IVersionService,
    restorer: Restorer,
    layout: ILayoutRestorer | null,
    palette: ICommandPalette | null
  ): IHistory => {
    const { trans } = service;
    const model = new HistoryModel(service);
    const widget = new VersionsPanel({
      model,
      service,
      commands: app.commands,
      actions: {
        checkpoint: async message => {
          return model.notebook !== null && (await checkpointNotebook(service, model.notebook, message));
        },
        restore: async version => {
          if (model.notebook) {
            await restorer.restore(model.notebook, version);
          }
        }
      }
    });
    const follow = (): void => {
      model.notebook = tracker.currentWidget;
    };
    tracker.currentChanged.connect(follow);
    void app.restored.then(follow);
    follow();
    app.shell.add(widget, 'left', { rank: 850, type: 'ML Versions' });
    layout?.add(widget, widget.id);
    app.commands.addCommand(SHOW_PANEL, {
      label: trans.__('Show Versions'),
      caption: trans.__('Show the versions of the active notebook'),
      icon: versionsIcon,
      execute: () => {
        app.shell.activateById(widget.id);
      },
      describedBy: { args: { type: 'object', properties: {} } }
    });
    app.commands.addCommand(REFRESH, {
      label: trans.__('Refresh Versions'),
      caption: trans.__('Read the history again'),
      icon: refreshIcon,
      execute: () => {
        service.statuses.forget();
      },
      describedBy: { args: { type: 'object', properties: {} } }
    });
    for (const command of [SHOW_PANEL, REFRESH]) {
      palette?.addItem({ command, category: trans.__('ML Versions') });
    }
    addMenu(app, model, trans);
    return model;
  }
};
