import type { TranslationBundle } from '@jupyterlab/translation';
import type { Float } from '../service/contract';
import { numberText } from '../service/words';
import type { Cell, ITensorChange, TensorChange } from './answers';

const GROUPS = new Intl.NumberFormat('en-US');

/** A count with its thousands apart. */
export function countText(count: number): string {
  return GROUPS.format(count);
}

/** A shape as NumPy writes it: `3 × 4`; of a single value: `scalar`. */
export function shapeText(trans: TranslationBundle, shape: readonly number[]): string {
  return shape.length ? shape.join(' × ') : trans.__('scalar');
}

/** A value of a table; a missing one is the empty text. */
export function cellText(value: Cell): string {
  return value === null ? '' : String(value);
}

/** A measure of change, or a dash. */
export function measureText(value: Float | null | undefined): string {
  return value === null || value === undefined ? '–' : numberText(value);
}

/** What became of a tensor, in a word. */
export function changeText(trans: TranslationBundle, change: TensorChange): string {
  const words: Record<TensorChange, string> = {
    added: trans.__('added'),
    removed: trans.__('removed'),
    reshaped: trans.__('reshaped'),
    retyped: trans.__('retyped'),
    changed: trans.__('changed'),
    unknown: trans.__('not comparable')
  };
  return words[change];
}

/** Tensors in the order of what a person looks for: what came and went, then by how much was changed. */
export function byChange(one: ITensorChange, two: ITensorChange): number {
  const weight = ({ relative, change }: ITensorChange): number =>
    change === 'changed' || change === 'retyped' ? -(typeof relative === 'number' ? relative : 0) : -Infinity;
  const [first, second] = [weight(one), weight(two)];
  return first === second ? 0 : first < second ? -1 : 1;
}

/** The lines of a dump of bytes: offset, sixteen bytes, and what of them is text. */
export function hexLines(head: string): string[] {
  const bytes = head.match(/../g) ?? [];
  const lines: string[] = [];
  for (let start = 0; start < bytes.length; start += 16) {
    const some = bytes.slice(start, start + 16);
    const text = some.map(byte => {
      const code = parseInt(byte, 16);
      return code >= 32 && code < 127 ? String.fromCharCode(code) : '·';
    });
    lines.push(`${start.toString(16).padStart(6, '0')}  ${some.join(' ').padEnd(47)}  ${text.join('')}`);
  }
  return lines;
}
