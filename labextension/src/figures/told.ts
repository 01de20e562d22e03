import type { TranslationBundle } from '@jupyterlab/translation';
import type { IFigure } from '../service/contract';
import { numberText } from '../service/words';

/** What a figure of lines or points says, in a sentence for who cannot see it. */
export function toldOf({ name, figure }: IFigure, trans: TranslationBundle): string {
  const shown = figure.data.filter(trace => trace.hoverinfo !== 'skip' && trace.visible !== false);
  const values = shown
    .flatMap(trace => (Array.isArray(trace.y) ? (trace.y as unknown[]) : []))
    .filter((value): value is number => typeof value === 'number');
  if (!values.length) {
    return trans.__('%1: nothing is drawn', name);
  }
  let [low, high] = [Infinity, -Infinity];
  for (const value of values) {
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  const lines = trans._n('%1 line', '%1 lines', shown.length);
  return trans.__('%1: %2, values from %3 to %4. The table has the numbers.', name, lines, numberText(low), numberText(high));
}
