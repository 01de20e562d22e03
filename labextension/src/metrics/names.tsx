import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import { toggled } from './options';

/** So many names need a box to search them. */
const MANY = 8;

/** Names of which some are chosen; null: all. */
export function Names(props: {
  title: string;
  names: readonly string[];
  chosen: readonly string[] | null;
  trans: TranslationBundle;
  onChange: (chosen: string[] | null) => void;
}): React.ReactElement | null {
  const { title, names, chosen, trans, onChange } = props;
  const [search, setSearch] = React.useState('');
  if (!names.length) {
    return null;
  }
  const found = names.filter(name => name.toLowerCase().includes(search.toLowerCase()));
  const is = (name: string): boolean => chosen === null || chosen.includes(name);
  return (
    <fieldset className="jp-mlversion-Names">
      <legend>{title}</legend>
      <div className="jp-mlversion-Names-all">
        <button type="button" className="jp-mlversion-Chart-action" disabled={chosen === null} onClick={() => { onChange(null); }}>
          {trans.__('All')}
        </button>
        <button type="button" className="jp-mlversion-Chart-action" disabled={chosen?.length === 0} onClick={() => { onChange([]); }}>
          {trans.__('None')}
        </button>
      </div>
      {names.length > MANY ? (
        <input
          type="search"
          className="jp-mlversion-Message"
          placeholder={trans.__('Search')}
          aria-label={trans.__('Search in %1', title)}
          value={search}
          onChange={event => { setSearch(event.currentTarget.value); }}
        />
      ) : null}
      <div className="jp-mlversion-Names-list">
        {found.map(name => (
          <label key={name} title={name}>
            <input type="checkbox" checked={is(name)} onChange={() => { onChange(toggled(chosen, name, names)); }} />
            <span>{name}</span>
          </label>
        ))}
        {found.length ? null : <p className="jp-mlversion-note">{trans.__('No name has this in it.')}</p>}
      </div>
    </fieldset>
  );
}
