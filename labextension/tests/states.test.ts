import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { compareReleases, isDamage, isNoRoom, RELEASE } from '../src/states/kinds';

describe('the release', () => {
  it('is that of both packages', () => {
    const { version } = JSON.parse(readFileSync('package.json', 'utf-8')) as { version: string };
    const python = /^version = "(.+)"$/m.exec(readFileSync('pyproject.toml', 'utf-8'))?.[1];
    expect([version, python]).toEqual([RELEASE, RELEASE]);
  });

  it('is compared by numbers, whatever comes behind them', () => {
    expect(compareReleases('0.10.0', '0.9.1')).toBeGreaterThan(0);
    expect(compareReleases('1.0', '1.0.0')).toBe(0);
    expect(compareReleases('1.0.0.dev3', '1.0.1')).toBeLessThan(0);
    expect(compareReleases('nonsense', '0.0.1')).toBeLessThan(0);
  });
});

describe('kinds of errors', () => {
  it('are told apart', () => {
    expect([isNoRoom('disk-full'), isNoRoom('quota-reached'), isNoRoom('busy')]).toEqual([true, true, false]);
    expect([isDamage('corrupt-chunk'), isDamage('corrupt-history'), isDamage('conflict')]).toEqual([true, true, false]);
  });
});
