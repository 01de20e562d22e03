/** What the list asks of the server; see docs/http-api.md. */

import type { Api } from '../service/api';
import type { IVersion } from '../service/contract';
import type { IListing } from './tokens';

/** A line of the graph: by the version, from a child above to it, or from it to a parent below. */
export type Edge = readonly [from: number, to: number, kind: 'by' | 'child' | 'parent'];

/** What is drawn of the graph beside a version. */
export interface IRow {
  readonly lane: number;
  readonly edges: readonly Edge[];
}

/** A version in the list. */
export interface IListed extends IVersion {
  /** Null where the order is not that of the history. */
  row: IRow | null;
  /** By how much each metric differs from the version before. */
  change: Record<string, number>;
  starred?: boolean;
  /** Files whose content is not in the store. */
  missing?: number;
}

/** The least and the most of a metric over the list. */
export interface IRange {
  low: number;
  high: number;
  /** Null where nobody knows. */
  lower_is_better: boolean | null;
}

/** A page of the versions that are listed. */
export interface IPage {
  versions: IListed[];
  /** The row where it begins. */
  offset: number;
  head: string | null;
  line: string | null;
  /** How many versions the whole list has. */
  total: number;
  ranges: Record<string, IRange>;
  /** How many safety versions there are, listed or not. */
  safeties: number;
}

/** Versions of the list of `notebook`, after leaving out a number of them; or the page of a version, by its id. */
export function listed(api: Api, notebook: string, listing: IListing, at: number | string, limit: number): Promise<IPage> {
  return api.get('versions', {
    notebook,
    limit,
    ...(typeof at === 'number' ? { offset: at } : { around: at }),
    graph: 1,
    where: listing.where || null,
    sort: listing.sort,
    ascending: listing.ascending ? 1 : null,
    all: listing.all ? 1 : null,
    safety: listing.safety ? 1 : null
  });
}
