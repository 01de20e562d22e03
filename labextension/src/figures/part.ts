/** The part of an x axis that is shown. */

/** From and to, in the units of the axis; of one of time in milliseconds since the epoch. */
export type Part = readonly [number, number];

/** What an end of an axis is in its units: Plotly says of a logarithmic one the power, of one of time a text. */
function unitsOf(end: unknown, type: unknown): number {
  if (typeof end === 'string') {
    return Date.parse(/[zZ]|[+-]\d\d:?\d\d$/.test(end) ? end : `${end.replace(' ', 'T')}Z`);
  }
  const number = typeof end === 'number' ? end : Number.NaN;
  return type === 'log' ? 10 ** number : number;
}

/**
 * What a change of Plotly's layout means for the x axis: a part, null for all of it, undefined when it does not matter.
 *
 * @param type - of the axis, as the layout has it.
 */
export function partIn(changes: Record<string, unknown>, type: unknown): Part | null | undefined {
  if (changes['xaxis.autorange'] === true) {
    return null;
  }
  const range = changes['xaxis.range'];
  const [first, last] = Array.isArray(range)
    ? (range as unknown[])
    : [changes['xaxis.range[0]'], changes['xaxis.range[1]']];
  if (first === undefined || last === undefined) {
    return undefined;
  }
  const part: Part = [unitsOf(first, type), unitsOf(last, type)];
  return part.every(Number.isFinite) ? part : undefined;
}
