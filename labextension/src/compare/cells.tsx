/** What stands in the cells of the tables. */

import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import { bytesText, numberText, valueText } from '../service/words';
import { bestOf, deltaOf, type IDelta, shown, type Statistic } from './order';
import type { IFileRow, IFileState, IMetricRow, ISplitRow, IValueRow } from './requests';
import type { ISideRow } from './sideTable';

/** What stands where a side lacks something. */
export function Nothing({ trans }: { trans: TranslationBundle }): React.ReactElement {
  return (
    <span className="jp-mlversion-Nothing" title={trans.__('not there')}>
      —
    </span>
  );
}

/** A metric: its value, whether it is the best, and how it stands to the baseline. */
export function metricRow(row: IMetricRow, statistic: Statistic, trans: TranslationBundle): ISideRow {
  const values = row.values.map(metric => shown(metric, statistic, row.lower_is_better));
  const best = bestOf(values, row.lower_is_better);
  return {
    key: `metric ${row.name}`,
    name: row.name,
    note: noteOf(row.lower_is_better, trans),
    differs: row.differs,
    value: side => values[side] ?? null,
    cell: side => {
      const value = values[side];
      const metric = row.values[side];
      if (value === null || value === undefined || !metric) {
        return <Nothing trans={trans} />;
      }
      const delta = side === 0 ? null : deltaOf(values[0] ?? null, value, row.lower_is_better);
      const range = trans.__('%1 … %2 in %3 points', numberText(metric.low), numberText(metric.high), metric.count);
      return (
        <span title={`${value}\n${range}`}>
          <span className="jp-mlversion-Value">{numberText(value)}</span>
          {best.has(side) ? <span className="jp-mlversion-Compare-best">★ {trans.__('best')}</span> : null}
          {delta === null ? null : <Delta delta={delta} trans={trans} />}
        </span>
      );
    }
  };
}

function noteOf(lowerIsBetter: boolean | null, trans: TranslationBundle): string {
  if (lowerIsBetter === null) {
    return trans.__('metric');
  }
  return lowerIsBetter ? trans.__('metric, lower is better') : trans.__('metric, higher is better');
}

function Delta({ delta, trans }: { delta: IDelta; trans: TranslationBundle }): React.ReactElement {
  const sign = delta.difference > 0 ? '+' : '';
  const share = delta.share === null ? '' : ` (${sign}${Number((delta.share * 100).toPrecision(2))} %)`;
  if (delta.difference === 0) {
    return <small className="jp-mlversion-note">{trans.__('as the baseline')}</small>;
  }
  const words = delta.better === null ? '' : ` ${delta.better ? trans.__('better') : trans.__('worse')}`;
  const mark = delta.better === null ? '' : ` jp-mod-${delta.better ? 'better' : 'worse'}`;
  return (
    <small className={`jp-mlversion-Compare-delta${mark}`}>
      {`${sign}${numberText(delta.difference)}${share}${words}`}
    </small>
  );
}

/** A parameter, or something of the environment. */
export function valueRow(row: IValueRow, note: string, trans: TranslationBundle): ISideRow {
  const absent = new Set(row.absent);
  return {
    key: `${note} ${row.name}`,
    name: row.name,
    note,
    differs: row.differs,
    value: side => {
      const value = row.values[side];
      return absent.has(side) || value === undefined ? null : typeof value === 'number' ? value : valueText(value);
    },
    cell: side => {
      const value = row.values[side];
      if (absent.has(side) || value === undefined) {
        return <Nothing trans={trans} />;
      }
      const text = valueText(value);
      return (
        <span className="jp-mlversion-Value" title={text}>
          {text}
        </span>
      );
    }
  };
}

/** A file; equal contents have the same letter. */
export function fileRow(row: IFileRow, trans: TranslationBundle, open: (() => void) | undefined): ISideRow {
  return {
    key: row.path,
    name: row.path,
    note: row.role,
    differs: row.differs,
    open,
    value: side => row.values[side]?.size ?? null,
    cell: side => {
      const state = row.values[side];
      if (!state) {
        return <Nothing trans={trans} />;
      }
      const { letter, alone } = contentOf(row, state);
      const kept = state.state === 'stored' ? '' : ` · ${state.state}`;
      return (
        <span title={state.digest ?? ''}>
          <span className="jp-mlversion-Value">{bytesText(state.size)}</span>
          <small className="jp-mlversion-note">
            {alone ? trans.__('same content') : trans.__('content %1', letter)}
            {kept}
          </small>
        </span>
      );
    }
  };
}

/** The letter of a file's content among those of all sides, in their order; and whether there is no other. */
function contentOf(row: IFileRow, state: IFileState): { letter: string; alone: boolean } {
  const key = ({ digest, size }: IFileState): string => digest ?? String(size);
  const keys = [...new Set(row.values.flatMap(one => (one ? [key(one)] : [])))];
  return { letter: String.fromCharCode(65 + keys.indexOf(key(state))), alone: keys.length === 1 };
}

/** A split: how it was made, and the sizes of its parts. */
export function splitRow(row: ISplitRow, trans: TranslationBundle): ISideRow {
  return {
    key: row.name,
    name: row.name,
    differs: row.differs,
    value: side => row.values[side]?.row_count ?? null,
    cell: side => {
      const state = row.values[side];
      if (!state) {
        return <Nothing trans={trans} />;
      }
      const parts = Object.entries(state.parts).map(([name, size]) => `${name} ${size.toLocaleString()}`).join(', ');
      const seed = state.seed === null ? '' : `, ${trans.__('seed %1', state.seed)}`;
      return (
        <span title={parts}>
          <span className="jp-mlversion-Value">{parts}</span>
          <small className="jp-mlversion-note">
            {state.strategy}
            {seed}
          </small>
        </span>
      );
    }
  };
}
