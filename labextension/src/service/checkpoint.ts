import type { INotebookContent } from '@jupyterlab/nbformat';
import type { NotebookPanel } from '@jupyterlab/notebook';
import type { ICheckpointed, IJob } from './contract';
import type { IVersionService } from './tokens';
import { checkpointText } from './words';

/** Ask the server for a version of the open notebook, unsaved edits included, and say how it went. */
export async function checkpointNotebook(service: IVersionService, panel: NotebookPanel, message: string): Promise<void> {
  const { api, localPath, toasts, trans } = service;
  try {
    await reportCheckpoint(service, await api.checkpoint(localPath(panel.context.path), message, documentOf(service, panel)));
  } catch (reason) {
    toasts.failure(trans.__('Checkpoint'), reason);
  }
}

/** The open notebook, unsaved edits included. What it shows as trusted may be trusted again when it comes back. */
export function documentOf(service: IVersionService, panel: NotebookPanel): INotebookContent {
  service.trusted.remember(panel.context.model);
  return panel.context.model.toJSON() as INotebookContent;
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
