import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import type { ICodeCellModel } from '@jupyterlab/cells';
import { INotebookTracker, type Notebook, NotebookActions, type NotebookPanel } from '@jupyterlab/notebook';
import { isTagged } from '../cells/tag';
import { KernelLoader } from '../kernel/loader';
import { Joiner } from '../kernel/joiner';
import { IKernelLoader } from '../kernel/tokens';
import { checkpointNotebook } from '../service/checkpoint';
import { IVersionService } from '../service/tokens';
import { cellTitle } from '../service/words';

/** Loads the kernel extension into each kernel before its first cell. */
export const loading: JupyterFrontEndPlugin<KernelLoader> = {
  id: 'jupyter-mlversion:kernel',
  description: 'Loads the kernel extension before the first cell is sent to a kernel.',
  autoStart: true,
  requires: [INotebookTracker, IVersionService],
  provides: IKernelLoader,
  activate: (app: JupyterFrontEnd, tracker: INotebookTracker, { preferences }: IVersionService) => {
    const loader = new KernelLoader({
      specs: () => app.serviceManager.kernelspecs.specs,
      enabled: () => preferences.now.loadKernelExtension
    });
    // Emitted synchronously before the request that runs the cell, so that ours is queued before it.
    NotebookActions.executionScheduled.connect((_, { notebook, cell }) => {
      const kernel = tracker.find(panel => panel.content === notebook)?.sessionContext.session?.kernel;
      if (kernel && cell.model.type === 'code') {
        loader.ensure(kernel);
      }
    });
    return loader;
  }
};

/** Adds the notebook to the checkpoints that the kernel stages. */
export const joining: JupyterFrontEndPlugin<void> = {
  id: 'jupyter-mlversion:joining',
  description: 'Sends the open notebook to the server for each checkpoint that the kernel stages.',
  autoStart: true,
  requires: [INotebookTracker, IVersionService],
  activate: (_: JupyterFrontEnd, tracker: INotebookTracker, service: IVersionService): void => {
    const joined = new WeakSet<NotebookPanel['context']>();
    const join = ({ context }: NotebookPanel): void => {
      if (!joined.has(context)) {
        joined.add(context);
        const views = (): Notebook[] => tracker.filter(panel => panel.context === context).map(panel => panel.content);
        new Joiner(context, views, service);
      }
    };
    tracker.forEach(join);
    tracker.widgetAdded.connect((_, panel) => {
      join(panel);
    });
  }
};

/** Makes the version itself where the kernel cannot: other languages, environments without the package. */
export const standIn: JupyterFrontEndPlugin<void> = {
  id: 'jupyter-mlversion:stand-in',
  description: 'Asks the server for a version after a tagged cell when the kernel lacks the extension.',
  autoStart: true,
  requires: [INotebookTracker, IKernelLoader, IVersionService],
  activate: (_: JupyterFrontEnd, tracker: INotebookTracker, loader: KernelLoader, service: IVersionService): void => {
    NotebookActions.executed.connect((_, { notebook, cell, success }) => {
      const panel = tracker.find(candidate => candidate.content === notebook);
      const kernel = panel?.sessionContext.session?.kernel;
      // Without a kernel, and for aborted cells, there is no count: nothing ran.
      if (!panel || !kernel || !success || (cell.model as ICodeCellModel).executionCount === null) {
        return;
      }
      void loader.loading(kernel.id).then(async known => {
        const lacks = known && known.kind !== 'loaded' && known.kind !== 'off';
        if (!lacks || panel.isDisposed || cell.model.type !== 'code') {
          return;
        }
        const { cell_tag: tag } = await service.statuses.of(service.localPath(panel.context.path));
        if (isTagged(cell.model, tag)) {
          await checkpointNotebook(service, panel, cellTitle(cell.model.sharedModel.getSource()));
        }
      }, () => undefined);
    });
  }
};
