import { describe, expect, it } from 'vitest';
import { bestOf, deltaOf, folded, inView, shown, sorted } from '../src/compare/order';

const metric = { last: 0.5, low: 'NaN', high: 'Infinity', count: 3, last_step: 2 };

describe('what a table shows of a metric', () => {
  it('is the last, the best, the smallest or the largest value', () => {
    expect(shown(metric, 'last', false)).toBe(0.5);
    expect(shown(metric, 'best', false)).toBe(Infinity);
    expect(shown(metric, 'best', true)).toBeNaN();
    expect(shown(metric, 'best', null)).toBe(0.5);
    expect(shown(metric, 'high', true)).toBe(Infinity);
    expect(shown(null, 'last', false)).toBeNull();
  });

  it('is the best where there is a choice', () => {
    expect([...bestOf([1, 3, null, 3, NaN], false)]).toEqual([1, 3]);
    expect([...bestOf([1, 3, null], true)]).toEqual([0]);
    expect(bestOf([2, 2], true).size).toBe(0);
    expect(bestOf([1, 3], null).size).toBe(0);
    expect(bestOf([2, null, NaN], false).size).toBe(0);
  });

  it('stands to the baseline in words that know the direction', () => {
    expect(deltaOf(2, 1, true)).toEqual({ difference: -1, share: -0.5, better: true });
    expect(deltaOf(-2, -1, false)).toEqual({ difference: 1, share: 0.5, better: true });
    expect(deltaOf(0, 1, true)).toEqual({ difference: 1, share: null, better: false });
    expect(deltaOf(1, 1, true)?.better).toBeNull();
    expect(deltaOf(1, 2, null)).toEqual({ difference: 1, share: 1, better: null });
    expect(deltaOf(1, Infinity, true)).toBeNull();
    expect(deltaOf(null, 1, true)).toBeNull();
  });
});

describe('sorting', () => {
  const rows = [
    { name: 'b10', values: [3, null] },
    { name: 'b9', values: [NaN, 'x'] },
    { name: 'a', values: [1, 'y'] }
  ];
  const order = (side: number | null, ascending: boolean): string[] =>
    sorted(rows, { side, ascending }, (row, at) => (at === null ? row.name : (row.values[at] ?? null))).map(
      ({ name }) => name
    );

  it('takes numbers in names for numbers, and puts what is missing last either way', () => {
    expect(order(null, true)).toEqual(['a', 'b9', 'b10']);
    expect(order(0, true)).toEqual(['a', 'b10', 'b9']);
    expect(order(0, false)).toEqual(['b10', 'a', 'b9']);
    expect(order(1, false)).toEqual(['a', 'b9', 'b10']);
  });
});

describe('folding', () => {
  it('keeps every cell once, in order', () => {
    for (let bits = 0; bits < 64; bits += 1) {
      const cells = Array.from({ length: 6 }, (_, place) => ({ place, shown: (bits >> place) % 2 === 1 }));
      const stretches = folded(cells, cell => cell.shown);
      expect(stretches.flatMap(one => (one.kind === 'shown' ? [one.cell] : one.cells))).toEqual(cells);
      const kinds = stretches.map(({ kind }) => kind);
      expect(kinds.some((kind, place) => kind === 'folded' && kinds[place + 1] === 'folded')).toBe(false);
    }
  });
});

describe('what is in view', () => {
  it('covers the view, and never more than there is', () => {
    expect(inView(5000, 40, 4000, 400)).toEqual({ first: 90, end: 120 });
    expect(inView(5, 40, 0, 400)).toEqual({ first: 0, end: 5 });
    expect(inView(3, 40, 9000, 400)).toEqual({ first: 3, end: 3 });
    expect(inView(0, 40, 0, 0)).toEqual({ first: 0, end: 0 });
  });
});
