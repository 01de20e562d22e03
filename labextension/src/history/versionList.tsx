import * as React from 'react';
import type { IVersion } from '../service/contract';
import type { HistoryState } from './model';
import type { IViewProps } from './panel';
import { Figures } from '../figures/plot';
import { VersionRow } from './versionRow';

type Ready = Extract<HistoryState, { kind: 'ready' }>;

/** The versions, newest first, as a listbox: arrows move, Enter shows the details, Escape hides them. */
export function VersionList({ model, service, state }: IViewProps & { state: Ready }): React.ReactElement {
  const { trans } = service;
  const [safety, setSafety] = React.useState(false);
  const [active, setActive] = React.useState<string | null>(null);
  const [curves, setCurves] = React.useState(false);
  const list = React.useRef<HTMLUListElement>(null);
  const hidden = state.versions.filter(isSafety).length;
  const shown = safety ? state.versions : state.versions.filter(version => !isSafety(version));
  const selected = model.detail.kind === 'none' ? null : model.detail.id;
  const focus = shown.some(version => version.id === active) ? active : (selected ?? shown[0]?.id ?? null);
  const move = (id: string | undefined): void => {
    if (id !== undefined) {
      setActive(id);
      list.current?.querySelector(`[id="${optionId(id)}"]`)?.scrollIntoView({ block: 'nearest' });
    }
  };
  const onKeyDown = (event: React.KeyboardEvent): void => {
    const index = shown.findIndex(version => version.id === focus);
    const moves: Record<string, number> = { ArrowDown: index + 1, ArrowUp: index - 1, Home: 0, End: shown.length - 1 };
    const to = moves[event.key];
    if (to !== undefined) {
      move(shown[to]?.id);
    } else if (event.key === 'Enter' || event.key === ' ') {
      void model.select(focus);
    } else if (event.key === 'Escape') {
      void model.select(null);
    } else {
      return;
    }
    event.preventDefault();
  };
  return (
    <div className="jp-mlversion-History">
      <details
        className="jp-mlversion-Fold"
        onToggle={event => {
          setCurves(event.currentTarget.open);
        }}
      >
        <summary>{trans.__('Metrics over versions')}</summary>
        {curves ? (
          <Figures
            load={() => service.api.historyFigures(model.path)}
            version={shown[0]?.id ?? ''}
            empty={trans.__('No version has metrics.')}
            trans={trans}
          />
        ) : null}
      </details>
      <ul
        className="jp-mlversion-List"
        role="listbox"
        aria-label={trans.__('Versions, newest first')}
        tabIndex={0}
        ref={list}
        onKeyDown={onKeyDown}
        {...(focus === null ? {} : { 'aria-activedescendant': optionId(focus) })}
      >
        {shown.map(version => (
          <VersionRow
            key={version.id}
            id={optionId(version.id)}
            version={version}
            head={version.id === state.head}
            active={version.id === focus}
            selected={version.id === selected}
            wanted={service.preferences.now.rowMetrics}
            trans={trans}
            onSelect={() => {
              setActive(version.id);
              void model.select(version.id === selected ? null : version.id);
            }}
          />
        ))}
      </ul>
      {state.more ? (
        <button type="button" className="jp-mlversion-Link" onClick={() => void model.loadMore()}>
          {trans.__('Show older versions')}
        </button>
      ) : null}
      {hidden ? (
        <button
          type="button"
          className="jp-mlversion-Link"
          aria-expanded={safety}
          onClick={() => {
            setSafety(!safety);
          }}
        >
          {safety
            ? trans.__('Hide safety versions')
            : trans._n('Show %1 safety version', 'Show %1 safety versions', hidden)}
        </button>
      ) : null}
    </div>
  );
}

function isSafety(version: IVersion): boolean {
  return version.trigger === 'safety';
}

function optionId(id: string): string {
  return `mlversion-version-${id}`;
}
