import { nullTranslator } from '@jupyterlab/translation';
import { describe, expect, it } from 'vitest';
import { NOTHING, only, ranged, toggled } from '../src/history/choice';
import { dayText, isOtherDay } from '../src/history/days';
import { graphWidth, lanesOf } from '../src/history/graph';
import { keyOf } from '../src/history/keys';
import { PAGE, Pages, pagesOf } from '../src/history/pages';
import type { IListed, IPage } from '../src/history/requests';
import { Slots } from '../src/history/slots';
import { changeText, changeWords, isBest, turnOf } from '../src/history/values';
import { Viewport } from '../src/history/viewport';

const trans = nullTranslator.load('jupyter_mlversion');

const TOTAL = 2500;

/** A server with `TOTAL` versions, and what it was asked. */
function library(): { asked: number[]; load: (offset: number, limit: number) => Promise<IPage> } {
  const asked: number[] = [];
  const load = (offset: number, limit: number): Promise<IPage> => {
    asked.push(offset);
    const length = Math.max(0, Math.min(limit, TOTAL - offset));
    const versions = Array.from({ length }, (_, index) => ({ id: `v${offset + index}` }) as IListed);
    return Promise.resolve({ versions, head: null, line: null, total: TOTAL, offset, ranges: {}, safeties: 0 });
  };
  return { asked, load };
}

describe('Pages', () => {
  it('names the pages of rows', () => {
    expect(pagesOf(0, 0)).toEqual([0]);
    expect(pagesOf(99, 100)).toEqual([0, 1]);
    expect(pagesOf(-5, 250)).toEqual([0, 1, 2]);
  });

  it('begins with what is looked at, and loads only what is missing there', async () => {
    const { asked, load } = library();
    const pages = await Pages.around(150, 160, load);
    expect([pages.total, asked]).toEqual([TOTAL, [100]]);
    expect(pages.at(150)?.id).toBe('v150');
    expect(pages.at(0)).toBeUndefined();
    await pages.want(95, 120);
    expect(asked).toEqual([100, 0]);
    expect(pages.rowOf('v3')).toBe(3);
  });

  it('loads what comes next on the way that it is scrolled, and nothing before it is', async () => {
    const { asked, load } = library();
    const pages = await Pages.around(0, 20, load);
    await pages.want(0, 20);
    expect(asked).toEqual([0]);
    await pages.want(1, 21);
    expect(asked).toEqual([0, 100]);
    await pages.want(1310, 1330);
    expect(asked.slice(2)).toEqual([1300, 1400]);
    await pages.want(1300, 1320);
    expect(asked.slice(4)).toEqual([1200]);
    await pages.want(TOTAL - 20, TOTAL - 1);
    expect(asked.slice(5)).toEqual([2400]);
  });

  it('forgets what is far from what is looked at', async () => {
    const { load } = library();
    const pages = await Pages.around(0, 0, load);
    for (let row = 0; row < TOTAL; row += PAGE) {
      await pages.want(row, row + 20);
    }
    expect(pages.at(0)).toBeUndefined();
    expect(pages.find('v0')).toBeNull();
    expect(pages.at(TOTAL - 1)?.id).toBe(`v${TOTAL - 1}`);
  });

  it('gives rows across pages, loaded or not', async () => {
    const { load } = library();
    const pages = await Pages.around(0, 0, load);
    const found = await pages.between(98, 301);
    expect([found[0]?.id, found.at(-1)?.id, found.length]).toEqual(['v98', 'v301', 204]);
  });

  it('takes the page of a version that nobody scrolled to, and has its row shown', async () => {
    const { load } = library();
    const pages = await Pages.around(0, 0, load);
    const shown: number[] = [];
    pages.wished.connect((_, row) => shown.push(row));
    pages.take(await load(1700, PAGE));
    pages.show(pages.rowOf('v1723') ?? -1);
    expect(shown).toEqual([1723]);
    expect(pages.at(1723)?.id).toBe('v1723');
  });

  it('asks for the newest wish when one comes while it loads', async () => {
    const { asked, load } = library();
    const pages = await Pages.around(0, 0, load);
    const first = pages.want(500, 510);
    void pages.want(2000, 2010);
    await first;
    expect(asked).toEqual([0, 500, 2000, 2100]);
  });
});

