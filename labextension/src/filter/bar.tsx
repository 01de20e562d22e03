import { UseSignal, closeIcon, filterDotIcon, filterIcon, settingsIcon } from '@jupyterlab/ui-components';
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import { Choices } from './choices';
import { Combobox } from './combobox';
import { Help } from './help';
import { Mistake } from './mistake';
import type { FilterModel } from './model';
import { Order } from './order';
import { isPlain } from './query';
import { countText } from './words';

interface IProps {
  model: FilterModel;
  trans: TranslationBundle;
}

/** The filter box of the panel, the order of the list, and how many versions that leaves. */
export function FilterBar({ model, trans }: IProps): React.ReactElement {
  return <UseSignal signal={model.changed}>{() => <Bar model={model} trans={trans} />}</UseSignal>;
}

function Bar({ model, trans }: IProps): React.ReactElement {
  const [opened, setOpened] = React.useState<'help' | 'choices' | null>(null);
  const { listing, mistake } = model;
  const plain = isPlain(listing);
  const Icon = plain ? filterIcon : filterDotIcon;
  const toggle = (what: 'help' | 'choices'): void => {
    void model.learn();
    setOpened(opened === what ? null : what);
  };
  return (
    <search className={plain ? 'jp-mlversion-FilterBar' : 'jp-mlversion-FilterBar jp-mod-filtered'}>
      <div className="jp-mlversion-FilterBar-line">
        <Icon.react tag="span" width="16px" height="16px" className="jp-mlversion-FilterBar-mark" />
        <Combobox model={model} trans={trans} />
        {model.draft || !plain ? (
          <button
            type="button"
            className="jp-mlversion-IconButton"
            title={trans.__('Show all versions, newest first')}
            aria-label={trans.__('Show all versions, newest first')}
            onClick={() => void model.clear()}
          >
            <closeIcon.react tag="span" width="14px" height="14px" />
          </button>
        ) : null}
        <button
          type="button"
          className="jp-mlversion-IconButton"
          title={trans.__('What can be asked')}
          aria-label={trans.__('What can be asked')}
          aria-expanded={opened === 'help'}
          onClick={() => {
            toggle('help');
          }}
        >
          <span aria-hidden="true">?</span>
        </button>
      </div>
      {mistake ? <Mistake mistake={mistake} trans={trans} /> : null}
      {opened === 'help' ? <Help model={model} trans={trans} /> : null}
      <div className="jp-mlversion-FilterBar-line">
        <Order model={model} trans={trans} />
        <span className="jp-mlversion-FilterBar-count" role="status">
          {countText(model, trans)}
        </span>
        <button
          type="button"
          className="jp-mlversion-IconButton"
          title={trans.__('What the list shows')}
          aria-label={trans.__('What the list shows')}
          aria-expanded={opened === 'choices'}
          onClick={() => {
            toggle('choices');
          }}
        >
          <settingsIcon.react tag="span" width="14px" height="14px" />
        </button>
      </div>
      {opened === 'choices' ? <Choices model={model} trans={trans} /> : null}
    </search>
  );
}
