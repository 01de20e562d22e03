import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import type { IHunk, ITextDifference } from './answers';
import { countText } from './numbers';

const SIGNS: Record<string, string> = { '+': '+', '-': '−', ' ': '' };

interface IProps {
  difference: ITextDifference;
  trans: TranslationBundle;
}

/** The lines that differ, with three around them. */
export function TextDifference({ difference, trans }: IProps): React.ReactElement {
  const { hunks, hunk_count, added, removed, complete } = difference;
  return (
    <div className="jp-mlversion-Inside-differing">
      <div className="jp-mlversion-Inside-bar">
        <ul className="jp-mlversion-Inside-counts">
          <li data-sign={added ? '+' : ''}>
            <b aria-hidden="true">+</b> {trans._n('%1 line added', '%1 lines added', added)}
          </li>
          <li data-sign={removed ? '−' : ''}>
            <b aria-hidden="true">−</b> {trans._n('%1 line removed', '%1 lines removed', removed)}
          </li>
        </ul>
      </div>
      {complete ? null : (
        <p className="jp-mlversion-note">
          {trans.__('The texts are long: where they differ is not told line by line.')}
        </p>
      )}
      {hunks.length ? null : (
        <p className="jp-mlversion-note">{trans.__('The lines are the same; only how they end differs.')}</p>
      )}
      {hunks.map((hunk, index) => (
        <Hunk key={index} hunk={hunk} trans={trans} />
      ))}
      {hunk_count > hunks.length ? (
        <p className="jp-mlversion-note">{trans.__('%1 more places differ.', countText(hunk_count - hunks.length))}</p>
      ) : null}
    </div>
  );
}

function Hunk({ hunk, trans }: { hunk: IHunk; trans: TranslationBundle }): React.ReactElement {
  let [before, after] = [hunk.before, hunk.after];
  const words: Record<string, string> = { '+': trans.__('added'), '-': trans.__('removed'), ' ': '' };
  return (
    <table className="jp-mlversion-Inside-hunk" aria-label={trans.__('From line %1', hunk.after + 1)}>
      <tbody>
        {hunk.lines.map(([sign, line], index) => {
          before += sign === '+' ? 0 : 1;
          after += sign === '-' ? 0 : 1;
          return (
            <tr key={index} data-sign={SIGNS[sign] ?? ''}>
              <td className="jp-mod-place">{sign === '+' ? '' : before}</td>
              <td className="jp-mod-place">{sign === '-' ? '' : after}</td>
              <td className="jp-mod-sign" title={words[sign]}>
                {SIGNS[sign]}
              </td>
              <td>{line}</td>
            </tr>
          );
        })}
        {hunk.cut ? (
          <tr>
            <td />
            <td />
            <td />
            <td>{trans._n('… and %1 line more', '… and %1 lines more', hunk.cut)}</td>
          </tr>
        ) : null}
      </tbody>
    </table>
  );
}
