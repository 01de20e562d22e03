import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import type { Float, ICheck, Verdict } from '../service/contract';
import { numberText } from '../service/words';
import { VerdictIcon, isFound, verdictText } from './verdict';

const ORDER: readonly string[] = ['problem', 'warning', 'ok', 'skipped', 'not-applicable'] satisfies Verdict[];

function rank(check: ICheck): number {
  const place = ORDER.indexOf(check.verdict);
  return place < 0 ? ORDER.length : place;
}

/** What was asked of a split, the worst first; what could not be asked is folded away. */
export function Checks({ checks, trans }: { checks: readonly ICheck[]; trans: TranslationBundle }): React.ReactElement {
  const ranked = [...checks].sort((a, b) => rank(a) - rank(b));
  const asked = ranked.filter(check => rank(check) < ORDER.indexOf('skipped'));
  const rest = ranked.filter(check => !asked.includes(check));
  return (
    <>
      <ul className="jp-mlversion-Checks" aria-label={trans.__('Checks')}>
        {asked.map(check => (
          <CheckItem key={check.name} check={check} trans={trans} />
        ))}
      </ul>
      {rest.length ? (
        <details className="jp-mlversion-Check-rest">
          <summary>{trans._n('%1 question was not asked', '%1 questions were not asked', rest.length)}</summary>
          <ul className="jp-mlversion-Checks">
            {rest.map(check => (
              <CheckItem key={check.name} check={check} trans={trans} />
            ))}
          </ul>
        </details>
      ) : null}
    </>
  );
}

function CheckItem({ check, trans }: { check: ICheck; trans: TranslationBundle }): React.ReactElement {
  return (
    <li>
      <details className="jp-mlversion-Check" open={isFound(check.verdict)}>
        <summary>
          <VerdictIcon verdict={check.verdict} />
          <span className="jp-mlversion-Check-name">{nameText(trans, check.name)}</span>
          <span className="jp-mlversion-count">{verdictText(trans, check.verdict)}</span>
        </summary>
        <p>{check.sentence}</p>
        <Rows check={check} trans={trans} />
        <Items check={check} trans={trans} />
        <Numbers check={check} trans={trans} />
      </details>
    </li>
  );
}

function Rows({ check, trans }: { check: ICheck; trans: TranslationBundle }): React.ReactElement | null {
  if (!check.rows.length) {
    return null;
  }
  const more = check.row_count - check.rows.length;
  return (
    <p className="jp-mlversion-note">
      {trans._n('%1 row, counted from 0:', '%1 rows, counted from 0:', check.row_count)}{' '}
      <code>{check.rows.join(', ')}</code>
      {more > 0 ? ` ${trans.__('and %1 more', more.toLocaleString())}` : ''}
    </p>
  );
}

/** Items that are shown before one asks for the others. */
const FEW = 5;

function Items({ check, trans }: { check: ICheck; trans: TranslationBundle }): React.ReactElement | null {
  const [all, setAll] = React.useState(false);
  if (!check.items.length) {
    return null;
  }
  const columns = [...new Set(check.items.flatMap(item => Object.keys(item.numbers)))];
  const shown = all ? check.items : check.items.slice(0, FEW);
  return (
    <>
      <div className="jp-mlversion-Items">
        <table>
          <thead>
            <tr>
              <th scope="col" />
              <th scope="col">{trans.__('what')}</th>
              {columns.map(column => (
                <th key={column} scope="col">
                  {column}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {shown.map((item, index) => (
              <tr key={index}>
                <td title={verdictText(trans, item.verdict)}>
                  <VerdictIcon verdict={item.verdict} />
                </td>
                <td title={item.name}>{item.name}</td>
                {columns.map(column => (
                  <td key={column}>{column in item.numbers ? shortText(item.numbers[column] ?? '') : ''}</td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {check.items.length > FEW ? (
        <button
          type="button"
          className="jp-mlversion-Link"
          onClick={() => {
            setAll(!all);
          }}
        >
          {all ? trans.__('Show fewer') : moreText(check, trans)}
        </button>
      ) : null}
    </>
  );
}

function moreText(check: ICheck, trans: TranslationBundle): string {
  const { length } = check.items;
  return check.item_count > length ? trans.__('Show %1 of %2', length, check.item_count) : trans.__('Show all %1', length);
}

/** A number in a narrow column: three digits. */
function shortText(value: Float): string {
  if (typeof value === 'string' || Number.isInteger(value)) {
    return String(value);
  }
  return Math.abs(value) >= 1e-3 && Math.abs(value) < 1e6 ? String(Number(value.toPrecision(3))) : value.toExponential(0);
}

function Numbers({ check, trans }: { check: ICheck; trans: TranslationBundle }): React.ReactElement | null {
  const all = Object.entries(check.numbers).map(([name, value]) => ({
    limit: isLimit(name),
    text: `${name} ${numberText(value)}`
  }));
  const facts: string[] = all.filter(({ limit }) => !limit).map(({ text }) => text);
  const limits = all.filter(({ limit }) => limit).map(({ text }) => text);
  if (check.sampled) {
    facts.push(trans.__('a sample of %1 rows', check.sampled.toLocaleString()));
  }
  return (
    <>
      {facts.length ? <p className="jp-mlversion-note">{facts.join(' · ')}</p> : null}
      {limits.length ? <p className="jp-mlversion-note">{trans.__('Limits: %1', limits.join(' · '))}</p> : null}
    </>
  );
}

/** Whether a number is what the others are measured by: "problem from", "p below". */
function isLimit(name: string): boolean {
  return /\b(from|below|near)\b/.test(name);
}

/** What a check asks, in a few words. */
function nameText(trans: TranslationBundle, name: string): string {
  const words: Record<string, string> = {
    'shared-rows': trans.__('Rows in two parts'),
    sizes: trans.__('Sizes of parts and classes'),
    'groups-apart': trans.__('Groups on both sides'),
    'time-order': trans.__('The future in the past'),
    'class-drift': trans.__('Drift of the target'),
    'exact-duplicates': trans.__('Exact duplicates'),
    'target-leakage': trans.__('Leakage of the target'),
    'feature-drift': trans.__('Drift of features'),
    'similar-images': trans.__('Pictures that look alike'),
    'near-duplicates': trans.__('Near duplicates'),
    adversarial: trans.__('Parts told apart by a model')
  };
  return words[name] ?? name;
}
