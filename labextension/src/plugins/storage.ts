import { ILayoutRestorer, type JupyterFrontEnd, type JupyterFrontEndPlugin } from '@jupyterlab/application';
import { ICommandPalette, MainAreaWidget, WidgetTracker } from '@jupyterlab/apputils';
import { PathExt } from '@jupyterlab/coreutils';
import { LabIcon } from '@jupyterlab/ui-components';
import * as React from 'react';
import { IHistory } from '../history/tokens';
import { showTab } from '../service/area';
import { IVersionService } from '../service/tokens';
import { StorageLink } from '../storage/link';
import { StorageModel } from '../storage/model';
import { StorageRequests } from '../storage/requests';
import { StorageView } from '../storage/view';

/** Shows what takes the room of a workspace; `path` is a notebook of it or a folder. */
export const SHOW_STORAGE = 'mlversion:show-storage';

const storageIcon = new LabIcon({
  name: 'jupyter-mlversion:storage',
  svgstr: `<svg xmlns="http://www.w3.org/2000/svg" width="16" viewBox="0 0 24 24">
  <path class="jp-icon3" fill="#616161" d="M12 3C7.600 3 4 4.300 4 6v12c0 1.700 3.600 3 8 3s8-1.300 8-3V6c0-1.700-3.600-3-8-3zm6 15c-.5.4-2.700 1.200-6 1.200S6.500 18.400 6 18v-3.100c1.500.7 3.600 1.100 6 1.100s4.500-.4 6-1.100zm0-5.300c-.5.5-2.700 1.300-6 1.300s-5.500-.8-6-1.300V9.800c1.500.6 3.700 1 6 1s4.500-.4 6-1z"/>
</svg>`
});

/** The page about storage: what takes the room, what would be freed, and making room. */
export const storage: JupyterFrontEndPlugin<void> = {
  id: 'jupyter-mlversion:storage',
  description: 'A page about what versions take of the disk, and how to free some.',
  autoStart: true,
  requires: [IVersionService, IHistory],
  optional: [ICommandPalette, ILayoutRestorer],
  activate: (
    app: JupyterFrontEnd,
    service: IVersionService,
    history: IHistory,
    palette: ICommandPalette | null,
    restorer: ILayoutRestorer | null
  ): void => {
    const { trans } = service;
    const tracker = new WidgetTracker<MainAreaWidget<StorageView>>({ namespace: 'mlversion-storage' });
    const paths = new WeakMap<MainAreaWidget<StorageView>, string>();
    const make = (path: string): MainAreaWidget<StorageView> => {
      const where = path.endsWith('.ipynb') ? { notebook: path } : { folder: path };
      const model = new StorageModel(service, new StorageRequests(service.api, where));
      const widget = new MainAreaWidget({ content: new StorageView(model, trans) });
      widget.id = `mlversion-storage-${Date.now()}`;
      widget.title.label = trans.__('Storage: %1', PathExt.basename(PathExt.dirname(path)) || trans.__('versions'));
      widget.title.icon = storageIcon;
      widget.title.closable = true;
      paths.set(widget, path);
      return widget;
    };
    app.commands.addCommand(SHOW_STORAGE, {
      label: trans.__('Show Storage of Versions'),
      caption: trans.__('What versions take of the disk, and what can be freed'),
      icon: storageIcon,
      execute: async args => {
        const path = typeof args.path === 'string' ? args.path : history.path;
        let widget = tracker.find(one => paths.get(one) === path);
        if (!widget) {
          widget = make(path);
          await tracker.add(widget);
        }
        showTab(app.shell, widget);
      },
      describedBy: {
        args: {
          type: 'object',
          properties: { path: { type: 'string', description: 'A notebook, or a folder (default: the active notebook)' } }
        }
      }
    });
    const link = (): React.ReactElement =>
      React.createElement(StorageLink, { commands: app.commands, command: SHOW_STORAGE, trans });
    history.sections.add('below', link, 950);
    palette?.addItem({ command: SHOW_STORAGE, category: trans.__('ML Versions') });
    if (restorer) {
      void restorer.restore(tracker, {
        command: SHOW_STORAGE,
        args: widget => ({ path: paths.get(widget) ?? '' }),
        name: widget => paths.get(widget) ?? ''
      });
    }
  }
};
