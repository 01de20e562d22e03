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
  if (change === 0 || typeof range?.lower_is_better !== 'boolean') {
    return 'same';
  }
  return change < 0 === range.lower_is_better ? 'better' : 'worse';
}

/** Arrows up and down: filled for the better, hollow for the worse. */
const ARROWS: Record<Turn, readonly [up: string, down: string]> = {
  better: ['▲', '▼'],
  worse: ['△', '▽'],
  same: ['↑', '↓']
};

/** A change with its sign, and an arrow that shows the way and whether it is for the better. */
export function changeText(change: number, turn: Turn): [arrow: string, text: string] {
  const [up, down] = ARROWS[turn];
  const size = sizeText(change);
  return change > 0 ? [up, `+${size}`] : [down, `−${size}`];
}

function sizeText(change: number): string {
  return numberText(Number(Math.abs(change).toPrecision(2)));
}

/** A change in words. */
export function changeWords(change: number, turn: Turn, trans: TranslationBundle): string {
  const size = sizeText(change);
  const words = change > 0 ? trans.__('%1 higher than the version before', size) : trans.__('%1 lower than the version before', size);
  const verdicts: Record<Turn, string> = {
    better: trans.__('%1: better', words),
    worse: trans.__('%1: worse', words),
    same: words
  };
  return verdicts[turn];
}

/** Whether no listed version has a better value. */
export function isBest(value: unknown, range: IRange | undefined): boolean {
  if (typeof range?.lower_is_better !== 'boolean') {
    return false;
  }
  return value === (range.lower_is_better ? range.low : range.high);
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
        <span key={name} title={name}>
          {name} <b>{numberText(value)}</b>
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
  const turn = turnOf(change, range);
  const [arrow, text] = changeText(change, turn);
  const words = changeWords(change, turn, trans);
  return (
    <span className={`jp-mlversion-Row-change jp-mod-${turn}`} role="img" title={words} data-arrow={arrow}>
      {text}
    </span>
  );
}
