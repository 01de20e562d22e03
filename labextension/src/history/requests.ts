/** What the list asks of the server; see docs/http-api.md. */

import type { Api } from '../service/api';
import type { IVersion } from '../service/contract';
import type { IListing } from './tokens';

/** A page of the versions that are listed. */
export interface IPage {
  versions: IVersion[];
  head: string | null;
  line: string | null;
  /** How many versions the whole list has. */
  total: number;
}

/** Versions of the list of `notebook`, after leaving out `offset` of them. */
export function listed(api: Api, notebook: string, listing: IListing, offset: number, limit: number): Promise<IPage> {
  return api.get('versions', {
    notebook,
    limit,
    offset,
    where: listing.where || null,
    sort: listing.sort,
    ascending: listing.ascending ? 1 : null,
    all: listing.all ? 1 : null,
    safety: listing.safety ? 1 : null
  });
}
