/** Pixels of a row as long as none was measured. */
const USUAL = 64;

/** Rows that are drawn beyond either edge. */
const BEYOND = 6;

/**
 * Which rows of a long list are drawn. Rows have any height, known once they were drawn; what is seen stays where it is
 * when rows above it turn out higher or lower, or are added.
 */
export class Viewport {
  constructor(total: number) {
    this._heights = new Float32Array(total);
    this._tops = new Float64Array(total + 1);
  }

  get total(): number {
    return this._heights.length;
  }

  /** Pixels of the whole list. */
  get size(): number {
    return this.topOf(this.total);
  }

  /** The pixels by which the list has to be scrolled for what is seen to stay. */
  get top(): number {
    return Math.max(0, Math.min(this.topOf(this._row) + this._within, this.size - this._height));
  }

  /** The first row that is in view, if only in part. */
  get row(): number {
    return this._row;
  }

  /** The rows that are drawn: the first, and the one after the last. */
  get range(): readonly [number, number] {
    const first = this.rowAt(this.top);
    const last = this.rowAt(this.top + this._height);
    return [Math.max(0, first - BEYOND), Math.min(this.total, last + 1 + BEYOND)];
  }

  /** How many rows a page up or down moves. */
  get leap(): number {
    return Math.max(1, this.rowAt(this.top + this._height) - this._row - 1);
  }

  /** The pixels above a row. */
  topOf(row: number): number {
    if (this._stale < this._tops.length) {
      for (let index = Math.max(this._stale, 1); index < this._tops.length; index += 1) {
        this._tops[index] = (this._tops[index - 1] ?? 0) + this.heightOf(index - 1);
      }
      this._stale = this._tops.length;
    }
    return this._tops[Math.min(row, this.total)] ?? 0;
  }

  /** The row at so many pixels from the beginning. */
  rowAt(pixels: number): number {
    let low = 0;
    let high = Math.max(0, this.total - 1);
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.topOf(middle) <= pixels) {
        low = middle;
      } else {
        high = middle - 1;
      }
    }
    return low;
  }

  /** The list was scrolled by hand; in pixels. */
  scrolled(top: number): void {
    this._row = this.rowAt(Math.max(0, top));
    this._within = top - this.topOf(this._row);
  }

  /** Pixels of a row: what was measured, else what rows are likely to have. */
  heightOf(row: number): number {
    const measured = this._heights[row] ?? 0;
    return measured > 0 ? measured : this._usual;
  }

  /** The pixels that can be seen at once. Rows of another width have other heights. */
  resized(height: number, width = this._width): void {
    this._height = height;
    if (width !== this._width) {
      this._width = width;
      this._heights.fill(0);
      this._stale = 1;
      this._learnt = false;
    }
  }

  /** Rows were drawn and are so high. Whether others have to be drawn for that, or more or less room left for those that are not. */
  drew(first: number, heights: readonly number[]): boolean {
    const [before, after] = this.range;
    heights.forEach((height, index) => this.measured(first + index, height));
    const middle = [...heights].sort((one, other) => one - other)[heights.length >> 1];
    const learns = !this._learnt && middle !== undefined && middle > 0;
    if (learns) {
      this._learnt = true;
      this._usual = middle;
      this._stale = 1;
    }
    const [start, end] = this.range;
    return learns || start !== before || end !== after;
  }

  /** A row was drawn and is so high. Whether that is news. */
  measured(row: number, height: number): boolean {
    if (row >= this.total || Math.abs((this._heights[row] ?? 0) - height) < 0.5) {
      return false;
    }
    this._heights[row] = height;
    this._stale = Math.min(this._stale, row + 1);
    return true;
  }

  /** The list has `total` rows now, and what was seen moved down by `shift` of them. */
  become(total: number, shift: number): void {
    const heights = new Float32Array(total);
    for (let row = Math.max(0, -shift); row < this.total && row + shift < total; row += 1) {
      heights[row + shift] = this._heights[row] ?? 0;
    }
    this._heights = heights;
    this._tops = new Float64Array(total + 1);
    this._stale = 1;
    // Who looks at the newest goes on doing so.
    if (this._row > 0 || this._within > 0) {
      this._row = Math.max(0, Math.min(total - 1, this._row + shift));
    }
  }

  /** Scroll as little as shows a row wholly. */
  reveal(row: number): void {
    const top = this.topOf(row);
    const bottom = this.topOf(row + 1);
    if (top < this.top) {
      this.scrolled(top);
    } else if (bottom > this.top + this._height) {
      this.scrolled(Math.max(0, bottom - this._height));
    }
  }

  /** Scroll a row to the top, unless it is seen wholly. */
  show(row: number): void {
    if (this.topOf(row) < this.top || this.topOf(row + 1) > this.top + this._height) {
      this.scrolled(this.topOf(row));
    }
  }

  private _heights: Float32Array;
  private _tops: Float64Array;
  /** The first of the tops that is not known. */
  private _stale = 1;
  private _height = 0;
  private _width = 0;
  private _usual = USUAL;
  /** Whether the usual height was measured, at this width. */
  private _learnt = false;
  private _row = 0;
  private _within = 0;
}
