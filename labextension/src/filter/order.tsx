import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import type { FilterModel } from './model';

/** By what the versions are sorted, and which way. */
export function Order({ model, trans }: { model: FilterModel; trans: TranslationBundle }): React.ReactElement {
  const { names } = model;
  const { sort, ascending } = model.listing;
  const value = sort ?? '';
  const metrics = names?.metrics.map(({ name }) => [`metric.${name}`, name] as const) ?? [];
  const params = names?.params.map(({ name }) => [`param.${name}`, name] as const) ?? [];
  const fields: readonly (readonly [string, string])[] = [
    ['bytes', trans.__('Bytes added')],
    ['seconds', trans.__('Seconds of the checkpoint')],
    ['files', trans.__('Files')],
    ['message', trans.__('Message')],
    ['author', trans.__('Author')],
    ['notebook', trans.__('Notebook')]
  ];
  const known = ['', 'time', ...[...metrics, ...params, ...fields].map(([key]) => key)].includes(value);
  const way = sort === null ? trans.__('Newest first') : ascending ? trans.__('Smallest first') : trans.__('Largest first');
  const other = sort === null ? trans.__('Oldest first') : ascending ? trans.__('largest first') : trans.__('smallest first');
  return (
    <>
      <select
        className="jp-mlversion-FilterBar-sort"
        aria-label={trans.__('Sort by')}
        title={trans.__('Sort by')}
        value={value === 'time' ? '' : value}
        onFocus={() => void model.learn()}
        onChange={event => {
          void model.list({ sort: event.target.value || null, ascending: false });
        }}
      >
        <option value="">{trans.__('Time')}</option>
        {known ? null : <option value={value}>{value}</option>}
        <Group label={trans.__('Metrics')} options={metrics} />
        <Group label={trans.__('Parameters')} options={params} />
        <Group label={trans.__('Of every version')} options={fields} />
      </select>
      <button
        type="button"
        className="jp-mlversion-IconButton jp-mlversion-FilterBar-way"
        aria-label={trans.__('%1; sort %2', sort === 'time' ? trans.__('Oldest first') : way, other)}
        title={sort === 'time' ? trans.__('Oldest first') : way}
        onClick={() => {
          const bytime = sort === null || sort === 'time';
          void model.list(bytime ? { sort: sort ? null : 'time', ascending: sort === null } : { ascending: !ascending });
        }}
      >
        <span aria-hidden="true">{ascending ? '↑' : '↓'}</span>
      </button>
    </>
  );
}

interface IGroupProps {
  label: string;
  options: readonly (readonly [string, string])[];
}

function Group({ label, options }: IGroupProps): React.ReactElement | null {
  return options.length ? (
    <optgroup label={label}>
      {options.map(([value, text]) => (
        <option key={value} value={value}>
          {text}
        </option>
      ))}
    </optgroup>
  ) : null;
}
