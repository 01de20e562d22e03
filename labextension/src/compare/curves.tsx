import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import { Figures } from '../figures/plot';
import { More } from '../service/more';
import type { ComparisonModel } from './model';

/** Metrics that are drawn at a time. */
const PAGE = 12;

/** Each metric over its steps, a line for each run of each version. */
export function Curves(props: { model: ComparisonModel; trans: TranslationBundle }): React.ReactElement {
  const { model, trans } = props;
  const [pages, setPages] = React.useState(1);
  const [total, setTotal] = React.useState(0);
  const versions = model.versions.join(',');
  return (
    <div className="jp-mlversion-Compare-curves">
      {Array.from({ length: pages }, (_, page) => (
        <Figures
          key={page}
          load={async () => {
            const answer = await model.requests.figures(model.versions, page * PAGE, PAGE);
            setTotal(answer.total);
            return answer.figures;
          }}
          version={versions}
          empty={trans.__('None of these versions has logged a metric.')}
          trans={trans}
        />
      ))}
      <More
        shown={pages * PAGE}
        total={total}
        onMore={() => {
          setPages(pages + 1);
        }}
        trans={trans}
      />
    </div>
  );
}
