/**
 * Which element shows which item of a list that is scrolled: one that comes into view gets the element of one that left,
 * so that nothing is made and thrown away as long as the same number is seen.
 */
export class Slots {
  /** The number of the element of each of `ids`; the same as before for those that were there. */
  take(ids: readonly string[]): ReadonlyMap<string, number> {
    const wanted = new Set(ids);
    const free: number[] = [];
    for (const [id, slot] of this._slots) {
      if (!wanted.has(id)) {
        this._slots.delete(id);
        free.push(slot);
      }
    }
    for (const id of ids) {
      if (!this._slots.has(id)) {
        this._slots.set(id, free.pop() ?? this._made++);
      }
    }
    return this._slots;
  }

  private readonly _slots = new Map<string, number>();
  private _made = 0;
}
