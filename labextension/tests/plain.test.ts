import { describe, expect, it } from 'vitest';
import { joined, plainCell, plainOutput } from '../src/restore/plain';

describe('plain', () => {
  it('joins lines without anything between them', () => {
    expect(joined(['a\n', 'b'])).toBe('a\nb');
    expect(joined(undefined)).toBe('');
  });

  it('joins the texts of outputs, and leaves lists that are JSON alone', () => {
    expect(plainOutput({ output_type: 'stream', name: 'stdout', text: ['a\n', 'b'] }).text).toBe('a\nb');
    const bundle = { 'text/plain': ['x', 'y'], 'application/json': [1, 2], 'application/vnd.v1+json': ['p', 'q'] };
    const output = plainOutput({ output_type: 'display_data', metadata: {}, data: bundle });
    expect(output.data).toEqual({ ...bundle, 'text/plain': 'xy' });
  });

  it('never takes trust from a document, and does not change what it is given', () => {
    const cell = { cell_type: 'code', id: 'a', source: ['x\n'], metadata: { trusted: true, tags: ['t'] }, outputs: [] };
    expect(plainCell(cell)).toEqual({ ...cell, source: 'x\n', metadata: { tags: ['t'] } });
    expect(cell.metadata.trusted).toBe(true);
  });
});
