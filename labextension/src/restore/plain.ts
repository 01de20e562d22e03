/** Notebook JSON in the one form that the shared model and the file have: texts whole, trust apart. */

import type { IBaseCell, ICell, IMimeBundle, IOutput } from '@jupyterlab/nbformat';
import { JSONExt, type PartialJSONValue } from '@lumino/coreutils';

/** A multi-line text as one text: in files it may be a list of lines. */
export function joined(text: string | string[] | undefined): string {
  return Array.isArray(text) ? text.join('') : (text ?? '');
}

/** An output whose texts are whole. JSON in a mimebundle may be a real list and is left alone. */
export function plainOutput(output: IOutput): IOutput {
  const copy = JSONExt.deepCopy<IOutput>(output);
  if (copy.output_type === 'stream') {
    copy.text = joined(copy.text as string | string[]);
  } else if (typeof copy.data === 'object' && copy.data !== null) {
    const bundle = copy.data as IMimeBundle;
    for (const [type, value] of Object.entries(bundle)) {
      if (!/^application\/(.*\+)?json$/.test(type) && Array.isArray(value)) {
        bundle[type] = joined(value);
      }
    }
  }
  return copy;
}

/** A cell as the shared model takes it. Trust is never taken from a document: `trusted` is gone. */
export function plainCell(cell: ICell): ICell {
  const copy = JSONExt.deepCopy(cell) as IBaseCell & { outputs?: IOutput[] };
  copy.source = joined(copy.source);
  copy.metadata = withoutTrust(copy.metadata);
  if (Array.isArray(copy.outputs)) {
    copy.outputs = copy.outputs.map(plainOutput);
  }
  return copy;
}

/** Metadata without the mark of trust, which is not the document's to give. */
export function withoutTrust(metadata: ICell['metadata'] | undefined): Record<string, PartialJSONValue | undefined> {
  const { trusted: _, ...rest } = (metadata ?? {}) as Record<string, PartialJSONValue | undefined>;
  return rest;
}
