import { nullTranslator } from '@jupyterlab/translation';
import { describe, expect, it } from 'vitest';
import { jobTitle, progressText, share } from '../src/jobs/words';

const trans = nullTranslator.load('');

describe('a job in words', () => {
  it('says how far it is, never more than all', () => {
    expect(share({ done: 1, total: 4 })).toBe(0.25);
    expect(share({ done: 9, total: 4 })).toBe(1);
    expect(share({ done: -1, total: 4 })).toBe(0);
    expect(share({ done: 5, total: 0 })).toBeNull();
    expect(progressText(trans, { phase: 'reading', done: 1, total: 3 })).toBe('reading, 33 %');
    expect(progressText(trans, { phase: '', done: 0, total: 0 })).toBe('');
  });

  it('names kinds that it does not know as the server does', () => {
    expect(jobTitle(trans, 'gc')).toBe('Collecting garbage');
    expect(jobTitle(trans, 'polish')).toBe('polish');
  });
});
