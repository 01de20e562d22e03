import { ILayoutRestorer, type JupyterFrontEnd, type JupyterFrontEndPlugin } from '@jupyterlab/application';
import { ICommandPalette, WidgetTracker } from '@jupyterlab/apputils';
import { IStateDB } from '@jupyterlab/statedb';
import { SHOW_VERSION } from '../history/menu';
import { IHistory } from '../history/tokens';
import { metricsIcon } from '../metrics/icon';
import { MetricsModel } from '../metrics/model';
import { MetricsTab } from '../metrics/tab';
import { showTab } from '../service/area';
import { IVersionService } from '../service/tokens';

/** Draws the metrics of versions: those named by `versions`, else as it was chosen in the tab. */
export const SHOW_METRICS = 'mlversion:show-metrics';

const SHOW_PANEL = 'mlversion:show-panel';

/** Charts of metrics in a tab. */
export const metrics: JupyterFrontEndPlugin<void> = {
  id: 'jupyter-mlversion:metrics',
  description: 'Charts of the metrics of versions, and of what a kernel logs now.',
  autoStart: true,
  requires: [IVersionService, IHistory],
  optional: [ILayoutRestorer, ICommandPalette, IStateDB],
  activate: (
    app: JupyterFrontEnd,
    service: IVersionService,
    history: IHistory,
    layout: ILayoutRestorer | null,
    palette: ICommandPalette | null,
    kept: IStateDB | null
  ): void => {
    const { trans } = service;
    const { commands } = app;
    const tracker = new WidgetTracker<MetricsTab>({ namespace: 'mlversion-metrics' });
    let tab: MetricsTab | null = null;
    const onVersion = (version: string): void => {
      void commands.execute(SHOW_PANEL).then(() => commands.execute(SHOW_VERSION, { versions: [version] }));
    };
    const opened = (): MetricsTab => {
      if (!tab || tab.isDisposed) {
        tab = new MetricsTab({ model: new MetricsModel(service, history, kept), service, onVersion });
        void tracker.add(tab);
      }
      return tab;
    };
    const named = (versions: unknown): string[] | null => (Array.isArray(versions) && versions.length ? versions.map(String) : null);
    commands.addCommand(SHOW_METRICS, {
      label: args => (args.chosen === true ? trans.__('Show Metrics of Chosen') : trans.__('Show Metrics')),
      caption: trans.__('Charts of metrics over steps, time, versions and parameters'),
      icon: metricsIcon,
      isEnabled: args => args.chosen !== true || history.chosen.length > 0,
      execute: args => {
        const widget = opened();
        showTab(app.shell, widget);
        const versions = named(args.versions) ?? (args.chosen === true ? history.chosen.map(({ id }) => id) : null);
        if (versions) {
          widget.model.named = versions;
        }
      },
      describedBy: {
        args: {
          type: 'object',
          properties: {
            versions: { type: 'array', items: { type: 'string' }, description: 'Full ids; default: as the tab has it' },
            chosen: { type: 'boolean', description: 'Of the versions that are chosen in the panel' }
          }
        }
      }
    });
    history.changed.connect(() => {
      commands.notifyCommandChanged(SHOW_METRICS);
    });
    palette?.addItem({ command: SHOW_METRICS, category: trans.__('ML Versions') });
    app.contextMenu.addItem({ command: SHOW_METRICS, args: { chosen: true }, selector: '.jp-mlversion-Row', rank: 25 });
    void layout?.restore(tracker, { command: SHOW_METRICS, name: () => 'metrics' });
  }
};