describe('Viewport', () => {
  it('shows a row at the top, and moves nothing when it is seen already', () => {
    const view = new Viewport(1000);
    view.resized(640);
    view.show(900);
    expect([view.row, view.top]).toEqual([900, 900 * 64]);
    view.show(905);
    expect(view.row).toBe(900);
    view.show(10);
    expect(view.row).toBe(10);
  });

  it('draws what is in view and a little more', () => {
    const view = new Viewport(10_000);
    view.resized(640);
    expect(view.range[0]).toBe(0);
    expect(view.range[1]).toBeLessThan(30);
    view.scrolled(view.size);
    expect(view.range[1]).toBe(10_000);
    expect(view.range[0]).toBeGreaterThan(9_970);
  });

  it('keeps what is seen in its place when rows above turn out higher', () => {
    const view = new Viewport(1000);
    view.resized(600);
    view.scrolled(view.topOf(500) + 10);
    expect(view.measured(100, 164)).toBe(true);
    expect(view.measured(100, 164)).toBe(false);
    expect(view.row).toBe(500);
    expect(view.top).toBe(view.topOf(500) + 10);
  });

  it('takes rows that were never drawn to be as high as most of the first that were', () => {
    const view = new Viewport(1000);
    view.resized(600, 250);
    expect(view.drew(0, [120, 100, 100, 110])).toBe(true);
    expect(view.heightOf(999)).toBe(110);
    expect(view.size).toBe(430 + 996 * 110);
    expect(view.drew(4, [110, 110])).toBe(false);
    expect(view.drew(0, [120, 100, 100, 400])).toBe(true);
  });

  it('forgets how high rows were at another width, and keeps the row that is seen', () => {
    const view = new Viewport(1000);
    view.resized(600, 250);
    view.drew(0, [120, 100, 100]);
    view.scrolled(view.topOf(500));
    view.resized(600, 500);
    expect(view.row).toBe(500);
    expect(view.top).toBe(view.topOf(500));
    expect(view.drew(500, [70, 70, 70])).toBe(true);
    expect(view.heightOf(999)).toBe(70);
    expect(view.row).toBe(500);
  });

  it('follows a row that moved down, and shows the newest to who looked at the newest', () => {
    const view = new Viewport(1000);
    view.resized(600);
    view.measured(500, 100);
    view.scrolled(view.topOf(500));
    view.become(1003, 3);
    expect(view.row).toBe(503);
    expect(view.topOf(504) - view.topOf(503)).toBe(100);
    view.scrolled(0);
    view.become(1004, 1);
    expect(view.top).toBe(0);
  });

  it('bears lists that become empty or short', () => {
    const view = new Viewport(1000);
    view.resized(600);
    view.scrolled(view.size);
    view.become(3, 0);
    expect(view.range).toEqual([0, 3]);
    expect(view.top).toBe(0);
    view.become(0, 0);
    expect(view.range).toEqual([0, 0]);
  });

  it('reveals a row by the least move', () => {
    const view = new Viewport(100);
    view.resized(200);
    view.reveal(50);
    expect(view.top + 200).toBe(view.topOf(51));
    view.reveal(50);
    expect(view.top + 200).toBe(view.topOf(51));
    view.reveal(10);
    expect(view.top).toBe(view.topOf(10));
  });

  it('finds the row at every pixel', () => {
    const view = new Viewport(50);
    for (let row = 0; row < 50; row += 3) {
      view.measured(row, 20 + row);
    }
    for (let row = 0; row < 50; row += 1) {
      expect([view.rowAt(view.topOf(row)), view.rowAt(view.topOf(row + 1) - 1)]).toEqual([row, row]);
    }
  });
});

describe('choice', () => {
  it('keeps the order in which versions were chosen', () => {
    const two = toggled(toggled(NOTHING, 'b'), 'a');
    expect(two.ids).toEqual(['b', 'a']);
    expect(toggled(two, 'b').ids).toEqual(['a']);
    expect(only('c').ids).toEqual(['c']);
  });

  it('takes a range from its anchor, and keeps what was chosen where asked', () => {
    const one = only('c');
    expect(ranged(one, ['c', 'b', 'a'], false)).toEqual({ ids: ['c', 'b', 'a'], anchor: 'c', focus: 'a' });
    expect(ranged(toggled(only('x'), 'c'), ['c', 'd'], true).ids).toEqual(['x', 'c', 'd']);
    expect(ranged(ranged(one, ['c', 'd', 'e'], false), ['c', 'd'], false).ids).toEqual(['c', 'd']);
  });
});

describe('keyOf', () => {
  const key = (name: string, more = {}): Parameters<typeof keyOf>[0] => ({
    key: name,
    shiftKey: false,
    ctrlKey: false,
    metaKey: false,
    altKey: false,
    ...more
  });

  it('moves within the list', () => {
    expect(keyOf(key('ArrowDown'), 4, 5, 3)).toEqual({ kind: 'go', row: 4, extend: false });
    expect(keyOf(key('PageUp'), 4, 5, 3)).toEqual({ kind: 'go', row: 1, extend: false });
    expect(keyOf(key('Home', { shiftKey: true }), 4, 5, 3)).toEqual({ kind: 'go', row: 0, extend: true });
  });

  it('leaves what is not its own', () => {
    expect(keyOf(key('a', { ctrlKey: true }), 0, 5, 3)).toEqual({ kind: 'all' });
    expect(keyOf(key('c', { ctrlKey: true }), 0, 5, 3)).toBeNull();
    expect(keyOf(key('ArrowDown', { altKey: true }), 0, 5, 3)).toBeNull();
    expect(keyOf(key('x'), 0, 5, 3)).toBeNull();
    expect(keyOf(key('End'), 0, 0, 3)).toBeNull();
  });
});

