import { type ISignal, Signal } from '@lumino/signaling';
import type { IListed, IPage, IRange } from './requests';

/** Versions of a page. */
export const PAGE = 100;

/** Pages that are kept; those farthest from what is seen are forgotten first. */
const KEPT = 12;

type Load = (offset: number, limit: number) => Promise<IPage>;

/** The pages, by number, that hold the rows from `first` to `last`. */
export function pagesOf(first: number, last: number): number[] {
  const start = Math.floor(Math.max(first, 0) / PAGE);
  const end = Math.floor(Math.max(last, first, 0) / PAGE);
  return Array.from({ length: end - start + 1 }, (_, index) => start + index);
}

/** A long list of versions of which only the parts that are looked at are here. It does not change; another list takes its place. */
export class Pages {
  /**
   * @param answers - pages that were loaded, by number; one at least.
   * @param load - asks for more.
   */
  constructor(answers: ReadonlyMap<number, IPage>, load: Load) {
    this._load = load;
    for (const [number, page] of answers) {
      this._keep(number, page);
      this.total = page.total;
      this.ranges = page.ranges;
      this.safeties = page.safeties;
    }
  }

  /** The list that holds the rows from `first` to `last` at once. */
  static async around(first: number, last: number, load: Load): Promise<Pages> {
    const numbers = pagesOf(first, last);
    const answers = await Promise.all(numbers.map(number => load(number * PAGE, PAGE)));
    const pages = new Pages(new Map(numbers.flatMap((number, index) => (answers[index] ? [[number, answers[index]]] : []))), load);
    pages._view = [first, last];
    return pages;
  }

  readonly total: number = 0;
  /** The metrics of which there are several values. */
  readonly ranges: Readonly<Partial<Record<string, IRange>>> = {};
  /** How many safety versions there are, listed or not. */
  readonly safeties: number = 0;

  /** Whether more than one author was seen in it so far. */
  get manyAuthors(): boolean {
    return this._authors.size > 1;
  }

  /** More of it was loaded. */
  get changed(): ISignal<this, void> {
    return this._changed;
  }

  /** The rows that were asked for last. */
  get view(): readonly [number, number] {
    return this._view;
  }

  /** The version in a row; undefined as long as it is not loaded. */
  at(index: number): IListed | undefined {
    return this._pages.get(Math.floor(index / PAGE))?.[index % PAGE];
  }

  /** The row of a version; null when it is not loaded, or not listed. */
  rowOf(id: string): number | null {
    return this._rows.get(id) ?? null;
  }

  find(id: string): IListed | null {
    const row = this.rowOf(id);
    return row === null ? null : (this.at(row) ?? null);
  }

  /** Somebody wants to see a row. */
  get wished(): ISignal<this, number> {
    return this._wished;
  }

  /** Have a row shown that is loaded. */
  show(row: number): void {
    this._wished.emit(row);
  }

  /** Takes a page that was loaded for another reason than that it is in view. */
  take(page: IPage): void {
    this._keep(Math.floor(page.offset / PAGE), page);
  }

  /**
   * Say which rows are looked at: what of them is missing is loaded, the newest wish first, and then what comes next on the
   * way that the list is scrolled.
   */
  async want(first: number, last: number): Promise<void> {
    this._way = Math.sign(first - this._view[0]) || this._way;
    this._view = [first, last];
    if (this._loading) {
      return;
    }
    this._loading = true;
    try {
      for (let number = this._missing(); number !== undefined; number = this._missing()) {
        this._keep(number, await this._load(number * PAGE, PAGE));
        this._forget();
        this._changed.emit();
      }
    } finally {
      this._loading = false;
    }
  }

  /** The versions of some rows, loaded where they are not. */
  async between(first: number, last: number): Promise<IListed[]> {
    const parts = await Promise.all(
      pagesOf(first, last).map(async number => this._pages.get(number) ?? (await this._load(number * PAGE, PAGE)).versions)
    );
    const start = pagesOf(first, first)[0] ?? 0;
    return parts.flat().slice(first - start * PAGE, last - start * PAGE + 1);
  }

  private _missing(): number | undefined {
    const [first, last] = this._view;
    const ahead = this._way * PAGE;
    const within = (row: number): number => Math.max(0, Math.min(row, this.total - 1));
    const next = pagesOf(within(first + Math.min(ahead, 0)), within(last + Math.max(ahead, 0)));
    return [...pagesOf(first, within(last)), ...next].find(number => !this._pages.has(number));
  }

  private _keep(number: number, { versions }: IPage): void {
    this._pages.set(number, versions);
    versions.forEach(({ id, author }, index) => {
      this._rows.set(id, number * PAGE + index);
      this._authors.add(author);
    });
  }

  private _forget(): void {
    const middle = Math.floor((this._view[0] + this._view[1]) / 2 / PAGE);
    const far = [...this._pages.keys()].sort((a, b) => Math.abs(b - middle) - Math.abs(a - middle));
    for (const number of far.slice(0, Math.max(0, far.length - KEPT))) {
      for (const { id } of this._pages.get(number) ?? []) {
        this._rows.delete(id);
      }
      this._pages.delete(number);
    }
  }

  private readonly _load: Load;
  private readonly _changed = new Signal<this, void>(this);
  private readonly _wished = new Signal<this, number>(this);
  private readonly _pages = new Map<number, readonly IListed[]>();
  private readonly _rows = new Map<string, number>();
  private readonly _authors = new Set<string>();
  private _view: readonly [number, number] = [0, 0];
  /** The way that the list is scrolled: 1 down, -1 up, 0 not yet. */
  private _way = 0;
  private _loading = false;
}
