import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import { numberText, someMetrics } from '../service/words';
import type { IListed, IRange } from './requests';

/** How many metrics a row has room for. */
const METRICS = 3;

/** What a change of a metric is: for the better, for the worse, or neither is known. */
export type Turn = 'better' | 'worse' | 'same';

/** Whether a metric improved; `range` says which way that is. */
export function turnOf(change: number, range: IRange | undefined): Turn {
  if (change === 0 || !range) {
    return 'same';
  }
  return change < 0 === range.lower_is_better ? 'better' : 'worse';
}

/** A change with its sign, and an arrow that shows the way. */
export function changeText(change: number): [arrow: string, text: string] {
  const size = numberText(Number(Math.abs(change).toPrecision(2)));
  return change > 0 ? ['▲', `+${size}`] : ['▼', `−${size}`];
}

/** Whether no listed version has a better value. */
export function isBest(value: unknown, range: IRange | undefined): boolean {
  return range !== undefined && value === (range.lower_is_better ? range.low : range.high);
}

interface IProps {
  version: IListed;
  wanted: readonly string[];
  ranges: Readonly<Partial<Record<string, IRange>>>;
  trans: TranslationBundle;
}

/** The metrics of a version in its row, each with the change against the version before. */
export function Values({ version, wanted, ranges, trans }: IProps): React.ReactElement | null {
  const metrics = someMetrics(version.metrics, wanted, METRICS);
  if (!metrics.length) {
    return null;
  }
  const more = Object.keys(version.metrics).length - metrics.length;
  return (
    <div className="jp-mlversion-Row-metrics">
      {metrics.map(([name, value]) => (
        <span key={name}>
          <span title={name}>{name}</span> <b>{numberText(value)}</b>
          <Delta change={version.change[name] ?? 0} range={ranges[name]} trans={trans} />
          {isBest(value, ranges[name]) ? (
            <span className="jp-mlversion-Row-best" title={trans.__('No listed version has a better %1', name)}>
              {trans.__('best')}
            </span>
          ) : null}
        </span>
      ))}
      {more > 0 ? <span>{trans.__('+%1 more', more)}</span> : null}
    </div>
  );
}

function Delta(props: { change: number; range: IRange | undefined; trans: TranslationBundle }): React.ReactElement | null {
  const { change, range, trans } = props;
  if (change === 0) {
    return null;
  }
  const [arrow, text] = changeText(change);
  const turn = turnOf(change, range);
  const titles: Record<Turn, string> = {
    better: trans.__('better than the version before'),
    worse: trans.__('worse than the version before'),
    same: trans.__('against the version before')
  };
  return (
    <span className={`jp-mlversion-Row-change jp-mod-${turn}`} title={titles[turn]}>
      <span aria-hidden="true">{arrow}</span>
      {text}
    </span>
  );
}
