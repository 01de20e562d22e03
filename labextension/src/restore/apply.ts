import type { ICellModel, ICodeCellModel } from '@jupyterlab/cells';
import type { IAttachments, ICell, INotebookContent, IOutput } from '@jupyterlab/nbformat';
import type { INotebookModel } from '@jupyterlab/notebook';
import { JSONExt, type ReadonlyPartialJSONValue } from '@lumino/coreutils';
import { align, type Step } from './align';
import { joined, plainCell, withoutTrust } from './plain';
import type { TrustedOutputs } from './trust';

type ISharedCell = ICellModel['sharedModel'];
type ISharedCodeCell = ICodeCellModel['sharedModel'];
type ISharedMarkdownCell = Extract<ISharedCell, { cell_type: 'markdown' }>;

/**
 * Make the open notebook equal to `document`: only what differs is touched, in one undoable edit, so that cursors,
 * collaborators and a running cell's connection to its outputs survive.
 *
 * Outputs that come in are not trusted, whatever the document says, unless they are among `trusted`; those that go
 * away are remembered there, so that undoing brings them back as they were.
 */
export function applyDocument(model: INotebookModel, document: INotebookContent, trusted: TrustedOutputs): void {
  const wanted = document.cells.map(cell => plainCell(cell));
  const present = Array.from(model.cells);
  const steps = align(
    present.map(cell => ({ id: cell.id, type: cell.type })),
    wanted.map(cell => ({ id: typeof cell.id === 'string' ? cell.id : '', type: cell.cell_type }))
  );
  trusted.remember(model);
  const isTrusted = (cell: ICell): boolean => trusted.has(outputsOf(cell));
  const differing = steps.flatMap(step => {
    const [cell, target] = step.kind === 'keep' ? [present[step.from], wanted[step.to]] : [];
    return cell && target && outputsDiffer(cell, target) ? [{ cell: cell as ICodeCellModel, target }] : [];
  });
  const { sharedModel } = model;
  asOneUndo(sharedModel, () => {
    // The old outputs go first: Lab shows outputs that are replaced in one transaction wrongly (a stream is joined to
    // the one before it, and removed with it). And trust goes before anything comes in.
    sharedModel.transact(() => {
      for (const { cell, target } of differing) {
        cell.sharedModel.setOutputs([]);
        if (!isTrusted(target)) {
          distrust(cell);
        }
      }
    }, true);
    sharedModel.transact(() => {
      applySteps(model, steps, wanted);
      if (!same(sharedModel.getMetadata(), document.metadata)) {
        sharedModel.setMetadata(document.metadata);
      }
    }, true);
  });
  sharedModel.transact(() => {
    Array.from(model.cells).forEach((cell, index) => {
      const target = wanted[index];
      if (target?.cell_type === 'code') {
        settle(cell as ICodeCellModel, isTrusted(target));
      }
    });
  }, false);
}

/** Run `edit`, whose transactions become one step of the undo history, however long they take. */
function asOneUndo(sharedModel: INotebookModel['sharedModel'], edit: () => void): void {
  const { undoManager } = sharedModel as { undoManager?: { captureTimeout: number; stopCapturing: () => void } };
  if (!undoManager) {
    edit();
    return;
  }
  const timeout = undoManager.captureTimeout;
  undoManager.stopCapturing();
  undoManager.captureTimeout = Number.MAX_SAFE_INTEGER;
  try {
    edit();
  } finally {
    undoManager.captureTimeout = timeout;
    undoManager.stopCapturing();
  }
}

/** What the cell shows is what its source made, and is trusted when its outputs are. */
function settle(cell: ICodeCellModel, trusted: boolean): void {
  if (trusted && !cell.trusted) {
    cell.trusted = true;
  }
  if (cell.isDirty) {
    (cell as { isDirty: boolean }).isDirty = false;
  }
}

function applySteps(model: INotebookModel, steps: readonly Step[], wanted: readonly ICell[]): void {
  const { sharedModel } = model;
  let position = 0;
  for (const step of steps) {
    if (step.kind === 'delete') {
      sharedModel.deleteCell(position);
      continue;
    }
    const target = wanted[step.to];
    const cell = sharedModel.getCell(position);
    if (target && step.kind === 'insert') {
      sharedModel.insertCells(position, [target]);
    } else if (target) {
      applyCell(cell, target);
    }
    position += 1;
  }
}

function applyCell(cell: ISharedCell, target: ICell): void {
  const source = joined(target.source);
  if (cell.getSource() !== source) {
    cell.setSource(source);
  }
  const metadata = cell.getMetadata();
  const wanted = withoutTrust(target.metadata);
  if (!same(withoutTrust(metadata), wanted)) {
    cell.setMetadata('trusted' in metadata ? { ...wanted, trusted: metadata.trusted } : wanted);
  }
  if (target.cell_type === 'code') {
    applyOutputs(cell as ISharedCodeCell, target);
  } else if (target.cell_type === 'markdown' || target.cell_type === 'raw') {
    applyAttachments(cell as ISharedMarkdownCell, target);
  }
}

function applyOutputs(cell: ISharedCodeCell, target: ICell): void {
  const outputs = outputsOf(target);
  if (!same(cell.getOutputs(), outputs)) {
    cell.setOutputs(outputs);
  }
  const count = (target.execution_count as number | null | undefined) ?? null;
  if (cell.execution_count !== count) {
    cell.execution_count = count;
  }
}

function applyAttachments(cell: ISharedMarkdownCell, target: ICell): void {
  const attachments = target.attachments as IAttachments | undefined;
  if (!same(cell.getAttachments() ?? {}, attachments ?? {})) {
    cell.setAttachments(attachments);
  }
}

/** Take trust away from the cell, and the mark of it out of the metadata that is saved. */
function distrust(cell: ICellModel): void {
  cell.trusted = false;
  cell.sharedModel.deleteMetadata('trusted');
}

function outputsDiffer(cell: ICellModel, target: ICell): boolean {
  return cell.type === 'code' && !same((cell.sharedModel as ISharedCodeCell).getOutputs(), outputsOf(target));
}

function outputsOf(cell: ICell): IOutput[] {
  return Array.isArray(cell.outputs) ? (cell.outputs as IOutput[]) : [];
}

function same(a: unknown, b: unknown): boolean {
  return JSONExt.deepEqual(a as ReadonlyPartialJSONValue, b as ReadonlyPartialJSONValue);
}
