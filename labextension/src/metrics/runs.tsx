import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import { type ILegendEntry, legendOf, strokesOf } from './legend';
import type { MetricsModel } from './model';

/** The legend of all charts: what is ticked is drawn. */
export function Runs({ model, trans }: { model: MetricsModel; trans: TranslationBundle }): React.ReactElement | null {
  const entries = legendOf(model.figures.values());
  if (entries.length < 2) {
    return null;
  }
  const toggle = (key: string): void => {
    const hidden = new Set(model.hidden);
    if (!hidden.delete(key)) {
      hidden.add(key);
    }
    model.hidden = hidden;
  };
  return (
    <fieldset className="jp-mlversion-Names">
      <legend>{trans.__('Lines')}</legend>
      <div className="jp-mlversion-Names-all">
        <button type="button" className="jp-mlversion-Chart-action" onClick={() => (model.hidden = new Set())}>
          {trans.__('All')}
        </button>
        <button
          type="button"
          className="jp-mlversion-Chart-action"
          onClick={() => (model.hidden = new Set(entries.map(({ key }) => key)))}
        >
          {trans.__('None')}
        </button>
      </div>
      <div className="jp-mlversion-Names-list jp-mlversion-Runs">
        {entries.map(entry => (
          <label key={entry.key} title={entry.label}>
            <input type="checkbox" checked={!model.hidden.has(entry.key)} onChange={() => { toggle(entry.key); }} />
            <Stroke entry={entry} />
            <span>{entry.label}</span>
            {entry.version === '' ? <em>{trans.__('now')}</em> : null}
          </label>
        ))}
      </div>
    </fieldset>
  );
}

function Stroke({ entry }: { entry: ILegendEntry }): React.ReactElement {
  return (
    <svg width="22" height="8" aria-hidden="true">
      <line x1="0" y1="4" x2="22" y2="4" stroke={entry.colour} strokeWidth="2.5" strokeDasharray={strokesOf(entry.dash)} />
    </svg>
  );
}
