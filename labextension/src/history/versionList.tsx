import * as React from 'react';
import { titleOf } from '../service/words';
import { dayText, isOtherDay } from './days';
import { lanesOf } from './graph';
import { keyOf } from './keys';
import type { HistoryState } from './model';
import type { Pages } from './pages';
import type { IViewProps } from './panel';
import type { IListed } from './requests';
import { Slots } from './slots';
import { PlaceholderRow, VersionRow, optionId, triggerText } from './versionRow';
import { useWindow } from './window';

type Ready = Extract<HistoryState, { kind: 'ready' }>;

/** The versions, newest first, as a listbox of which only what is seen is drawn. */
export function VersionList({ model, service, state }: IViewProps & { state: Ready }): React.ReactElement {
  const { trans } = service;
  const { pages } = state;
  const { choice, listing } = model;
  const view = useWindow(pages);
  const [first, end] = view.range;
  const chosen = React.useMemo(() => new Set(choice.ids), [choice]);
  const focus = choice.focus ?? pages.at(0)?.id ?? null;
  const focusRow = focus === null ? null : pages.rowOf(focus);

  const go = async (row: number, extend: boolean): Promise<void> => {
    const [version] = await pages.between(row, row);
    if (version) {
      view.reveal(row);
      if (extend) {
        await model.extend(row);
      } else {
        model.focus(version.id);
      }
    }
  };
  const onKeyDown = (event: React.KeyboardEvent): void => {
    const act = keyOf(event, focusRow ?? view.row, pages.total, view.leap);
    switch (act?.kind) {
      case 'go':
        void go(act.row, act.extend);
        break;
      case 'open':
        void model.select(focus);
        break;
      case 'toggle':
        if (focus !== null) {
          model.toggle(focus);
        }
        break;
      case 'all':
        void model.chooseAll();
        break;
      case 'none':
        model.choose([]);
        break;
      case undefined:
        return;
    }
    event.preventDefault();
    event.stopPropagation();
  };
  const onClick = (event: React.MouseEvent): void => {
    const row = rowOf(event.target);
    const version = row === null ? undefined : pages.at(row);
    if (row === null || !version) {
      return;
    }
    if (event.shiftKey) {
      void model.extend(row, event.ctrlKey || event.metaKey);
    } else if (event.ctrlKey || event.metaKey) {
      model.toggle(version.id);
    } else {
      const again = choice.ids.length === 1 && chosen.has(version.id) && model.detail.kind !== 'none';
      void model.select(again ? null : version.id);
    }
  };
  const onContextMenu = (event: React.MouseEvent): void => {
    const under = rowOf(event.target);
    const version = under === null ? undefined : pages.at(under);
    if (version && !chosen.has(version.id)) {
      model.point(version.id);
    }
    // The key for the menu is pressed in the list, and is about the row where the keyboard is.
    const row = focus === null ? null : document.getElementById(optionId(focus));
    if (event.target === event.currentTarget && row) {
      event.preventDefault();
      event.stopPropagation();
      const { left, top } = row.getBoundingClientRect();
      const place = { bubbles: true, cancelable: true, clientX: left + 24, clientY: top + 16 };
      row.dispatchEvent(new MouseEvent('contextmenu', place));
    }
  };
  const shown = Array.from({ length: end - first }, (_, index) => pages.at(first + index));
  const lanes = useLanes(shown);
  const slotOf = useSlots(pages, first, shown);
  const now = Math.floor(Date.now() / 60_000);
  const dated = listing.sort === null || listing.sort === 'time';
  const rows = shown.map((version, index) => {
    const row = first + index;
    const slot = slotOf.get(version?.id ?? '');
    if (!version || slot === undefined) {
      const title = version ? titleOf(version.message) || triggerText(trans, version.trigger) : null;
      const height = view.heightOf(row);
      return <PlaceholderRow key={row} row={row} total={pages.total} title={title} lanes={lanes} height={height} trans={trans} />;
    }
    const before = pages.at(row - 1);
    const begins = dated && (row === 0 || (before !== undefined && isOtherDay(before.time, version.time)));
    return (
      <VersionRow
        key={`slot ${slot}`}
        row={row}
        total={pages.total}
        version={version}
        head={version.id === state.head}
        active={version.id === focus}
        selected={chosen.has(version.id)}
        day={begins ? dayText(trans, version.time, now * 60_000) : null}
        lanes={lanes}
        named={listing.all}
        authored={pages.manyAuthors}
        wanted={service.preferences.now.rowMetrics}
        ranges={pages.ranges}
        now={now}
        trans={trans}
      />
    );
  });
  return (
    <div className="jp-mlversion-History" ref={view.scroller} onScroll={view.onScroll}>
      <ul
        className="jp-mlversion-List"
        role="listbox"
        aria-label={trans.__('Versions, newest first')}
        aria-multiselectable="true"
        tabIndex={0}
        ref={view.list}
        style={{ paddingTop: view.before, paddingBottom: view.after }}
        onClick={onClick}
        onKeyDown={onKeyDown}
        onContextMenu={onContextMenu}
        {...(focus !== null && slotOf.has(focus) ? { 'aria-activedescendant': optionId(focus) } : {})}
      >
        {rows}
      </ul>
    </div>
  );
}

/** The row of the list that something lies in; null outside of all. */
function rowOf(target: EventTarget): number | null {
  const row = target instanceof Element ? target.closest<HTMLElement>('.jp-mlversion-Row') : null;
  return row ? Number(row.dataset.row) : null;
}

/** Rows that may come with a frame, and milliseconds from one that brought more to the next. */
const AT_ONCE = 6;
const SOON = 30;

/**
 * Which element shows which version. Where more than a few rows pass with a frame, they have none: drawing them would make
 * it late, and nobody could read them. The middle of what is shown then has its own first.
 */
function useSlots(pages: Pages, first: number, shown: readonly (IListed | undefined)[]): ReadonlyMap<string, number> {
  const [slots] = React.useState(() => new Slots());
  const [, redraw] = React.useReducer((count: number) => count + 1, 0);
  const drawn = React.useRef<{ pages: Pages; first: number } | null>(null);
  const passing = Math.abs(first - (drawn.current?.first ?? first)) > AT_ONCE;
  const ids = shown.flatMap(version => version?.id ?? []);
  const slotOf = slots.take(ids, drawn.current?.pages !== pages ? Infinity : passing ? 0 : AT_ONCE);
  const late = slotOf.size < ids.length;
  React.useEffect(() => {
    drawn.current = { pages, first };
    const timer = late ? setTimeout(redraw, SOON) : undefined;
    return () => {
      clearTimeout(timer);
    };
  });
  return slotOf;
}

/** Room for as many lanes as were seen so far, so that titles do not move to and fro. */
function useLanes(shown: readonly (IListed | undefined)[]): number {
  const most = React.useRef(1);
  most.current = Math.max(most.current, ...shown.map(version => (version?.row ? lanesOf(version.row) : 1)));
  return most.current;
}
