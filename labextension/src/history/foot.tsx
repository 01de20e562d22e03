import * as React from 'react';
import type { IViewProps } from './panel';
import { titleOf } from '../service/words';

/** What is folded away; and, for who cannot see the list, which version came. */
export function Foot({ model, service, safeties }: IViewProps & { safeties: number }): React.ReactElement {
  const { trans } = service;
  const { listing, news } = model;
  return (
    <div className="jp-mlversion-Foot">
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
