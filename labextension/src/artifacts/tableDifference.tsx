import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import { FailureNote, useAnswer, Waiting } from './answer';
import type { ITableDifference } from './answers';
import { countText } from './numbers';
import { Grid, Value } from './table';
import type { IArtifactPair } from './tokens';

interface IProps {
  pair: IArtifactPair;
  difference: ITableDifference;
  trans: TranslationBundle;
}

/** How a table differs: columns, then rows; which column tells the rows can be chosen. */
export function TableDifference({ pair, difference, trans }: IProps): React.ReactElement {
  const [key, setKey] = React.useState<string | null>(null);
  const load = async (): Promise<ITableDifference> => {
    const answer = key === null ? null : (await pair.difference(key)).inside;
    return answer && 'kind' in answer && answer.kind === 'table' ? answer : difference;
  };
  const { state } = useAnswer(load, key ?? '');
  const found = state.kind === 'ready' ? state.value : difference;
  return (
    <div className="jp-mlversion-Inside-differing">
      <Summary found={found} trans={trans} chosen={key} onKey={setKey} />
      {state.kind === 'loading' ? <Waiting trans={trans} /> : null}
      {state.kind === 'failed' ? <FailureNote failure={state.failure} /> : null}
      <Columns found={found} trans={trans} />
      <Changed found={found} trans={trans} />
      <Some title={trans.__('Added rows')} rows={found.added} total={found.rows.added} found={found} side="after" trans={trans} />
      <Some
        title={trans.__('Removed rows')}
        rows={found.removed}
        total={found.rows.removed}
        found={found}
        side="before"
        trans={trans}
      />
    </div>
  );
}

interface IPart {
  found: ITableDifference;
  trans: TranslationBundle;
}

function Summary(props: IPart & { chosen: string | null; onKey: (key: string | null) => void }): React.ReactElement {
  const { found, trans, chosen, onKey } = props;
  const { rows, compared } = found;
  const counts: [string, string, number][] = [
    ['+', trans._n('%1 row added', '%1 rows added', rows.added), rows.added],
    ['−', trans._n('%1 row removed', '%1 rows removed', rows.removed), rows.removed],
    ['~', trans._n('%1 row changed', '%1 rows changed', rows.changed), rows.changed],
    ['=', trans._n('%1 row the same', '%1 rows the same', rows.same), rows.same]
  ];
  const cut = compared.before < rows.before || compared.after < rows.after;
  return (
    <>
      <div className="jp-mlversion-Inside-bar">
        <ul className="jp-mlversion-Inside-counts">
          {counts.map(([sign, text, count]) => (
            <li key={sign} data-sign={count ? sign : ''}>
              <b aria-hidden="true">{sign}</b> {text}
            </li>
          ))}
        </ul>
        <label>
          {trans.__('Rows told by')}{' '}
          <select
            className="jp-mlversion-Inside-input jp-mod-wide"
            value={chosen ?? ''}
            onChange={event => {
              onKey(event.currentTarget.value || null);
            }}
          >
            <option value="">{automatic(found, trans, chosen)}</option>
            {found.names.map(name => (
              <option key={name} value={name}>
                {name}
              </option>
            ))}
          </select>
        </label>
      </div>
      {cut ? (
        <p className="jp-mlversion-note">
          {trans.__('The first %1 rows of each were compared.', countText(Math.min(compared.before, compared.after)))}
        </p>
      ) : null}
    </>
  );
}

function automatic({ key }: ITableDifference, trans: TranslationBundle, chosen: string | null): string {
  if (chosen !== null) {
    return trans.__('what is found');
  }
  return key === null ? trans.__('what they hold') : trans.__('%1 (found)', key);
}

