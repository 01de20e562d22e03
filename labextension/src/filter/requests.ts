/** What the filter box asks of the server; see docs/http-api.md. */

import type { IListing } from '../history/tokens';
import type { Api } from '../service/api';

/** What could replace the characters from `start` to `end`, as the server counts them. */
export interface ICompletions {
  readonly start: number;
  readonly end: number;
  readonly options: readonly string[];
}

/** A metric or parameter, and how many versions have it. */
export interface IName {
  readonly name: string;
  readonly count: number;
}

/** What versions can be asked for and sorted by. */
export interface INames {
  readonly metrics: readonly IName[];
  readonly params: readonly IName[];
  readonly fields: readonly { readonly name: string; readonly kind: string; readonly meaning: string }[];
}

/** How many versions fit, of how many. */
export interface ICount {
  readonly fitting: number;
  readonly total: number;
}

export function completions(api: Api, notebook: string, where: string, place: number): Promise<ICompletions> {
  return api.get('completions', { notebook, where, place });
}

export function names(api: Api, notebook: string): Promise<INames> {
  return api.get('names', { notebook });
}

export function count(api: Api, notebook: string, listing: IListing): Promise<ICount> {
  return api.get('versions-count', {
    notebook,
    where: listing.where || null,
    all: listing.all ? 1 : null,
    safety: listing.safety ? 1 : null
  });
}
