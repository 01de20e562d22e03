import type { INotebookContent } from '@jupyterlab/nbformat';
import type { NotebookPanel } from '@jupyterlab/notebook';
import type { ICheckpointed, IJob } from './contract';
import { Task } from './task';
import type { IVersionService } from './tokens';
import { checkpointText } from './words';

/**
 * Ask the server for a version of the open notebook, unsaved edits included, and say how it went. Resolves to whether it
 * succeeded.
 */
export async function checkpointNotebook(service: IVersionService, panel: NotebookPanel, message: string): Promise<boolean> {
  const { api, localPath } = service;
  const { context } = panel;
  return reportCheckpoint(service, api.checkpoint(localPath(context.path), message, documentOf(service, context)));
}

/** The open notebook, unsaved edits included. What it shows as trusted may be trusted again when it comes back. */
export function documentOf(service: IVersionService, { model }: NotebookPanel['context']): INotebookContent {
  service.trusted.remember(model);
  return model.toJSON() as INotebookContent;
}

/** Follow the job of a checkpoint to its end and say how it went. Resolves to whether it succeeded. */
export async function reportCheckpoint(service: IVersionService, job: Promise<IJob>): Promise<boolean> {
  const { preferences, trans } = service;
  const task = new Task(service, trans.__('Checkpoint'));
  try {
    const result = await task.follow<ICheckpointed>(await job);
    const message = checkpointText(trans, result, preferences.now.rowMetrics);
    await task.end({ type: result.unchanged ? 'info' : 'success', message });
    return true;
  } catch (reason) {
    await task.fail(reason);
    return false;
  }
}
