import { ILayoutRestorer, type JupyterFrontEnd, type JupyterFrontEndPlugin } from '@jupyterlab/application';
import { ICommandPalette, WidgetTracker } from '@jupyterlab/apputils';
import { copyIcon, fileIcon, notebookIcon } from '@jupyterlab/ui-components';
import type { ReadonlyPartialJSONObject } from '@lumino/coreutils';
import type { FileTab } from '../artifacts/fileTab';
import { COMPARE_ARTIFACT, OPEN_ARTIFACT, OPEN_VERSION, Opening } from '../artifacts/opening';
import type { PairTab } from '../artifacts/pairTab';
import { ArtifactViewers } from '../artifacts/registry';
import { WORKSPACE } from '../artifacts/requests';
import { IArtifactViewers } from '../artifacts/tokens';
import { IHistory, subjects } from '../history/tokens';
import { IVersionService } from '../service/tokens';

const ARTIFACT = '.jp-mlversion-Artifact';

const FILE_ARGS = {
  version: { type: 'string', description: 'The version; default: the one that is chosen in the panel' },
  path: { type: 'string', description: 'Workspace path of the file' },
  notebook: { type: 'string', description: 'Contents path of the notebook whose history it is; default: the active' }
};

/** The registry that viewers and differs are added to. */
export const artifactViewers: JupyterFrontEndPlugin<IArtifactViewers> = {
  id: 'jupyter-mlversion:artifact-viewers',
  description: 'Viewers and differs for the files of versions.',
  autoStart: true,
  provides: IArtifactViewers,
  activate: () => new ArtifactViewers()
};

/** Files of versions, and how they differ, in the main area. */
export const artifacts: JupyterFrontEndPlugin<void> = {
  id: 'jupyter-mlversion:artifacts',
  description: 'Opens files of versions read-only, and compares them.',
  autoStart: true,
  requires: [IVersionService, IHistory, IArtifactViewers],
  optional: [ILayoutRestorer, ICommandPalette],
  activate: (
    app: JupyterFrontEnd,
    service: IVersionService,
    history: IHistory,
    viewers: IArtifactViewers,
    layout: ILayoutRestorer | null,
    palette: ICommandPalette | null
  ): void => {
    const { trans } = service;
    const files = new WidgetTracker<FileTab>({ namespace: 'mlversion-files' });
    const pairs = new WidgetTracker<PairTab>({ namespace: 'mlversion-pairs' });
    const opening = new Opening(app, service, viewers, files, pairs);

    const text = (value: unknown): string | null => (typeof value === 'string' && value ? value : null);
    /** What the row of a file that was right-clicked says. */
    const clicked = (name: 'path' | 'version'): string | null =>
      app.contextMenuHitTest(node => node.dataset.mlversionPath !== undefined)?.dataset[
        name === 'path' ? 'mlversionPath' : 'mlversionVersion'
      ] ?? null;
    const pathOf = (args: ReadonlyPartialJSONObject): string | null => text(args.path) ?? clicked('path');
    const versionOf = (args: ReadonlyPartialJSONObject): string | null =>
      text(args.version) ?? clicked('version') ?? subjects(history, args)[0]?.id ?? null;
    const notebookOf = (args: ReadonlyPartialJSONObject): string => text(args.notebook) ?? history.path;

    app.commands.addCommand(OPEN_ARTIFACT, {
      label: trans.__('Open File of Version'),
      caption: trans.__('Show the file as it is in the version, read-only'),
      icon: fileIcon,
      execute: async args => {
        const [path, version] = [pathOf(args), versionOf(args)];
        if (path !== null && version !== null) {
          await opening.file({ notebook: notebookOf(args), version, path });
        }
      },
      describedBy: { args: { type: 'object', properties: FILE_ARGS } }
    });
    app.commands.addCommand(COMPARE_ARTIFACT, {
      label: args =>
        args.against === 'previous'
          ? trans.__('Compare File with Version Before')
          : trans.__('Compare File with Workspace'),
      caption: trans.__('Show how the file differs between two versions, or from the workspace'),
      icon: copyIcon,
      execute: async args => {
        const path = pathOf(args);
        const named = Array.isArray(args.versions) ? args.versions.map(String) : [];
        const one = named[0] ?? versionOf(args);
        if (path === null || one === null) {
          return;
        }
        const notebook = notebookOf(args);
        if (args.against === 'previous') {
          await opening.withVersionBefore({ notebook, version: one, path });
          return;
        }
        const other = named[1] ?? WORKSPACE;
        // The workspace is what a version is compared with, whichever was named first.
        await opening.pair({ notebook, versions: one === WORKSPACE ? [other, one] : [one, other], path });
      },
      describedBy: {
        args: {
          type: 'object',
          properties: {
            versions: { type: 'array', items: { type: 'string' }, description: 'Before and after; default: the workspace' },
            against: { type: 'string', enum: ['previous', 'workspace'], description: 'With what one version is compared' },
            path: FILE_ARGS.path,
            notebook: FILE_ARGS.notebook
          }
        }
      }
    });
    app.commands.addCommand(OPEN_VERSION, {
      label: trans.__('Open Notebook of Version'),
      caption: trans.__('Show the notebook as it is in the version, read-only'),
      icon: notebookIcon,
      isEnabled: args => Array.isArray(args.versions) || subjects(history, args).length === 1,
      execute: async args => {
        const named = Array.isArray(args.versions) ? args.versions.map(String)[0] : undefined;
        const id = named ?? subjects(history, args)[0]?.id;
        if (id !== undefined) {
          await opening.notebook(notebookOf(args), id);
        }
      },
      describedBy: {
        args: {
          type: 'object',
          properties: { versions: { type: 'array', items: { type: 'string' }, description: 'The id of the version' } }
        }
      }
    });
    app.contextMenu.addItem({ command: OPEN_ARTIFACT, selector: ARTIFACT, rank: 0 });
    app.contextMenu.addItem({ command: COMPARE_ARTIFACT, selector: ARTIFACT, rank: 1, args: { against: 'previous' } });
    app.contextMenu.addItem({ command: COMPARE_ARTIFACT, selector: ARTIFACT, rank: 2, args: { against: 'workspace' } });
    app.contextMenu.addItem({ command: OPEN_VERSION, selector: '.jp-mlversion-Row', rank: 1 });
    palette?.addItem({ command: OPEN_VERSION, category: trans.__('ML Versions') });
    if (layout) {
      void layout.restore(files, { command: OPEN_ARTIFACT, args: ({ args }) => ({ ...args }), name: tab => tab.id });
      void layout.restore(pairs, { command: COMPARE_ARTIFACT, args: ({ args }) => ({ ...args }), name: tab => tab.id });
    }
  }
};
