import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { ICommandPalette } from '@jupyterlab/apputils';
import { INotebookTracker, type NotebookPanel } from '@jupyterlab/notebook';
import { Marking } from '../cells/marking';
import { DEFAULT_TAG, isTagged, toggleTag } from '../cells/tag';
import { flagIcon } from '../service/icons';
import { IVersionService } from '../service/tokens';

/** Adds or removes the cell tag of the active cell. */
export const TOGGLE_CELL = 'mlversion:toggle-cell';

/** Marks tagged cells, and lets them be tagged. */
export const cells: JupyterFrontEndPlugin<void> = {
  id: 'jupyter-mlversion:cells',
  description: 'The mark of tagged cells, and the command that tags them.',
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
    const markings = new WeakMap<NotebookPanel, Marking>();
    const mark = (panel: NotebookPanel): void => {
      const marking = new Marking(panel.content, DEFAULT_TAG, trans);
      markings.set(panel, marking);
      void panel.context.ready.then(async () => {
        const { cell_tag: tag } = await service.statuses.of(service.localPath(panel.context.path));
        marking.tag = tag;
        app.commands.notifyCommandChanged(TOGGLE_CELL);
      }, () => undefined).catch(() => {
        // Without the server part there is still the usual tag; the panel says what is missing.
      });
    };
    tracker.forEach(mark);
    tracker.widgetAdded.connect((_, panel) => {
      mark(panel);
    });
    const tagOf = (): string => (tracker.currentWidget && markings.get(tracker.currentWidget)?.tag) ?? DEFAULT_TAG;
    const isCode = (): boolean => tracker.activeCell?.model.type === 'code';
    app.commands.addCommand(TOGGLE_CELL, {
      label: trans.__('Checkpoint This Cell'),
      caption: trans.__('Make a version each time this cell was run without an error'),
      icon: flagIcon,
      isEnabled: isCode,
      isVisible: isCode,
      isToggleable: true,
      isToggled: () => !!tracker.activeCell && isTagged(tracker.activeCell.model, tagOf()),
      execute: () => {
        if (tracker.activeCell) {
          toggleTag(tracker.activeCell.model, tagOf());
          app.commands.notifyCommandChanged(TOGGLE_CELL);
        }
      },
      describedBy: { args: { type: 'object', properties: {} } }
    });
    tracker.activeCellChanged.connect(() => {
      app.commands.notifyCommandChanged(TOGGLE_CELL);
    });
    palette?.addItem({ command: TOGGLE_CELL, category: trans.__('ML Versions') });
  }
};
