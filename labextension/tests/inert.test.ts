import { expect, test } from 'vitest';
import { inert } from '../src/figures/theme';

test('a user’s figure fetches nothing from elsewhere', () => {
  const figure = { data: [{ y: [1] }], layout: { images: [{ source: 'https://example.org/x.png' }], title: 'a' } };
  expect(inert(figure)).toEqual({ data: [{ y: [1] }], layout: { title: 'a' } });
});