function Columns({ found, trans }: IPart): React.ReactElement | null {
  const words = { added: trans.__('added'), removed: trans.__('removed'), retyped: trans.__('another type') };
  const signs = { added: '+', removed: '−', retyped: '~' };
  const differing = found.columns.filter(({ change, cells }) => change !== null || cells > 0);
  if (!differing.length) {
    return null;
  }
  return (
    <section>
      <h3>{trans.__('Columns')}</h3>
      <div className="jp-mlversion-Inside-scroll">
        <table className="jp-mlversion-Inside-grid jp-mod-tensors">
          <thead>
            <tr>
              <th scope="col">{trans.__('Column')}</th>
              <th scope="col">{trans.__('Change')}</th>
              <th scope="col">{trans.__('Type')}</th>
              <th scope="col">{trans.__('Changed values')}</th>
            </tr>
          </thead>
          <tbody>
            {differing.map(({ name, change, before, after, cells }) => (
              <tr key={name} data-sign={change ? signs[change] : '~'}>
                <th scope="row">{name}</th>
                <td>{change ? words[change] : trans.__('values')}</td>
                <td>{before === after ? after : [before, after].filter(Boolean).join(' → ')}</td>
                <td className="jp-mod-number">{cells ? countText(cells) : ''}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}

/** Rows that changed: what a value was stands struck out before what it is. */
function Changed({ found, trans }: IPart): React.ReactElement | null {
  const { changed, names, rows } = found;
  const touched = React.useMemo(() => new Set(changed.flatMap(({ cells }) => cells)), [changed]);
  const keyed = found.key === null ? -1 : names.indexOf(found.key);
  // The key, then columns in which something differs, then as many of the others as there is room for.
  const order = names
    .map((_, index) => index)
    .sort((a, b) => rank(a) - rank(b) || a - b)
    .slice(0, 30);
  function rank(index: number): number {
    return index === keyed ? 0 : touched.has(index) ? 1 : 2;
  }
  if (!changed.length) {
    return null;
  }
  return (
    <section>
      <h3>
        {trans.__('Changed rows')} <Extent shown={changed.length} total={rows.changed} trans={trans} />
      </h3>
      <div className="jp-mlversion-Inside-scroll" tabIndex={0} role="region" aria-label={trans.__('Changed rows')}>
        <table className="jp-mlversion-Inside-grid">
          <thead>
            <tr>
              <th scope="col">{trans.__('Row')}</th>
              {order.map(index => (
                <th key={index} scope="col">
                  {names[index]}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {changed.map(row => (
              <tr key={row.after}>
                <th scope="row">
                  {row.before === row.after ? countText(row.after) : `${countText(row.before)} → ${countText(row.after)}`}
                </th>
                {order.map(index =>
                  row.cells.includes(index) ? (
                    <td key={index} data-sign="~">
                      <del>{shown(row.from[index])}</del> <ins>{shown(row.to[index])}</ins>
                    </td>
                  ) : (
                    <Value key={index} value={row.to[index] ?? null} />
                  )
                )}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}

function shown(value: string | number | boolean | null | undefined): string {
  return value === null || value === undefined ? 'null' : value === '' ? '∅' : String(value);
}

function Some(
  props: IPart & {
    title: string;
    rows: ITableDifference['added'];
    total: number;
    side: 'before' | 'after';
  }
): React.ReactElement | null {
  const { found, trans, title, rows, total, side } = props;
  if (!rows.length) {
    return null;
  }
  const columns = found.columns.flatMap(column => {
    const type = column[side];
    return type === null ? [] : [{ name: column.name, type }];
  });
  return (
    <section data-sign={side === 'after' ? '+' : '−'}>
      <h3>
        {title} <Extent shown={rows.length} total={total} trans={trans} />
      </h3>
      <Grid trans={trans} label={title} columns={columns} rows={rows.map(({ row, values }) => [row, values])} />
    </section>
  );
}

function Extent({ shown, total, trans }: { shown: number; total: number; trans: TranslationBundle }) {
  return (
    <span className="jp-mlversion-count">
      {shown < total ? trans.__('%1 of %2', countText(shown), countText(total)) : countText(total)}
    </span>
  );
}
