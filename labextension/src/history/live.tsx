import { UseSignal } from '@jupyterlab/ui-components';
import * as React from 'react';
import { Plot } from '../figures/plot';
import type { IViewProps } from './panel';

/** Figures that are drawn while a cell runs; the others are in the version. */
const MOST = 12;

/** What the kernel logs now, over steps; nothing when everything is in a version. */
export function Live({ model, service }: IViewProps): React.ReactElement {
  const { trans } = service;
  return (
    <UseSignal signal={model.live.changed}>
      {() => {
        const figures = model.live.figures ?? [];
        return figures.length ? (
          <section className="jp-mlversion-Live" aria-label={trans.__('Logged now')}>
            <h3>{trans.__('Logged now')}</h3>
            {figures.slice(0, MOST).map(figure => (
              <Plot key={figure.name} figure={figure} trans={trans} />
            ))}
            {figures.length > MOST ? (
              <p className="jp-mlversion-note">{trans._n('and %1 more metric', 'and %1 more metrics', figures.length - MOST)}</p>
            ) : null}
          </section>
        ) : null;
      }}
    </UseSignal>
  );
}
