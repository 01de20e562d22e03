import { nullTranslator } from '@jupyterlab/translation';
import { describe, expect, it } from 'vitest';
import type { ICheckpointed, IVersion } from '../src/service/contract';
import * as words from '../src/service/words';

const trans = nullTranslator.load('jupyter_mlversion');

const version: IVersion = {
  id: 'f'.repeat(40),
  short: 'ffffffff',
  line: 'l',
  branch: 'main',
  parents: [],
  message: 'train\nmore',
  author: 'A',
  time: '2026-01-01T00:00:00Z',
  notebook: 'a.ipynb',
  cell_id: 'c',
  trigger: 'cell',
  document: 'live',
  metrics: { loss: 0.123456, accuracy: 'NaN' },
  params: {},
  counts: { artifacts: 3, added: 2, modified: 1, removed: 0 },
  bytes_new: 1234,
  seconds: 0.84,
  labels: [],
  tags: [],
  frozen: [],
  leaks: []
};

describe('words', () => {
  it('shorten ids and leave names', () => {
    expect(words.shortOf('0123456789'.repeat(4))).toBe('01234567');
    expect(words.shortOf('HEAD~1')).toBe('HEAD~1');
  });

  it('write out what hides in a text', () => {
    expect(words.visibleText('cv\u202egnp.exe\u200b \tüλ')).toBe('cv\\u202egnp.exe\\u200b \tüλ');
    expect(words.titleOf('a\u2066b\nmore')).toBe('a\\u2066b');
  });

  it('writes sizes', () => {
    const sizes = [0, 999, 1000, 123_456, 999_600, 5e12].map(words.bytesText);
    expect(sizes).toEqual(['0 B', '999 B', '1.0 KB', '123 KB', '1.0 MB', '5.0 TB']);
  });

  it('writes numbers, special ones included', () => {
    const numbers = [3, 0.123456, 1e-9, 1234567.5, -0.5, 'NaN', '-Infinity'].map(words.numberText);
    expect(numbers).toEqual(['3', '0.1235', '1.000e-9', '1.235e+6', '-0.5', 'NaN', '-Infinity']);
  });

  it('writes values as Python does', () => {
    expect([null, true, false, 'x', 0.5].map(words.valueText)).toEqual(['None', 'True', 'False', 'x', '0.5']);
  });

  it('writes ages', () => {
    const start = Date.parse(version.time);
    const ages = [-5, 30, 200, 7300, 86400 * 3].map(age => words.ageText(trans, version.time, start + age * 1000));
    expect(ages).toEqual(['just now', 'just now', '3 min', '2 h', '3 days']);
    expect(words.ageText(trans, 'not a time', start)).toBe('');
  });

  it('says which version, how long, what changed', () => {
    const result: ICheckpointed = { version, unchanged: false, seconds: 0.84, bytes_new: 1234 };
    const all = 'Version ffffffff in 0.8 s: 2 files added, 1 modified · 1.2 KB · loss 0.1235 · accuracy NaN';
    expect(words.checkpointText(trans, result)).toBe(all);
    expect(words.checkpointText(trans, result, ['accuracy'])).toMatch(/1\.2 KB · accuracy NaN$/);
  });

  it('says that nothing changed', () => {
    const unchanged = { version: null, unchanged: true, seconds: 0.1, bytes_new: 0 };
    expect(words.checkpointText(trans, unchanged)).toBe('Nothing changed, so there is no new version.');
    expect(words.checkpointText(trans, { ...unchanged, version })).toContain('since version ffffffff');
  });

  it('falls back to the first metrics when none of the wanted is there', () => {
    expect(words.someMetrics({ a: 1, b: 2, c: 3 }, ['z'], 2)).toEqual([['a', 1], ['b', 2]]);
    expect(words.someMetrics({ a: 1, b: 2, c: 3 }, ['c'], 2)).toEqual([['c', 3]]);
  });

  it('names the version of a cell after its first comment, else its first line', () => {
    expect(words.cellTitle('%%time\n\nx = 1\n# ---- Train ----\ny = 2')).toBe('Train');
    expect(words.cellTitle('#\n  x = 1')).toBe('#');
    expect(words.cellTitle('  x = 1\ny')).toBe('x = 1');
    expect(words.cellTitle('')).toBe('');
    expect(words.cellTitle('x'.repeat(100))).toHaveLength(72);
  });

  it('takes the first line as the title', () => {
    expect(words.titleOf(version.message)).toBe('train');
  });
});
