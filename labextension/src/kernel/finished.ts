import type { Cell, CodeCell, ICellModel, ICodeCellModel } from '@jupyterlab/cells';
import { type Notebook, NotebookActions, type NotebookPanel } from '@jupyterlab/notebook';
import { type Kernel, KernelMessage } from '@jupyterlab/services';

/** The execution whose end is awaited: the cell, and the id of the request that executes it. */
export interface IExecution {
  cellId: string;
  requestId: string;
}

type Context = NotebookPanel['context'];

interface Executed { notebook: Notebook; cell: Cell }

/**
 * Resolves when the outputs of an execution are in the document: true, or false when they never will be, because the
 * cell was run again before, or its notebook or the view that ran it was closed. Must be called while the kernel's
 * message is handled.
 */
export function cellFinished(
  context: Context,
  views: readonly Notebook[],
  kernel: Kernel.IKernelConnection,
  { cellId, requestId }: IExecution
): Promise<boolean> {
  if (context.isDisposed) {
    return Promise.resolve(false);
  }
  // Outputs come by way of the view that ran the cell, and of no other.
  const shown = views.flatMap(view => view.widgets.filter(widget => widget.model.id === cellId));
  const runner = shown.find(cell => requestOf(cell) === requestId) ?? shown[0];
  const model = runner?.model ?? null;
  return new Promise(resolve => {
    const settle = (finished: boolean): void => {
      NotebookActions.executed.disconnect(onExecuted);
      kernel.iopubMessage.disconnect(onMessage);
      kernel.statusChanged.disconnect(onStatus);
      context.disposed.disconnect(onDisposed);
      runner?.disposed.disconnect(onClosed);
      resolve(finished);
    };
    const onExecuted = (_: unknown, { cell }: Executed): void => {
      if (runner && cell === runner && !runner.isDisposed) {
        settle(isShowing(cell, requestId));
      }
    };
    // For cells that something else than a notebook action runs, and for cells deleted while they ran.
    const onMessage = (_: unknown, message: KernelMessage.IIOPubMessage): void => {
      if (isIdleOf(message, requestId)) {
        void counted(context, model).then(() => {
          settle(!runner || runner.isDisposed || isShowing(runner, requestId));
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
    const onClosed = (): void => {
      if (isIn(context, model)) {
        settle(false);
      }
    };
    NotebookActions.executed.connect(onExecuted);
    kernel.iopubMessage.connect(onMessage);
    kernel.statusChanged.connect(onStatus);
    context.disposed.connect(onDisposed);
    runner?.disposed.connect(onClosed);
  });
}

/** The id of the request whose outputs the cell shows; null before the first run. */
function requestOf(cell: Cell): string | null {
  // Lab's types promise a future, but there is none before the first run.
  const { outputArea } = cell as { outputArea?: CodeCell['outputArea'] };
  const future = outputArea?.future as { msg: KernelMessage.IMessage } | null | undefined;
  return future?.msg.header.msg_id ?? null;
}

/** Whether the outputs that the cell shows are those of the request, as far as can be known. */
function isShowing(cell: Cell, requestId: string): boolean {
  return cell.model.type !== 'code' || [null, requestId].includes(requestOf(cell));
}

function isIdleOf(message: KernelMessage.IIOPubMessage, requestId: string): boolean {
  return (
    KernelMessage.isStatusMsg(message) &&
    message.content.execution_state === 'idle' &&
    (message.parent_header as { msg_id?: string }).msg_id === requestId
  );
}

/** Whether the notebook is open and has the cell. */
function isIn(context: Context, cell: ICellModel | null): boolean {
  return !context.isDisposed && cell !== null && Array.from(context.model.cells).includes(cell);
}

/** Resolves when the cell has its execution count, which comes last; at once when the cell is gone. */
function counted(context: Context, cell: ICellModel | null): Promise<void> {
  if (cell?.type !== 'code' || !isIn(context, cell)) {
    return Promise.resolve();
  }
  const model = cell as ICodeCellModel;
  const { cells } = context.model;
  return new Promise(resolve => {
    const look = (): void => {
      if (!isIn(context, model) || model.executionCount !== null) {
        model.stateChanged.disconnect(look);
        cells.changed.disconnect(look);
        resolve();
      }
    };
    model.stateChanged.connect(look);
    cells.changed.connect(look);
    look();
  });
}
