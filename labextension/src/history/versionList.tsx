import * as React from 'react';
import type { IVersion } from '../service/contract';
import { keyOf } from './keys';
import type { HistoryState } from './model';
import type { IViewProps } from './panel';
import { PlaceholderRow, VersionRow, optionId } from './versionRow';
import { useWindow } from './window';

type Ready = Extract<HistoryState, { kind: 'ready' }>;

/** The versions, newest first, as a listbox of which only what is seen is drawn. */
export function VersionList({ model, service, state }: IViewProps & { state: Ready }): React.ReactElement {
  const { trans } = service;
  const { pages } = state;
  const { choice } = model;
  const view = useWindow(pages);
  const [first, end] = view.range;
  const chosen = React.useMemo(() => new Set(choice.ids), [choice]);
  const focus = choice.focus ?? pages.at(0)?.id ?? null;
  const focusRow = focus === null ? null : pages.rowOf(focus);
  const drawn = focusRow !== null && focusRow >= first && focusRow < end;

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
  const onClick = (event: React.MouseEvent, version: IVersion, row: number): void => {
    if (event.shiftKey) {
      void model.extend(row, event.ctrlKey || event.metaKey);
    } else if (event.ctrlKey || event.metaKey) {
      model.toggle(version.id);
    } else {
      void model.select(choice.ids.length === 1 && chosen.has(version.id) && model.detail.kind !== 'none' ? null : version.id);
    }
  };
  /** The key for the menu is pressed in the list, and is about the row where the keyboard is. */
  const onContextMenu = (event: React.MouseEvent): void => {
    const row = focus === null ? null : document.getElementById(optionId(focus));
    if (event.target === event.currentTarget && row) {
      event.preventDefault();
      event.stopPropagation();
      const { left, top } = row.getBoundingClientRect();
      const place = { bubbles: true, cancelable: true, clientX: left + 24, clientY: top + 16 };
      row.dispatchEvent(new MouseEvent('contextmenu', place));
    }
  };
  const rows: React.ReactElement[] = [];
  for (let row = first; row < end; row += 1) {
    const version = pages.at(row);
    rows.push(
      version ? (
        <VersionRow
          key={version.id}
          row={row}
          total={pages.total}
          version={version}
          head={version.id === state.head}
          active={version.id === focus}
          selected={chosen.has(version.id)}
          wanted={service.preferences.now.rowMetrics}
          trans={trans}
          onClick={onClick}
          onMenu={() => {
            if (!chosen.has(version.id)) {
              model.point(version.id);
            }
          }}
        />
      ) : (
        <PlaceholderRow key={row} row={row} total={pages.total} trans={trans} />
      )
    );
  }
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
        onKeyDown={onKeyDown}
        onContextMenu={onContextMenu}
        {...(drawn && focus !== null ? { 'aria-activedescendant': optionId(focus) } : {})}
      >
        {rows}
      </ul>
    </div>
  );
}
