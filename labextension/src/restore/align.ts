/** How a list of cells becomes another: pure, without Jupyter. */

/** What makes a cell the same cell. */
export interface ICellKey {
  id: string;
  type: string;
}

/** A step from the present cells (`from`) to the wanted ones (`to`), in order. */
export type Step =
  | { kind: 'keep'; from: number; to: number }
  | { kind: 'delete'; from: number }
  | { kind: 'insert'; to: number };

/**
 * The steps from `present` to `wanted` that keep as many cells as can be kept in their order.
 *
 * Ids are unique within a notebook, so a longest common subsequence is a longest increasing subsequence of positions:
 * O(n log n) in time and linear in space, however long the notebook is. An id that does occur twice is matched once.
 */
export function align(present: readonly ICellKey[], wanted: readonly ICellKey[]): Step[] {
  const kept = longestIncreasing(matches(present, wanted));
  const steps: Step[] = [];
  let from = 0;
  let to = 0;
  for (const pair of [...kept, { from: present.length, to: wanted.length }]) {
    for (; from < pair.from; from += 1) {
      steps.push({ kind: 'delete', from });
    }
    for (; to < pair.to; to += 1) {
      steps.push({ kind: 'insert', to });
    }
    if (from < present.length && to < wanted.length) {
      steps.push({ kind: 'keep', from, to });
      from += 1;
      to += 1;
    }
  }
  return steps;
}

interface IPair {
  from: number;
  to: number;
}

/** Each present cell that is also wanted, with its wanted position; in the order of the present ones. */
function matches(present: readonly ICellKey[], wanted: readonly ICellKey[]): IPair[] {
  const places = new Map<string, number>();
  wanted.forEach((cell, index) => {
    if (!places.has(cell.id)) {
      places.set(cell.id, index);
    }
  });
  const pairs: IPair[] = [];
  present.forEach((cell, from) => {
    const to = places.get(cell.id);
    if (to !== undefined && wanted[to]?.type === cell.type) {
      places.delete(cell.id);
      pairs.push({ from, to });
    }
  });
  return pairs;
}

/** The longest subsequence of `pairs` whose `to` increases: patience sorting. */
function longestIncreasing(pairs: readonly IPair[]): IPair[] {
  const tails: number[] = [];
  const before = new Array<number>(pairs.length).fill(-1);
  pairs.forEach((pair, index) => {
    let low = 0;
    let high = tails.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((pairs[tails[middle] ?? 0]?.to ?? 0) < pair.to) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    before[index] = low > 0 ? (tails[low - 1] ?? -1) : -1;
    tails[low] = index;
  });
  const longest: IPair[] = [];
  for (let index = tails.at(-1) ?? -1; index >= 0; index = before[index] ?? -1) {
    const pair = pairs[index];
    if (pair) {
      longest.push(pair);
    }
  }
  return longest.reverse();
}
