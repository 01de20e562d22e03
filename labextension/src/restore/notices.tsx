import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import { visibleText } from '../service/words';
import { installLine } from './packages';

/** How many lines of one kind are shown before the rest is only counted. */
const MOST = 100;

/** Paths, each with what is to be said of it; nothing at all when there are none. */
export function Notice(props: {
  title: string;
  tone: 'error' | 'warning';
  items: readonly (readonly [string, string])[];
  trans: TranslationBundle;
  children?: React.ReactNode;
}): React.ReactElement | null {
  const { title, tone, items, trans, children } = props;
  if (!items.length) {
    return null;
  }
  const rest = items.length - MOST;
  return (
    <section className={`jp-mlversion-Plan-part jp-mod-${tone}`}>
      <h3>{title}</h3>
      <ul>
        {items.slice(0, MOST).map(([path, reason]) => (
          <li key={path}>
            <span className="jp-mlversion-path">{visibleText(path)}</span>
            <span className="jp-mlversion-note">{reason}</span>
          </li>
        ))}
        {rest > 0 ? <li>{trans._n('and %1 more', 'and %1 more', rest)}</li> : null}
      </ul>
      {children}
    </section>
  );
}

/** A version of a package; a dash where there is none. */
function told(version: string | null): string {
  return version === null || version === '' ? '–' : version;
}

/** What the environment was then and is now; it is not restored. */
export function Environment(props: {
  differences: Record<string, [string | null, string | null]>;
  trans: TranslationBundle;
}): React.ReactElement | null {
  const { differences, trans } = props;
  const rows = Object.entries(differences);
  const line = installLine(differences);
  if (!rows.length) {
    return null;
  }
  return (
    <details className="jp-mlversion-Plan-part jp-mod-warning">
      <summary>
        {trans._n('The environment differs in %1 point; it stays as it is', 'The environment differs in %1 points; it stays as it is', rows.length)}
      </summary>
      <table className="jp-mlversion-Plan-table">
        <thead>
          <tr>
            <th scope="col">{trans.__('Package')}</th>
            <th scope="col">{trans.__('Then')}</th>
            <th scope="col">{trans.__('Now')}</th>
          </tr>
        </thead>
        <tbody>
          {rows.slice(0, MOST).map(([name, [then, now]]) => (
            <tr key={name}>
              <th scope="row">{name}</th>
              <td>{told(then)}</td>
              <td>{told(now)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {rows.length > MOST ? <p>{trans._n('and %1 more', 'and %1 more', rows.length - MOST)}</p> : null}
      {line ? (
        <>
          <p>{trans.__('To have the packages of then, run this in a cell:')}</p>
          <code className="jp-mlversion-Plan-line">{line}</code>
        </>
      ) : null}
    </details>
  );
}
