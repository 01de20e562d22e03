import { describe, expect, it } from 'vitest';
import { commonLabels, labelChange, withLabels } from '../src/annotate/labels';

describe('labels', () => {
  it('are cut apart at commas, and there once', () => {
    expect(withLabels(['a'], ' b , a,, c d ,')).toEqual(['a', 'b', 'c d']);
    expect(withLabels(['a'], '  ')).toEqual(['a']);
    expect(withLabels([], 'x'.repeat(200))[0]).toHaveLength(100);
  });

  it('that all versions have are edited, and others stay', () => {
    expect(commonLabels([{ labels: ['b', 'a'] }, { labels: ['a', 'b', 'c'] }])).toEqual(['b', 'a']);
    expect(commonLabels([{ labels: ['a'] }, { labels: [] }])).toEqual([]);
    expect(commonLabels([])).toEqual([]);
    expect(labelChange(['a', 'b'], ['b', 'c'])).toEqual({ add_labels: ['c'], remove_labels: ['a'] });
    expect(labelChange(['a'], ['a'])).toEqual({ add_labels: [], remove_labels: [] });
  });
});
