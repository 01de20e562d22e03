import { describe, expect, it } from 'vitest';
import { align, type ICellKey, type Step } from '../src/restore/align';

const code = (...ids: string[]): ICellKey[] => ids.map(id => ({ id, type: 'code' }));

/** The list that the steps make, as the shared model would: kept cells by their present place, inserted ones wanted. */
function applied(steps: Step[], present: ICellKey[], wanted: ICellKey[]): (ICellKey | undefined)[] {
  const cells: (ICellKey | undefined)[] = [...present];
  let position = 0;
  for (const step of steps) {
    if (step.kind === 'delete') {
      cells.splice(position, 1);
      continue;
    }
    if (step.kind === 'insert') {
      cells.splice(position, 0, wanted[step.to]);
    }
    position += 1;
  }
  return cells;
}

const kept = (steps: Step[]): number => steps.filter(step => step.kind === 'keep').length;

describe('align', () => {
  it('keeps equal lists as they are', () => {
    const cells = code('a', 'b', 'c');
    expect(align(cells, cells).map(step => step.kind)).toEqual(['keep', 'keep', 'keep']);
  });

  it('keeps as many cells as possible when one moved', () => {
    const [present, wanted] = [code('a', 'b', 'c', 'd'), code('d', 'a', 'b', 'c')];
    const steps = align(present, wanted);
    expect(kept(steps)).toBe(3);
    expect(applied(steps, present, wanted)).toEqual(wanted);
  });

  it('does not keep a cell whose type changed', () => {
    const present: ICellKey[] = [{ id: 'a', type: 'code' }];
    const wanted: ICellKey[] = [{ id: 'a', type: 'markdown' }];
    expect(kept(align(present, wanted))).toBe(0);
    expect(applied(align(present, wanted), present, wanted)).toEqual(wanted);
  });

  it('starts from nothing and ends with nothing', () => {
    expect(applied(align([], code('a', 'b')), [], code('a', 'b'))).toEqual(code('a', 'b'));
    expect(applied(align(code('a', 'b'), []), code('a', 'b'), [])).toEqual([]);
  });

  it('gives the wanted list for any two lists, repeated and missing ids included', () => {
    let seed = 7;
    const random = (below: number): number => {
      seed = (seed * 1103515245 + 12345) % 2147483648;
      return seed % below;
    };
    const list = (): ICellKey[] =>
      Array.from({ length: random(9) }, () => ({ id: 'abcdef'[random(7)] ?? '', type: random(4) ? 'code' : 'raw' }));
    for (let round = 0; round < 3000; round += 1) {
      const [present, wanted] = [list(), list()];
      expect(applied(align(present, wanted), present, wanted)).toEqual(wanted);
    }
  });

  it('finds the longest common subsequence when ids are unique', () => {
    const lcs = (a: ICellKey[], b: ICellKey[]): number => {
      const table = Array.from({ length: a.length + 1 }, () => new Array<number>(b.length + 1).fill(0));
      a.forEach((left, i) => {
        b.forEach((right, j) => {
          const longer = Math.max(table[i]?.[j + 1] ?? 0, table[i + 1]?.[j] ?? 0);
          (table[i + 1] ?? [])[j + 1] = left.id === right.id ? (table[i]?.[j] ?? 0) + 1 : longer;
        });
      });
      return table[a.length]?.[b.length] ?? 0;
    };
    let seed = 3;
    const shuffled = (): ICellKey[] => {
      const ids = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'].filter(() => (seed = (seed * 1103515245 + 12345) % 2147483648) % 5 > 0);
      return code(...ids.sort(() => ((seed = (seed * 1103515245 + 12345) % 2147483648) % 3) - 1));
    };
    for (let round = 0; round < 500; round += 1) {
      const [present, wanted] = [shuffled(), shuffled()];
      expect(kept(align(present, wanted))).toBe(lcs(present, wanted));
    }
  });

  it('is quick on long notebooks', () => {
    const ids = Array.from({ length: 20_000 }, (_, index) => String(index));
    const present = code(...ids);
    const wanted = code(...ids.slice(10_000), ...ids.slice(0, 10_000));
    expect(kept(align(present, wanted))).toBe(10_000);
  });
});
