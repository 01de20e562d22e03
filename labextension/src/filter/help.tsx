import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import type { FilterModel } from './model';

/** Examples of queries that show what the language can say, each asked for by a click. */
export function Help({ model, trans }: { model: FilterModel; trans: TranslationBundle }): React.ReactElement {
  const metric = model.names?.metrics[0]?.name ?? 'acc';
  const name = /^[\w./-]+$/.test(metric) ? metric : 'acc';
  const examples: readonly (readonly [string, string])[] = [
    [`${name} > 0.9 and time > 7d`, trans.__('A metric, and made within the last seven days')],
    ['branch == main and not starred == true', trans.__('Fields and their values')],
    ['data/train.csv changed', trans.__('That changed a file; also *.csv added, modified, removed')],
    ['"deeper trees"', trans.__('With these words in the message, author, notebook, a tag or a label')],
    ['optimizer ~ adam or model == forest', trans.__('A parameter that has a word in it, or is one')]
  ];
  return (
    <div className="jp-mlversion-FilterBar-help" id="mlversion-filter-help" role="region" aria-label={trans.__('Examples of queries')}>
      <ul>
        {examples.map(([query, meaning]) => (
          <li key={query}>
            <button type="button" className="jp-mlversion-Link" onClick={() => void model.apply(query)}>
              <code>{query}</code>
            </button>
            <span className="jp-mlversion-note">{meaning}</span>
          </li>
        ))}
      </ul>
      <p className="jp-mlversion-note">
        {trans.__('The same words do in %1 and in Python: %2', '%mlversion log --where', 'mlversion.open().find(…)')}
      </p>
    </div>
  );
}
