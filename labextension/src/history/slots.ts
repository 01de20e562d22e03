/**
 * Which element shows which item of a list that is scrolled: one that comes into view at the end gets the element of one that
 * left, so that nothing is made and thrown away. At the beginning it gets a new one: to move the last element of a list to its
 * beginning, React moves all the others to its end.
 */
export class Slots {
  /**
   * The number of the element of each of `ids`, which are in the order of the list; the same as before for those that were
   * there. Of the others `most` get one, the middle of the list first.
   */
  take(ids: readonly string[], most = Infinity): ReadonlyMap<string, number> {
    const wanted = new Set(ids);
    const free = [...this._slots].flatMap(([id, slot]) => (wanted.has(id) ? [] : [slot]));
    const far = (index: number): number => Math.abs(index - (ids.length - 1) / 2);
    const indexes = [...ids.keys()].filter(index => !this._slots.has(ids[index] ?? ''));
    const fresh = new Set(indexes.sort((one, other) => far(one) - far(other)).slice(0, most));
    const stays = Math.max(-1, ...[...ids.keys()].filter(index => this._slots.has(ids[index] ?? '')));
    const slots = new Map<string, number>();
    ids.forEach((id, index) => {
      const slot = this._slots.get(id) ?? (fresh.has(index) ? this._next(index > stays ? free : []) : null);
      if (slot !== null) {
        slots.set(id, slot);
      }
    });
    this._slots = slots;
    return slots;
  }

  private _next(free: number[]): number {
    return free.shift() ?? this._made++;
  }

  private _slots = new Map<string, number>();
  private _made = 0;
}
