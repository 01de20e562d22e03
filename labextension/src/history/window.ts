import * as React from 'react';
import { flushSync } from 'react-dom';
import type { Pages } from './pages';
import { Viewport } from './viewport';

/** The part of a list that is drawn, and what the elements around it need. */
export interface IWindow {
  readonly scroller: React.RefObject<HTMLDivElement>;
  readonly list: React.RefObject<HTMLUListElement>;
  readonly onScroll: () => void;
  /** The first row that is drawn, and the one after the last. */
  readonly range: readonly [number, number];
  /** Pixels of the rows before and after those. */
  readonly before: number;
  readonly after: number;
  /** The first row in view. */
  readonly row: number;
  /** Rows of a page. */
  readonly leap: number;
  /** Pixels that a row has, or is likely to have. */
  readonly heightOf: (row: number) => number;
  readonly reveal: (row: number) => void;
}

/** Draws of a long list what is in view, and has loaded what is missing there. */
export function useWindow(pages: Pages): IWindow {
  const scroller = React.useRef<HTMLDivElement>(null);
  const list = React.useRef<HTMLUListElement>(null);
  const [view] = React.useState(() => new Viewport(pages.total));
  const [, redraw] = React.useReducer((count: number) => count + 1, 0);
  /** Where the frame was scrolled to when that was last looked at. */
  const seen = React.useRef(0);
  const drawn = React.useRef<{ pages: Pages; id: string | null }>({ pages, id: null });

  if (drawn.current.pages !== pages) {
    const { id } = drawn.current;
    const row = id === null ? null : pages.rowOf(id);
    view.become(pages.total, row === null ? 0 : row - view.row);
    drawn.current = { pages, id };
  }
  const [first, end] = view.range;
  const range = React.useRef<readonly [number, number]>([first, end]);
  range.current = [first, end];

  React.useLayoutEffect(() => {
    const frame = scroller.current;
    // The event of a scroll comes later than the scroll.
    if (frame && Math.abs(frame.scrollTop - seen.current) > 1) {
      view.scrolled(frame.scrollTop);
    }
    const rows = [...(list.current?.children ?? [])];
    const news = view.drew(first, rows.map(row => row.getBoundingClientRect().height));
    if (frame && Math.abs(frame.scrollTop - view.top) > 1) {
      frame.scrollTop = view.top;
    }
    seen.current = frame?.scrollTop ?? 0;
    drawn.current = { pages, id: pages.at(view.row)?.id ?? null };
    if (news) {
      redraw();
    }
  });

  React.useEffect(() => {
    // A page that cannot be had is asked for again at the next move.
    pages.want(first, end - 1).catch(() => undefined);
  }, [pages, first, end]);

  React.useEffect(() => {
    pages.changed.connect(redraw);
    return () => {
      pages.changed.disconnect(redraw);
    };
  }, [pages]);

  React.useLayoutEffect(() => {
    const frame = scroller.current;
    const observer = new ResizeObserver(() => {
      view.resized(frame?.clientHeight ?? 0, frame?.clientWidth);
      redraw();
    });
    if (frame) {
      view.resized(frame.clientHeight, frame.clientWidth);
      redraw();
      observer.observe(frame);
    }
    return () => {
      observer.disconnect();
    };
  }, [view]);

  const onScroll = React.useCallback(() => {
    seen.current = scroller.current?.scrollTop ?? 0;
    view.scrolled(seen.current);
    if (view.range[0] !== range.current[0] || view.range[1] !== range.current[1]) {
      // Within the frame that shows it: later, there would be nothing to see, and two frames to draw at once.
      flushSync(redraw);
    }
  }, [view]);
  const reveal = React.useCallback(
    (row: number) => {
      view.reveal(row);
      redraw();
    },
    [view]
  );
  React.useEffect(() => {
    const onWish = (_: Pages, row: number): void => {
      view.show(row);
      redraw();
    };
    pages.wished.connect(onWish);
    return () => {
      pages.wished.disconnect(onWish);
    };
  }, [pages, view]);
  return {
    scroller,
    list,
    onScroll,
    range: [first, end],
    before: view.topOf(first),
    after: view.size - view.topOf(end),
    row: view.row,
    leap: view.leap,
    heightOf: row => view.heightOf(row),
    reveal
  };
}
