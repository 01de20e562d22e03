import type { ICodeCellModel } from '@jupyterlab/cells';
import type { IOutput } from '@jupyterlab/nbformat';
import type { INotebookModel } from '@jupyterlab/notebook';
import { plainOutput } from './plain';

/** How many characters of outputs are remembered. */
const BUDGET = 64_000_000;

/** JSON whose text is the same for the same value, in whatever order its names come. */
export function canonical(value: unknown): string {
  return JSON.stringify(value, (_, item: unknown) =>
    typeof item === 'object' && item !== null && !Array.isArray(item)
      ? Object.fromEntries(Object.entries(item).sort(([a], [b]) => (a < b ? -1 : 1)))
      : item
  );
}

/**
 * The outputs that this window showed as trusted, because the user ran their cells here or the user's notary knew them.
 * They may run scripts again when a restore brings them back; whatever else comes in may not.
 */
export class TrustedOutputs {
  constructor(budget = BUDGET) {
    this._budget = budget;
  }

  /** Remember the outputs that the notebook shows as trusted now. */
  remember(model: INotebookModel): void {
    for (const cell of model.cells) {
      if (cell.type === 'code' && cell.trusted) {
        this.add((cell as ICodeCellModel).sharedModel.getOutputs());
      }
    }
  }

  /** Whether the outputs may run scripts; none at all can do no harm. */
  has(outputs: readonly IOutput[]): boolean {
    return outputs.length === 0 || this._texts.has(textOf(outputs));
  }

  add(outputs: readonly IOutput[]): void {
    if (!outputs.length) {
      return;
    }
    const text = textOf(outputs);
    // Again at the end, so that the oldest are forgotten first.
    this._size += this._texts.delete(text) ? 0 : text.length;
    this._texts.add(text);
    for (const oldest of this._texts) {
      if (this._size <= this._budget) {
        break;
      }
      this._texts.delete(oldest);
      this._size -= oldest.length;
    }
  }

  private readonly _budget: number;
  private readonly _texts = new Set<string>();
  private _size = 0;
}

function textOf(outputs: readonly IOutput[]): string {
  return canonical(outputs.map(plainOutput));
}
