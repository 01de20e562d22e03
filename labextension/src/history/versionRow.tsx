import type { LabIcon } from '@jupyterlab/ui-components';
import { codeIcon, consoleIcon, downloadIcon, fastForwardIcon, terminalIcon, tagIcon } from '@jupyterlab/ui-components';
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import type { ILeak, IVersion, Trigger } from '../service/contract';
import { flagIcon, safetyIcon, versionsIcon } from '../service/icons';
import { Glances } from '../splits/strip';
import { ageText, bytesText, numberText, someMetrics, titleOf } from '../service/words';

/** How many metrics a row has room for. */
const METRICS = 3;

const ICONS: Record<Trigger, LabIcon> = {
  cell: flagIcon,
  magic: consoleIcon,
  cli: terminalIcon,
  execute: fastForwardIcon,
  api: codeIcon,
  panel: versionsIcon,
  import: downloadIcon,
  safety: safetyIcon
};

/** What asked for a version, in words. */
export function triggerText(trans: TranslationBundle, trigger: Trigger): string {
  const words: Record<Trigger, string> = {
    cell: trans.__('Tagged cell'),
    magic: trans.__('Magic'),
    cli: trans.__('Command line'),
    execute: trans.__('Headless execution'),
    api: trans.__('Python call'),
    panel: trans.__('Checkpoint button'),
    import: trans.__('Import'),
    safety: trans.__('Safety version: the state before it was overwritten')
  };
  // A server newer than this front end may name others.
  return (words as Partial<Record<string, string>>)[trigger] ?? trigger;
}

interface IRowProps {
  /** The place in the list, from 0, of `total`. */
  row: number;
  total: number;
  version: IVersion;
  head: boolean;
  active: boolean;
  selected: boolean;
  wanted: readonly string[];
  trans: TranslationBundle;
  onClick: (event: React.MouseEvent, version: IVersion, row: number) => void;
  onMenu: () => void;
}

/** The element of a version in the list. */
export function optionId(id: string): string {
  return `mlversion-version-${id}`;
}

/** One version in the list. */
export function VersionRow(props: IRowProps): React.ReactElement {
  const { row, total, version, head, active, selected, wanted, trans, onClick, onMenu } = props;
  const Icon = (ICONS as Partial<Record<string, LabIcon>>)[version.trigger] ?? versionsIcon;
  const trigger = triggerText(trans, version.trigger);
  const classes = ['jp-mlversion-Row', active ? 'jp-mod-active' : '', selected ? 'jp-mod-selected' : ''];
  return (
    <li
      id={optionId(version.id)}
      role="option"
      aria-selected={selected}
      aria-posinset={row + 1}
      aria-setsize={total}
      className={classes.filter(Boolean).join(' ')}
      onClick={event => {
        onClick(event, version, row);
      }}
      onContextMenu={onMenu}
    >
      <span className="jp-mlversion-Row-icon" title={trigger}>
        <Icon.react tag="span" width="16px" height="16px" />
      </span>
      <div className="jp-mlversion-Row-body">
        <div className="jp-mlversion-Row-title" title={version.message}>
          {titleOf(version.message) || trigger}
        </div>
        <div className="jp-mlversion-Row-facts">
          <code>{version.short}</code>
          <time dateTime={version.time} title={new Date(version.time).toLocaleString()}>
            {ageText(trans, version.time, Date.now())}
          </time>
          <span title={trans.__('Bytes that this version added to the store')}>+{bytesText(version.bytes_new)}</span>
          <Chips version={version} head={head} trans={trans} />
        </div>
        <Metrics version={version} wanted={wanted} />
        <Glances glances={version.glances ?? []} trans={trans} />
      </div>
    </li>
  );
}

/** A version that is not loaded yet. */
export function PlaceholderRow(props: { row: number; total: number; trans: TranslationBundle }): React.ReactElement {
  const { row, total, trans } = props;
  return (
    <li
      role="option"
      aria-selected={false}
      aria-posinset={row + 1}
      aria-setsize={total}
      aria-label={trans.__('Loading…')}
      className="jp-mlversion-Placeholder"
    />
  );
}

function Chips({ version, head, trans }: Pick<IRowProps, 'version' | 'head' | 'trans'>): React.ReactElement {
  return (
    <>
      {head ? (
        <span className="jp-mlversion-Chip jp-mod-head" title={trans.__('Where the notebook stands')}>
          HEAD
        </span>
      ) : null}
      {version.branch && version.branch !== 'main' ? (
        <span className="jp-mlversion-Chip" title={trans.__('Branch')}>
          {version.branch}
        </span>
      ) : null}
      {version.tags.map(tag => (
        <span key={tag} className="jp-mlversion-Chip" title={trans.__('Tag')}>
          <tagIcon.react tag="span" width="10px" height="10px" />
          {tag}
        </span>
      ))}
      {version.leaks.length ? (
        <span className="jp-mlversion-Chip jp-mod-leak" title={leakText(version.leaks, trans)}>
          {trans.__('leak')}
        </span>
      ) : version.frozen.length ? (
        <span
          className="jp-mlversion-Chip"
          title={trans.__('No training may see %1', version.frozen.map(one => `${one.split}/${one.part}`).join(', '))}
        >
          {trans.__('frozen')}
        </span>
      ) : null}
      {version.document === 'as-saved' ? (
        <span className="jp-mlversion-Chip" title={trans.__('With the notebook as last saved, not as it was open')}>
          {trans.__('as saved')}
        </span>
      ) : null}
    </>
  );
}

/** Which frozen rows were trained on, a line for each training. */
export function leakText(leaks: readonly ILeak[], trans: TranslationBundle): string {
  return leaks
    .map(leak =>
      trans._n(
        '%1 row of the frozen part %2 was trained on in %3, as %4',
        '%1 rows of the frozen part %2 were trained on in %3, as %4',
        leak.rows,
        `${leak.split}/${leak.part}`,
        leak.version ? leak.version.slice(0, 8) : trans.__('this version'),
        leak.trained_as
      )
    )
    .join('\n');
}

function Metrics({ version, wanted }: Pick<IRowProps, 'version' | 'wanted'>): React.ReactElement | null {
  const metrics = someMetrics(version.metrics, wanted, METRICS);
  if (!metrics.length) {
    return null;
  }
  return (
    <div className="jp-mlversion-Row-metrics">
      {metrics.map(([name, value]) => (
        <span key={name}>
          <span title={name}>{name}</span> <b>{numberText(value)}</b>
        </span>
      ))}
    </div>
  );
}
