import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import type { IMistake } from './model';
import { parted } from './query';

/** What is wrong with the query, the wrong part of it marked, and what to do. */
export function Mistake({ mistake, trans }: { mistake: IMistake; trans: TranslationBundle }): React.ReactElement {
  const { query, start, end, failure } = mistake;
  const [before, wrong, after] = parted(query, start, end);
  return (
    <div id="mlversion-filter-mistake" className="jp-mlversion-FilterBar-mistake" role="alert">
      {failure.place ? (
        <code>
          {before}
          <mark aria-label={trans.__('wrong: %1', wrong)}>{wrong}</mark>
          {after}
        </code>
      ) : null}
      <p>{failure.message}</p>
      {failure.hint ? <p>{failure.hint}</p> : null}
    </div>
  );
}
