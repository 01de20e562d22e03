/** Which charts are looked at, and how they can be asked for together. */

import type { Part } from '../figures/part';

/** A chart that is looked at: how wide it is, and which part of its x axis is shown. */
export interface IWant {
  readonly name: string;
  readonly width: number;
  readonly part: Part | null;
}

/** Charts that one request answers: of the same width and part. */
export function together(wants: Iterable<IWant>): { width: number; part: Part | null; names: string[] }[] {
  const groups = new Map<string, { width: number; part: Part | null; names: string[] }>();
  for (const { name, width, part } of wants) {
    const key = JSON.stringify([width, part]);
    const group = groups.get(key) ?? { width, part, names: [] };
    group.names.push(name);
    groups.set(key, group);
  }
  return [...groups.values()];
}

/** Pixels in steps, so that a chart that becomes a little wider need not be asked for again. */
export function roundedWidth(pixels: number): number {
  return Math.min(8192, Math.max(100, Math.ceil(pixels / 100) * 100));
}
