import { ILayoutRestorer, type JupyterFrontEnd, type JupyterFrontEndPlugin } from '@jupyterlab/application';
import { ICommandPalette, MainAreaWidget, WidgetTracker } from '@jupyterlab/apputils';
import { IEditorServices } from '@jupyterlab/codeeditor';
import { IRenderMimeRegistry } from '@jupyterlab/rendermime';
import * as React from 'react';
import { ChosenBar } from '../compare/chosenBar';
import { compareIcon } from '../compare/icon';
import { ComparisonModel } from '../compare/model';
import { WORKSPACE } from '../compare/requests';
import { ComparisonWidget } from '../compare/widget';
import { IHistory, subjects } from '../history/tokens';
import { showTab } from '../service/area';
import { IVersionService } from '../service/tokens';
import { shortOf } from '../service/words';

/** Puts versions side by side; those named by `versions`, else those chosen in the panel. */
export const COMPARE = 'mlversion:compare';
export const COMPARE_WORKSPACE = 'mlversion:compare-with-workspace';

/** Shows how a file differs; another plugin's. */
const COMPARE_ARTIFACT = 'mlversion:compare-artifact';

const ARGS = {
  type: 'object',
  properties: {
    versions: {
      type: 'array',
      items: { type: 'string' },
      description: 'Ids, or "workspace"; default: the versions that are chosen. One alone is compared with the version before'
    },
    notebook: { type: 'string', description: 'Contents path of the notebook; default: the active one' }
  }
} as const;

/** Versions in a tab, side by side. */
export const compare: JupyterFrontEndPlugin<void> = {
  id: 'jupyter-mlversion:compare',
  description: 'Compares versions: metrics, parameters, notebook, files, environment.',
  autoStart: true,
  requires: [IVersionService, IHistory],
  optional: [IEditorServices, IRenderMimeRegistry, ILayoutRestorer, ICommandPalette],
  activate: (
    app: JupyterFrontEnd,
    service: IVersionService,
    history: IHistory,
    editors: IEditorServices | null,
    rendermime: IRenderMimeRegistry | null,
    restorer: ILayoutRestorer | null,
    palette: ICommandPalette | null
  ): void => {
    const { trans } = service;
    const { commands } = app;
    const tracker = new WidgetTracker<MainAreaWidget<ComparisonWidget>>({ namespace: 'mlversion-compare' });
    const showing = { factory: editors?.factoryService.newInlineEditor ?? null, rendermime };
    const openFile = (versions: [string, string], path: string): void => {
      void commands.execute(COMPARE_ARTIFACT, { versions, path });
    };
    const open = async (notebook: string, versions: string[]): Promise<void> => {
      const same = tracker.find(({ content: { props } }) => props.model.versions.join() === versions.join());
      if (same) {
        showTab(app.shell, same);
        await same.content.props.model.refresh();
        return;
      }
      const model = new ComparisonModel(service, notebook, versions);
      const content = new ComparisonWidget({
        model,
        service,
        showing,
        openFile: commands.hasCommand(COMPARE_ARTIFACT) ? openFile : undefined
      });
      const widget = new MainAreaWidget({ content });
      widget.toolbar.hide();
      widget.id = `mlversion-compare-${Date.now()}-${tracker.size}`;
      widget.title.icon = compareIcon;
      widget.title.closable = true;
      const name = (): void => {
        const short = model.versions.map(version => (version === WORKSPACE ? trans.__('workspace') : shortOf(version)));
        widget.title.label = short.length > 3 ? trans.__('%1 versions', short.length) : short.join(' ↔ ');
        widget.title.caption = trans.__('Versions of %1 side by side', notebook);
      };
      name();
      let saved = versions.join();
      model.changed.connect(() => {
        if (model.versions.join() !== saved) {
          saved = model.versions.join();
          name();
          void tracker.save(widget);
        }
      });
      showTab(app.shell, widget);
      await tracker.add(widget);
    };
    const named = (args: { readonly versions?: unknown }): string[] =>
      Array.isArray(args.versions) ? args.versions.map(String) : subjects(history, args).map(({ id }) => id);
    const place = (args: { readonly notebook?: unknown }): string =>
      typeof args.notebook === 'string' ? args.notebook : history.path;
    const versionBefore = async (notebook: string, version: string): Promise<string> => {
      const known = history.find(version) ?? (await service.api.version(notebook, version));
      return known.parents[0] ?? WORKSPACE;
    };
    commands.addCommand(COMPARE, {
      label: args => (named(args).length === 1 ? trans.__('Compare with Version Before') : trans.__('Compare Versions')),
      caption: trans.__('Metrics, parameters, notebook, files and environment side by side'),
      icon: compareIcon,
      isEnabled: args => place(args) !== '' && named(args).length > 0,
      execute: async args => {
        const [notebook, versions] = [place(args), named(args)];
        const [only] = versions;
        try {
          if (versions.length === 1 && only !== undefined) {
            await open(notebook, [await versionBefore(notebook, only), only]);
          } else if (versions.length) {
            await open(notebook, [...new Set(versions)]);
          }
        } catch (reason) {
          service.toasts.failure(trans.__('Compare'), reason);
        }
      },
      describedBy: { args: ARGS }
    });
    commands.addCommand(COMPARE_WORKSPACE, {
      label: trans.__('Compare with Workspace'),
      caption: trans.__('What changed since this version, as the files are saved now'),
      icon: compareIcon,
      isEnabled: args => place(args) !== '' && named(args).length > 0,
      execute: async args => {
        await open(place(args), [...new Set([...named(args), WORKSPACE])]);
      },
      describedBy: { args: ARGS }
    });
    for (const [rank, command] of [COMPARE, COMPARE_WORKSPACE].entries()) {
      palette?.addItem({ command, category: trans.__('ML Versions') });
      app.contextMenu.addItem({ command, selector: '.jp-mlversion-Row', rank: 20 + rank });
    }
    const renew = (): void => {
      commands.notifyCommandChanged(COMPARE);
      commands.notifyCommandChanged(COMPARE_WORKSPACE);
    };
    history.changed.connect(renew);
    const bar = (): React.ReactElement =>
      React.createElement(ChosenBar, { history, service, compare: () => void commands.execute(COMPARE) });
    history.sections.add('below', bar, 0);
    void restorer?.restore(tracker, {
      command: COMPARE,
      args: ({ content }) => {
        const { model } = content.props;
        return { versions: [...model.versions], notebook: model.requests.notebook };
      },
      name: ({ content }) => content.props.model.versions.join('-')
    });
  }
};
