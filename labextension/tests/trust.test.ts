import { describe, expect, it } from 'vitest';
import { canonical, TrustedOutputs } from '../src/restore/trust';

const html = (text: string) => [{ output_type: 'display_data', metadata: {}, data: { 'text/html': text } }];

describe('TrustedOutputs', () => {
  it('knows what it was given, in whatever order the names come', () => {
    const trusted = new TrustedOutputs();
    trusted.add(html('<b>'));
    expect(trusted.has([{ data: { 'text/html': ['<', 'b>'] }, metadata: {}, output_type: 'display_data' }])).toBe(true);
    expect(trusted.has(html('<script>'))).toBe(false);
    expect(trusted.has([...html('<b>'), ...html('<b>')])).toBe(false);
  });

  it('trusts the absence of outputs', () => {
    expect(new TrustedOutputs().has([])).toBe(true);
  });

  it('forgets the oldest when there are too many', () => {
    const one = canonical(html('0')).length;
    const trusted = new TrustedOutputs(2 * one);
    ['0', '1', '0', '2'].forEach(text => {
      trusted.add(html(text));
    });
    expect(['0', '1', '2'].map(text => trusted.has(html(text)))).toEqual([true, false, true]);
  });
});