describe('values', () => {
  const loss = { low: 0.1, high: 0.9, lower_is_better: true };
  const acc = { low: 0.1, high: 0.9, lower_is_better: false };
  const unknown = { low: 0.1, high: 0.9, lower_is_better: null };

  it('knows which way is better', () => {
    expect([turnOf(-0.1, loss), turnOf(0.1, loss), turnOf(0.1, acc), turnOf(-0.1, acc)]).toEqual([
      'better',
      'worse',
      'better',
      'worse'
    ]);
    expect([turnOf(0, acc), turnOf(1, undefined), turnOf(1, unknown)]).toEqual(['same', 'same', 'same']);
  });

  it('marks the best, and no value of which there is only one', () => {
    expect([isBest(0.1, unknown), isBest(0.9, unknown)]).toEqual([false, false]);
    expect([isBest(0.1, loss), isBest(0.9, loss), isBest(0.9, acc), isBest(0.9, undefined)]).toEqual([
      true,
      false,
      true,
      false
    ]);
  });

  it('says changes with their sign', () => {
    expect(changeText(0.12345, 'better')).toEqual(['▲', '+0.12']);
    expect(changeText(-3, 'better')).toEqual(['▼', '−3']);
    expect([changeText(1, 'worse')[0], changeText(-1, 'worse')[0], changeText(1, 'same')[0]]).toEqual(['△', '▽', '↑']);
    expect(changeWords(-0.1, 'better', trans)).toBe('0.1 lower than the version before: better');
    expect(changeWords(2, 'same', trans)).toBe('2 higher than the version before');
  });
});

describe('days', () => {
  const trans = { __: (text: string) => text } as unknown as Parameters<typeof dayText>[0];
  const now = new Date(2026, 2, 1, 0, 30).getTime();
  const at = (...when: [number, number, number, number]): string => new Date(...when).toISOString();

  it('names today, yesterday and others by their date', () => {
    expect(dayText(trans, at(2026, 2, 1, 0), now)).toBe('Today');
    expect(dayText(trans, at(2026, 1, 28, 23), now)).toBe('Yesterday');
    expect(dayText(trans, at(2026, 1, 27, 23), now)).toMatch(/27/);
    expect(dayText(trans, at(2025, 1, 27, 23), now)).toMatch(/2025/);
  });

  it('begins one at midnight here', () => {
    expect(isOtherDay(at(2026, 2, 1, 0), at(2026, 1, 28, 23))).toBe(true);
    expect(isOtherDay(at(2026, 2, 1, 0), at(2026, 2, 1, 23))).toBe(false);
  });
});

describe('graph', () => {
  it('has room for its lanes, and no more than a few', () => {
    expect(lanesOf({ lane: 0, edges: [] })).toBe(1);
    expect(lanesOf({ lane: 0, edges: [[0, 3, 'parent']] })).toBe(4);
    expect(graphWidth(50)).toBe(graphWidth(8));
    expect(graphWidth(2)).toBeGreaterThan(graphWidth(1));
  });
});

describe('Slots', () => {
  it('give what comes the elements of what left, and leave the others theirs', () => {
    const slots = new Slots();
    expect([...slots.take(['a', 'b', 'c'])]).toEqual([['a', 0], ['b', 1], ['c', 2]]);
    const moved = new Map(slots.take(['b', 'c', 'd']));
    expect([moved.get('b'), moved.get('c'), moved.get('d')]).toEqual([1, 2, 0]);
    const other = [...slots.take(['x', 'y', 'z', 'w']).values()].sort();
    expect(other).toEqual([0, 1, 2, 3]);
  });

  it('give what comes at the beginning new ones: the others then stay in their places', () => {
    const slots = new Slots();
    slots.take(['c', 'd', 'e']);
    expect([...slots.take(['b', 'c', 'd'])]).toEqual([['b', 3], ['c', 0], ['d', 1]]);
  });

  it('give as many at once as is said, the middle first', () => {
    const slots = new Slots();
    slots.take(['a', 'b']);
    expect([...slots.take(['b', 'c', 'd', 'e', 'f'], 2).keys()]).toEqual(['b', 'c', 'd']);
    expect([...slots.take(['b', 'c', 'd', 'e', 'f'], 2).keys()]).toEqual(['b', 'c', 'd', 'e', 'f']);
    expect([...slots.take(['x', 'y', 'z'], 0).keys()]).toEqual([]);
  });
});
