import { PathExt } from '@jupyterlab/coreutils';
import { codeIcon, downloadIcon, fastForwardIcon, terminalIcon, tagIcon } from '@jupyterlab/ui-components';
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import type { ILeak, Trigger } from '../service/contract';
import { flagIcon, safetyIcon, versionsIcon } from '../service/icons';
import { type Stamp, stampOf } from '../service/stamp';
import { Glances } from '../splits/strip';
import { ageText, authorName, bytesText, shortOf, titleOf } from '../service/words';
import { Graph, graphWidth } from './graph';
import type { IListed, IRange } from './requests';
import { Values } from './values';

const MARKS: Record<Trigger, Stamp> = {
  cell: stampOf(flagIcon),
  magic: stampOf(codeIcon),
  cli: stampOf(terminalIcon),
  execute: stampOf(fastForwardIcon),
  api: stampOf(codeIcon),
  panel: stampOf(versionsIcon),
  import: stampOf(downloadIcon),
  safety: stampOf(safetyIcon)
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

/** Pixels of the line that names a day, and from there to the middle of a row's title. */
const DAY = 22;
const MIDDLE = 15;

interface IRowProps {
  /** The place in the list, from 0, of `total`. */
  row: number;
  total: number;
  version: IListed;
  head: boolean;
  active: boolean;
  selected: boolean;
  /** The day that begins with this version, in words; null within one. */
  day: string | null;
  /** Lanes of the graph for which there is room. */
  lanes: number;
  /** Whether the notebook is named. */
  named: boolean;
  /** Whether its author is named. */
  authored: boolean;
  wanted: readonly string[];
  ranges: Readonly<Partial<Record<string, IRange>>>;
  /** Minutes since the epoch. */
  now: number;
  trans: TranslationBundle;
}

/** The element of a version in the list. */
export function optionId(id: string): string {
  return `mlversion-version-${id}`;
}

/** One version in the list. What is done to it, the list hears. */
export const VersionRow = React.memo(function VersionRow(props: IRowProps): React.ReactElement {
  const { row, total, version, head, active, selected, day, lanes, now, trans } = props;
  const classes = ['jp-mlversion-Row', active ? 'jp-mod-active' : '', selected ? 'jp-mod-selected' : ''];
  return (
    <li
      id={optionId(version.id)}
      role="option"
      aria-selected={selected}
      aria-posinset={row + 1}
      aria-setsize={total}
      className={classes.filter(Boolean).join(' ')}
      data-row={row}
      data-version={version.id}
      style={version.row ? { paddingLeft: graphWidth(lanes) + 2 } : {}}
    >
      {day === null ? null : <div className="jp-mlversion-Day">{day}</div>}
      {version.row ? (
        <Graph
          row={version.row}
          lanes={lanes}
          middle={day === null ? MIDDLE : MIDDLE + DAY}
          head={head}
          safety={version.trigger === 'safety'}
        />
      ) : null}
      <Title version={version} now={now} trans={trans} />
      <Values version={version} wanted={props.wanted} ranges={props.ranges} trans={trans} />
      <Facts {...props} />
      <Glances glances={version.glances ?? []} trans={trans} />
    </li>
  );
});

/** What is said of a version under its metrics. */
function Facts({ version, head, authored, named, trans }: IRowProps): React.ReactElement {
  return (
    <div className="jp-mlversion-Row-facts">
      <Chips version={version} head={head} trans={trans} />
      {named && version.notebook !== null ? (
        <span className="jp-mlversion-Chip" title={version.notebook}>
          {PathExt.basename(version.notebook)}
        </span>
      ) : null}
      <code>{version.short}</code>
      <span title={trans.__('Bytes that were new to the store, before it encoded them')}>+{bytesText(version.bytes_new)}</span>
      {authored ? <span title={version.author}>{authorName(version.author)}</span> : null}
    </div>
  );
}

/** What a version is called, what asked for it, and when that was. */
function Title({ version, now, trans }: Pick<IRowProps, 'version' | 'now' | 'trans'>): React.ReactElement {
  const trigger = triggerText(trans, version.trigger);
  const mark = (MARKS as Partial<Record<string, Stamp>>)[version.trigger] ?? MARKS.panel;
  return (
    <div className="jp-mlversion-Row-head">
      <span className="jp-mlversion-Row-icon" title={trigger} ref={mark} />
      <span className="jp-mlversion-Row-title" title={version.message}>
        {titleOf(version.message) || trigger}
      </span>
      {version.starred ? (
        <span className="jp-mlversion-Star" role="img" aria-label={trans.__('starred')} title={trans.__('Starred: always kept')}>
          ★
        </span>
      ) : null}
      <time dateTime={version.time} title={new Date(version.time).toLocaleString()}>
        {ageText(trans, version.time, now * 60_000)}
      </time>
    </div>
  );
}

/** A version that is not loaded yet, or that only its title is shown of. */
export function PlaceholderRow(props: {
  row: number;
  total: number;
  title: string | null;
  lanes: number;
  height: number;
  trans: TranslationBundle;
}): React.ReactElement {
  const { row, total, title, lanes, height, trans } = props;
  return (
    <li
      role="option"
      aria-selected={false}
      aria-posinset={row + 1}
      aria-setsize={total}
      aria-label={title ?? trans.__('Loading…')}
      className={title === null ? 'jp-mlversion-Placeholder' : 'jp-mlversion-Passing'}
      style={{ height, paddingLeft: graphWidth(lanes) + 2 }}
    >
      {title}
    </li>
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
      {version.branch && version.branch !== 'main' && version.trigger !== 'safety' ? (
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
      {version.labels.map(label => (
        <span key={label} className="jp-mlversion-Chip jp-mod-label" title={trans.__('Label')}>
          {label}
        </span>
      ))}
      {version.missing ? (
        <span
          className="jp-mlversion-Chip jp-mod-missing"
          title={trans._n(
            'The content of %1 file is not in the store',
            'The content of %1 files is not in the store',
            version.missing
          )}
        >
          {trans._n('%1 file missing', '%1 files missing', version.missing)}
        </span>
      ) : null}
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
        leak.version ? shortOf(leak.version) : trans.__('this version'),
        leak.trained_as
      )
    )
    .join('\n');
}
