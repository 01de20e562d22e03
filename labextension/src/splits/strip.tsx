import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import type { IGlance } from '../service/contract';
import { VerdictIcon, isFound, verdictText } from './verdict';

/** "train 1,347, test 450". */
export function sizesText(parts: readonly { name: string; size: number }[], count = parts.length): string {
  const named = parts.map(({ name, size }) => `${name} ${size.toLocaleString()}`).join(', ');
  return count > parts.length ? `${named}, …` : named;
}

/** The sizes of the parts as one bar; told in words to who cannot see it. */
export function SizeStrip(props: {
  parts: readonly { name: string; size: number }[];
  label: string;
  legend?: boolean;
}): React.ReactElement {
  const { parts, label, legend } = props;
  return (
    <>
      <div className="jp-mlversion-Strip" role="img" aria-label={label} title={label}>
        {parts.map(({ name, size }, index) => (
          <span key={index} style={{ flexGrow: Math.max(size, 0) }} title={`${name} ${size.toLocaleString()}`} />
        ))}
      </div>
      {legend && parts.length <= LEGEND ? (
        <div className="jp-mlversion-Strip-legend" aria-hidden="true">
          {parts.map(({ name, size }, index) => (
            <span key={index} title={name}>
              <i />
              {name} {size.toLocaleString()}
            </span>
          ))}
        </div>
      ) : null}
    </>
  );
}

/** Parts that a legend names. */
const LEGEND = 12;

/** The splits of a version in its row of the history: a thin strip each, and a mark where its checks found something. */
export function Glances(props: { glances: readonly IGlance[]; trans: TranslationBundle }): React.ReactElement {
  const { glances, trans } = props;
  return (
    <>
      {glances.map((glance, index) => {
        const words = `${glance.name}: ${sizesText(glance.parts, glance.part_count)}`;
        return (
          <div key={index} className="jp-mlversion-Row-split">
            <SizeStrip parts={glance.parts} label={words} />
            {isFound(glance.verdict) ? (
              <span title={trans.__('Checks of the split: %1', verdictText(trans, glance.verdict))}>
                <VerdictIcon verdict={glance.verdict} />
                <span className="jp-mlversion-Row-verdict">{verdictText(trans, glance.verdict)}</span>
              </span>
            ) : null}
          </div>
        );
      })}
    </>
  );
}
