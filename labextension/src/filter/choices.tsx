import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import type { FilterModel } from './model';

interface IProps {
  model: FilterModel;
  trans: TranslationBundle;
}

/** Which lines and versions are listed, and which metrics their rows show. */
export function Choices({ model, trans }: IProps): React.ReactElement {
  const { all, safety } = model.listing;
  return (
    <div className="jp-mlversion-FilterBar-choices" id="mlversion-filter-choices" role="group" aria-label={trans.__('What the list shows')}>
      <Check checked={all} label={trans.__('All notebooks')} onChange={value => void model.list({ all: value })} />
      <Check checked={safety} label={trans.__('Safety versions')} onChange={value => void model.list({ safety: value })} />
      <Metrics model={model} trans={trans} />
    </div>
  );
}

function Metrics({ model, trans }: IProps): React.ReactElement {
  const known = model.names?.metrics.map(({ name }) => name) ?? [];
  const chosen = model.metrics;
  return (
    <fieldset>
      <legend>{trans.__('Metrics in rows')}</legend>
      {known.length ? (
        <>
          <Check
            checked={chosen === null}
            label={trans.__('The first ones')}
            onChange={value => {
              model.metrics = value ? null : known.slice(0, 3);
            }}
          />
          {known.map(name => (
            <Check
              key={name}
              checked={chosen?.includes(name) ?? false}
              label={name}
              onChange={value => {
                const others = (chosen ?? []).filter(one => one !== name);
                const next = value ? [...others, name] : others;
                model.metrics = next.length ? next : null;
              }}
            />
          ))}
        </>
      ) : (
        <p className="jp-mlversion-note">{trans.__('No version has metrics.')}</p>
      )}
    </fieldset>
  );
}

function Check(props: { checked: boolean; label: string; onChange: (value: boolean) => void }): React.ReactElement {
  return (
    <label title={props.label}>
      <input
        type="checkbox"
        checked={props.checked}
        onChange={event => {
          props.onChange(event.target.checked);
        }}
      />
      <span>{props.label}</span>
    </label>
  );
}
