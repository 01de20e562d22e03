import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import { FigurePages } from '../figures/pages';
import type { ComparisonModel } from './model';

/** Metrics that are drawn at a time. */
const PAGE = 12;

/** Each metric over its steps, a line for each run of each version. */
export function Curves(props: { model: ComparisonModel; trans: TranslationBundle }): React.ReactElement {
  const { model, trans } = props;
  return (
    <div className="jp-mlversion-Compare-curves">
      <FigurePages
        load={(first, limit) => model.requests.figures(model.versions, first, limit)}
        size={PAGE}
        version={model.versions.join(',')}
        empty={trans.__('None of these versions has logged a metric.')}
        trans={trans}
      />
    </div>
  );
}
