import * as React from 'react';
import type { IViewProps } from './panel';
import { titleOf } from '../service/words';

/** What is chosen and what is folded away; and, for who cannot see the list, which version came. */
export function Foot({ model, service, safeties }: IViewProps & { safeties: number }): React.ReactElement {
  const { trans } = service;
  const { listing, chosen, news } = model;
  return (
    <div className="jp-mlversion-Foot">
      {chosen.length > 1 ? (
        <span>
          {trans._n('%1 version chosen', '%1 versions chosen', chosen.length)}{' '}
          <button
            type="button"
            className="jp-mlversion-Link"
            onClick={() => {
              model.choose([]);
            }}
          >
            {trans.__('Choose none')}
          </button>
        </span>
      ) : null}
      {safeties ? (
        <button
          type="button"
          className="jp-mlversion-Link"
          aria-expanded={listing.safety}
          onClick={() => {
            model.listing = { ...listing, safety: !listing.safety };
          }}
        >
          {listing.safety
            ? trans._n('Hide %1 safety version', 'Hide %1 safety versions', safeties)
            : trans._n('Show %1 safety version', 'Show %1 safety versions', safeties)}
        </button>
      ) : null}
      <span className="jp-mlversion-unseen" role="status">
        {news ? trans.__('New version: %1', titleOf(news.message) || news.short) : ''}
      </span>
    </div>
  );
}
