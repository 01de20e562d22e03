import { describe, expect, it } from 'vitest';
import { tagsOf, toggled } from '../src/cells/tag';
import { merged, themed, wholeTicks } from '../src/figures/theme';
import { fromRepr, terminalLine } from '../src/kernel/silent';

describe('tags', () => {
  it('adds a tag at the end and removes it without touching the others', () => {
    expect(toggled(['a'], 'checkpoint')).toEqual(['a', 'checkpoint']);
    expect(toggled(['checkpoint', 'a'], 'checkpoint')).toEqual(['a']);
  });

  it('bears metadata that is no list of texts', () => {
    expect(tagsOf('checkpoint')).toEqual([]);
    expect(tagsOf([1, 'a', null])).toEqual(['a']);
    expect(tagsOf(undefined)).toEqual([]);
  });
});

describe('terminalLine', () => {
  it('uses the interpreter of the kernel, quoted where needed', () => {
    const install = '%pip install jupyter_mlversion==0.1.0';
    expect(terminalLine(install, '/env/bin/python')).toBe('/env/bin/python -m pip install jupyter_mlversion==0.1.0');
    expect(terminalLine(install, '/my env/$x/python')).toMatch(/^"\/my env\/\\\$x\/python" -m pip install/);
  });

  it('reads what Python wrote as a literal', () => {
    expect(fromRepr(String.raw`'C:\\python.exe'`)).toBe(String.raw`C:\python.exe`);
  });
});

describe('figures', () => {
  const read = (name: string): string => `var(${name})`;

  it('keeps what the server says of axes, and takes colours from the theme', () => {
    const layout = { title: { text: 'loss' }, width: 700, xaxis: { title: { text: 'step' } }, yaxis2: { side: 'right' } };
    const result = themed(layout, read) as Record<string, Record<string, unknown>>;
    expect(result.xaxis).toMatchObject({ title: { text: 'step' }, gridcolor: 'var(--jp-border-color2)' });
    expect(result.yaxis2).toMatchObject({ side: 'right', gridcolor: 'var(--jp-border-color2)' });
    expect(result.title).toBeUndefined();
    expect(result.width).toBeUndefined();
  });

  it('lays one description over another without changing either', () => {
    const base = { a: { b: 1, c: [1] } };
    expect(merged(base, { a: { c: [2] } })).toEqual({ a: { b: 1, c: [2] } });
    expect(base).toEqual({ a: { b: 1, c: [1] } });
  });

  it('numbers versions with whole numbers', () => {
    const ticks = (...x: number[]): unknown =>
      (wholeTicks({ xaxis: { tickformat: 'd' } }, [{ x }]) as { xaxis: { dtick: number } }).xaxis.dtick;
    expect([ticks(1), ticks(1, 2, 3), ticks(1, 60)]).toEqual([1, 1, 10]);
    expect(wholeTicks({ xaxis: {} }, [{ x: [1] }])).toEqual({ xaxis: {} });
  });
});
