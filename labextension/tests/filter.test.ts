import { nullTranslator } from '@jupyterlab/translation';
import { Signal } from '@lumino/signaling';
import { describe, expect, it } from 'vitest';
import { FRESH, Memory, rememberedFrom } from '../src/filter/memory';
import { FilterModel, mistakeOf } from '../src/filter/model';
import { completed, isPlain, narrowed, parted, placeAfter, pointsBefore, quoted, remembered, term } from '../src/filter/query';
import { countText, detailOf } from '../src/filter/words';
import type { IHistory } from '../src/history/tokens';
import { failureOf } from '../src/service/failure';
import type { IVersionService } from '../src/service/tokens';

const trans = nullTranslator.load('');

describe('the text of a query', () => {
  it('is quoted where characters or words mean something', () => {
    expect(quoted('main')).toBe('main');
    expect(quoted('data/train-1.csv')).toBe('data/train-1.csv');
    expect(quoted('')).toBe('""');
    expect(quoted('Ada <a@b.c>')).toBe('"Ada <a@b.c>"');
    expect(quoted('or')).toBe('"or"');
    expect(quoted('a "b" \\')).toBe(String.raw`"a \"b\" \\"`);
  });

  it('compares with a text whatever that looks like', () => {
    expect(term('branch', 'main')).toBe('branch == main');
    expect(term('label', '0.9')).toBe('label == "0.9"');
    expect(term('label', 'true')).toBe('label == "true"');
  });

  it('is narrowed without changing what it meant', () => {
    expect(narrowed('', 'a == 1')).toBe('a == 1');
    expect(narrowed(' a == 1 ', 'b == 2')).toBe('a == 1 and b == 2');
    expect(narrowed('a == 1 or c == 3', 'b == 2')).toBe('(a == 1 or c == 3) and b == 2');
    expect(narrowed('a == 1 and b == 2', 'b == 2')).toBe('a == 1 and b == 2');
    expect(narrowed('b == 2', 'b == 2')).toBe('b == 2');
  });

  it('is counted in characters as the server counts them', () => {
    const text = 'a 😀 > 1';
    expect(pointsBefore(text, text.indexOf('>'))).toBe(4);
    expect(placeAfter(text, 4)).toBe(text.indexOf('>'));
    expect(parted('x 😀 ~', 4, 5)).toEqual(['x 😀 ', '~', '']);
    expect(parted('acc', 3, 3)).toEqual(['acc', '\u00a0', '']);
  });

  it('takes an option in the place that it is for', () => {
    expect(completed('ac', 'acc', 0, 2)).toEqual({ text: 'acc ', caret: 4 });
    expect(completed('😀 br == main', 'branch', 2, 4)).toEqual({ text: '😀 branch == main', caret: 10 });
  });

  it('is remembered once, the newest first', () => {
    expect(remembered(['a', 'b'], ' b ', 3)).toEqual(['b', 'a']);
    expect(remembered(['a', 'b', 'c'], 'd', 3)).toEqual(['d', 'a', 'b']);
    expect(remembered(['a'], '  ', 3)).toEqual(['a']);
  });
});

describe('a listing', () => {
  it('is plain when it leaves nothing out and is in its own order', () => {
    expect(isPlain(FRESH.listing)).toBe(true);
    expect(isPlain({ ...FRESH.listing, all: true, safety: true })).toBe(true);
    expect(isPlain({ ...FRESH.listing, where: 'x' })).toBe(false);
    expect(isPlain({ ...FRESH.listing, sort: 'metric.acc' })).toBe(false);
  });

  it('comes back from whatever was kept', () => {
    for (const odd of [undefined, null, 3, 'x', [], { listing: 4, metrics: 'acc', past: {} }]) {
      expect(rememberedFrom(odd)).toEqual(FRESH);
    }
    const kept = { listing: { ...FRESH.listing, where: 'a', sort: 'time', ascending: true }, metrics: ['acc'], past: ['a', 1] };
    expect(rememberedFrom(kept)).toEqual({ ...kept, past: ['a'] });
  });

  it('says how many of how many there are', () => {
    expect(countText({ busy: true, count: null }, trans)).toBe('Searching…');
    expect(countText({ busy: false, count: null }, trans)).toBe('');
    expect(countText({ busy: false, count: { fitting: 1, total: 1 } }, trans)).toBe('1 version');
    expect(countText({ busy: false, count: { fitting: 12, total: 340 } }, trans)).toBe('12 of 340 versions');
  });
});

describe('a mistake', () => {
  it('has the place that the server tells', () => {
    const error = { kind: 'invalid-query', message: 'no', hint: 'so', start: 4, end: 5 };
    const mistake = mistakeOf('acc >', failureOf(400, 'Bad', { error }));
    expect([mistake.start, mistake.end, mistake.failure.message, mistake.failure.hint]).toEqual([4, 5, 'no', 'so']);
    expect(mistakeOf('x', new Error('gone')).failure.place).toBeNull();
  });
});

describe('an order', () => {
  /** A filter whose server answers when it is told to. */
  function asked(): { model: FilterModel; answer: (reply: Promise<unknown>) => void } {
    let answer: (reply: Promise<unknown>) => void = () => undefined;
    const reply = new Promise(resolve => {
      answer = resolve;
    });
    const signal = { changed: new Signal<object, void>({}), versionAdded: new Signal<object, void>({}) };
    const history = { changed: signal.changed, path: 'a.ipynb', workspace: null, listing: FRESH.listing };
    const service = { statuses: signal, events: signal, api: { get: () => reply } };
    const model = new FilterModel(
      history as unknown as IHistory,
      service as unknown as IVersionService,
      new Memory(null)
    );
    return { model, answer };
  }

  it('is taken at once, and stays whether or not the query means something that was asked before', async () => {
    for (const reply of [() => Promise.resolve({ fitting: 1, total: 2 }), () => Promise.reject(new Error('no query'))]) {
      const { model, answer } = asked();
      const applied = model.apply('acc > 1');
      await model.list({ sort: 'metric.acc', ascending: true });
      expect(model.listing).toMatchObject({ where: '', sort: 'metric.acc', ascending: true });
      answer(reply());
      await applied;
      expect(model.listing).toMatchObject({ where: model.mistake ? '' : 'acc > 1', sort: 'metric.acc', ascending: true });
    }
  });
});

describe('an option', () => {
  it('is told by what it is', () => {
    const names = {
      metrics: [{ name: 'acc', count: 2 }],
      params: [{ name: 'my lr', count: 1 }],
      fields: [{ name: 'branch', kind: 'text', meaning: 'where' }]
    };
    expect(detailOf('branch', names, trans)).toBe('where');
    expect(detailOf('acc', names, trans)).toBe('metric, 2 versions');
    expect(detailOf('"my lr"', names, trans)).toBe('parameter, 1 version');
    expect(detailOf('and', names, trans)).toBe('');
    expect(detailOf('acc', null, trans)).toBe('');
  });
});
