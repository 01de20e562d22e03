/** What a key does in the list. */
export type Act =
  | { kind: 'go'; row: number; extend: boolean }
  | { kind: 'open' }
  | { kind: 'toggle' }
  | { kind: 'all' }
  | { kind: 'none' };

interface IKey {
  readonly key: string;
  readonly shiftKey: boolean;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly altKey: boolean;
}

/**
 * What a key does when the keyboard is in row `row` of `total`; null when it is not ours.
 *
 * @param leap - rows of a page.
 */
export function keyOf(event: IKey, row: number, total: number, leap: number): Act | null {
  if (event.altKey || !total) {
    return null;
  }
  if (event.ctrlKey || event.metaKey) {
    return event.key.toLowerCase() === 'a' && !event.shiftKey ? { kind: 'all' } : null;
  }
  const moves: Partial<Record<string, number>> = {
    ArrowDown: row + 1,
    ArrowUp: row - 1,
    PageDown: row + leap,
    PageUp: row - leap,
    Home: 0,
    End: total - 1
  };
  const to = moves[event.key];
  if (to !== undefined) {
    return { kind: 'go', row: Math.max(0, Math.min(total - 1, to)), extend: event.shiftKey };
  }
  const others: Partial<Record<string, Act>> = {
    Enter: { kind: 'open' },
    ' ': { kind: 'toggle' },
    Escape: { kind: 'none' }
  };
  return others[event.key] ?? null;
}
