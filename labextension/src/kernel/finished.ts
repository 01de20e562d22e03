import type { Cell, CodeCell, ICellModel, ICodeCellModel } from '@jupyterlab/cells';
import { type Notebook, NotebookActions, type NotebookPanel } from '@jupyterlab/notebook';
import { type Kernel, KernelMessage } from '@jupyterlab/services';

/** The execution whose end is awaited: the cell, and the id of the request that executes it. */
export interface IExecution {
  cellId: string;
  requestId: string;
}

interface Executed { notebook: Notebook; cell: Cell }

/**
 * Resolves when the outputs of an execution are in the document: true, or false when they never will be, because the
 * cell was run again before or the notebook was closed. Must be called while the kernel's message is handled.
 */
export function cellFinished(
  panel: NotebookPanel,
  kernel: Kernel.IKernelConnection,
  execution: IExecution
): Promise<boolean> {
  return new Promise(resolve => {
    const settle = (finished: boolean): void => {
      NotebookActions.executed.disconnect(onExecuted);
      kernel.iopubMessage.disconnect(onMessage);
      kernel.statusChanged.disconnect(onStatus);
      panel.disposed.disconnect(onDisposed);
      resolve(finished);
    };
    const onExecuted = (_: unknown, { notebook, cell }: Executed): void => {
      if (notebook === panel.content && cell.model.id === execution.cellId) {
        settle(isShowing(cell, execution.requestId));
      }
    };
    // For cells that something else than a notebook action runs, and for cells deleted while they ran.
    const onMessage = (_: unknown, message: KernelMessage.IIOPubMessage): void => {
      if (isIdleOf(message, execution.requestId)) {
        const cell = panel.content.widgets.find(widget => widget.model.id === execution.cellId);
        void counted(cell?.model ?? null).then(() => {
          settle(!cell || cell.isDisposed || isShowing(cell, execution.requestId));
        });
      }
    };
    // A kernel that restarts sends nothing more: what is there is all there is.
    const onStatus = (_: unknown, status: Kernel.Status): void => {
      if (status === 'restarting' || status === 'autorestarting' || status === 'dead') {
        settle(true);
      }
    };
    const onDisposed = (): void => {
      settle(false);
    };
    NotebookActions.executed.connect(onExecuted);
    kernel.iopubMessage.connect(onMessage);
    kernel.statusChanged.connect(onStatus);
    panel.disposed.connect(onDisposed);
  });
}

/** Whether the outputs that the cell shows are those of the request, as far as can be known. */
function isShowing(cell: Cell, requestId: string): boolean {
  if (cell.model.type !== 'code') {
    return true;
  }
  // Lab's types promise a future, but there is none before the first run.
  const future = (cell as CodeCell).outputArea.future as { msg: KernelMessage.IMessage } | null | undefined;
  return !future || future.msg.header.msg_id === requestId;
}

function isIdleOf(message: KernelMessage.IIOPubMessage, requestId: string): boolean {
  return (
    KernelMessage.isStatusMsg(message) &&
    message.content.execution_state === 'idle' &&
    (message.parent_header as { msg_id?: string }).msg_id === requestId
  );
}

/** Resolves when the cell has its execution count, which comes last; at once when the cell is gone. */
function counted(cell: ICellModel | null): Promise<void> {
  if (cell?.type !== 'code') {
    return Promise.resolve();
  }
  const model = cell as ICodeCellModel;
  return new Promise(resolve => {
    const look = (): void => {
      if (model.isDisposed || model.executionCount !== null) {
        model.stateChanged.disconnect(look);
        resolve();
      }
    };
    model.stateChanged.connect(look);
    look();
  });
}
