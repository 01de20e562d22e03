import type { INotebookContent } from '@jupyterlab/nbformat';
import type { Notebook, NotebookPanel } from '@jupyterlab/notebook';
import { type Kernel, KernelMessage } from '@jupyterlab/services';
import { documentOf, reportCheckpoint } from '../service/checkpoint';
import type { KernelNews } from '../service/contract';
import { Failure } from '../service/failure';
import type { IVersionService } from '../service/tokens';
import { cellFinished } from './finished';

/** The comm target that the kernel extension opens. */
const TARGET = 'jupyter_mlversion';

/**
 * Supplies the document of one notebook to the checkpoints that its kernel stages, strictly in order. All views of a
 * notebook share its kernel connection, so there is one joiner for them all, for as long as any of them is open.
 */
export class Joiner {
  /** `views`: the views of the notebook that are open at the moment. */
  constructor(context: NotebookPanel['context'], views: () => Notebook[], service: IVersionService) {
    this._context = context;
    this._views = views;
    this._service = service;
    context.sessionContext.kernelChanged.connect((_, { newValue }) => {
      this._listen(newValue);
    });
    this._listen(context.sessionContext.session?.kernel ?? null);
  }

  private _listen(kernel: Kernel.IKernelConnection | null): void {
    if (kernel?.handleComms) {
      kernel.registerCommTarget(TARGET, (_, message) => {
        this._onOpen(kernel, message);
      });
    } else {
      // A console had the kernel first, so comms are opened there; the news come here all the same.
      kernel?.iopubMessage.connect((_, message) => {
        if (KernelMessage.isCommOpenMsg(message) && message.content.target_name === TARGET) {
          this._onOpen(kernel, message);
        }
      });
    }
  }

  private _onOpen(kernel: Kernel.IKernelConnection, message: KernelMessage.ICommOpenMsg): void {
    const news = message.content.data as unknown as KernelNews;
    const { session, msg_id: requestId } = message.parent_header as { session?: string; msg_id?: string };
    if (session !== undefined && session !== kernel.clientId) {
      // Another window sent the cell, so the outputs are in that window's document.
      return;
    }
    if (news.event === 'error') {
      this._service.toasts.failure(this._service.trans.__('No version was made'), new Failure(news.error));
      return;
    }
    const ready =
      news.when === 'now' || requestId === undefined
        ? Promise.resolve(true)
        : cellFinished(this._context, this._views(), kernel, { cellId: news.cell_id, requestId });
    // Taken at this moment, though it is sent only after those before it.
    const document = ready.then(finished => (finished ? documentOf(this._service, this._context) : null));
    this._queue = this._queue.then(() => this._join(news.key, document)).catch((reason: unknown) => {
      // As when the notebook was closed: the kernel makes the version. Those that come after are not held up.
      console.warn('The open notebook could not be sent to a checkpoint.', reason);
    });
  }

  /** Send the document; resolves when the server has it, or has refused it. */
  private async _join(key: string, document: Promise<INotebookContent | null>): Promise<void> {
    const { api, localPath } = this._service;
    const content = await document;
    if (content === null) {
      // The version is made all the same, by the kernel, with the notebook as last saved.
      return;
    }
    const job = api.join(key, localPath(this._context.path), content);
    void reportCheckpoint(this._service, job);
    await job.catch(() => undefined);
  }

  private readonly _context: NotebookPanel['context'];
  private readonly _views: () => Notebook[];
  private readonly _service: IVersionService;
  private _queue: Promise<void> = Promise.resolve();
}
