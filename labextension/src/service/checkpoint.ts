import type { INotebookContent } from '@jupyterlab/nbformat';
import type { NotebookPanel } from '@jupyterlab/notebook';
import type { ICheckpointed, IJob } from './contract';
import type { IVersionService } from './tokens';
import { checkpointText } from './words';

/** Ask the server for a version of the open notebook, unsaved edits included, and say how it went. */
export async function checkpointNotebook(service: IVersionService, panel: NotebookPanel, message: string): Promise<void> {
  const { api, localPath, toasts, trans } = service;
  try {
    const document = panel.context.model.toJSON() as INotebookContent;
    await reportCheckpoint(service, await api.checkpoint(localPath(panel.context.path), message, document));
  } catch (reason) {
    toasts.failure(trans.__('Checkpoint'), reason);
  }
}

/** Follow the job of a checkpoint to its end and say how it went. */
export async function reportCheckpoint(service: IVersionService, job: IJob): Promise<void> {
  const { jobs, preferences, toasts, trans } = service;
  try {
    const result = await toasts.follow<ICheckpointed>(jobs, job, trans.__('Checkpoint'));
    const text = checkpointText(trans, result, preferences.now.rowMetrics);
    if (result.unchanged) {
      toasts.info(text);
    } else {
      toasts.success(text);
    }
  } catch (reason) {
    toasts.failure(trans.__('Checkpoint'), reason);
  }
}
