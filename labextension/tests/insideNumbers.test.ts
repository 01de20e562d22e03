import { nullTranslator } from '@jupyterlab/translation';
import { describe, expect, it } from 'vitest';
import type { ITensorChange } from '../src/artifacts/answers';
import { byChange, changeText, countText, hexLines, measureText, shapeText } from '../src/artifacts/numbers';

const trans = nullTranslator.load('jupyter_mlversion');

describe('numbers of files', () => {
  it('are written for people', () => {
    expect(countText(1234567)).toBe('1,234,567');
    expect(shapeText(trans, [3, 4])).toBe('3 × 4');
    expect(shapeText(trans, [])).toBe('scalar');
    expect(measureText(null)).toBe('–');
    expect(measureText(undefined)).toBe('–');
    expect(measureText(0.0123456)).toBe('0.01235');
    expect(measureText('NaN')).toBe('NaN');
    expect(changeText(trans, 'unknown')).toBe('not comparable');
  });

  it('dump bytes', () => {
    expect(hexLines('4869000a')).toEqual([`000000  48 69 00 0a${' '.repeat(36)}  Hi··`]);
    expect(hexLines('')).toEqual([]);
    expect(hexLines('00'.repeat(17))).toHaveLength(2);
  });
});

describe('tensors that differ', () => {
  const tensor = (name: string, change: ITensorChange['change'], relative?: number): ITensorChange => ({
    name,
    change,
    before: null,
    after: null,
    ...(relative === undefined ? {} : { relative })
  });

  it('stand in the order of what came and went, then by how much', () => {
    const tensors = [tensor('little', 'changed', 0.01), tensor('new', 'added'), tensor('much', 'changed', 0.5)];
    expect(tensors.sort(byChange).map(({ name }) => name)).toEqual(['new', 'much', 'little']);
  });
});
