import type { IStateDB } from '@jupyterlab/statedb';
import type { ReadonlyPartialJSONValue } from '@lumino/coreutils';
import type { IListing } from '../history/tokens';

/** What of the list is remembered for a workspace. */
export interface IRemembered {
  readonly listing: IListing;
  /** The metrics that rows show; null: as the settings say. */
  readonly metrics: readonly string[] | null;
  /** Queries that were asked before, the newest first. */
  readonly past: readonly string[];
}

export const FRESH: IRemembered = {
  listing: { where: '', sort: null, ascending: false, all: false, safety: false },
  metrics: null,
  past: []
};

/** What was remembered, of whatever form it may be by now. */
export function rememberedFrom(value: unknown): IRemembered {
  const plain = isRecord(value) ? value : {};
  const listing = isRecord(plain.listing) ? plain.listing : {};
  return {
    listing: {
      where: typeof listing.where === 'string' ? listing.where : '',
      sort: typeof listing.sort === 'string' ? listing.sort : null,
      ascending: listing.ascending === true,
      all: listing.all === true,
      safety: listing.safety === true
    },
    metrics: Array.isArray(plain.metrics) ? texts(plain.metrics) : null,
    past: texts(plain.past)
  };
}

/** The choices of each workspace, kept where Lab keeps its state; without that, for as long as the page lives. */
export class Memory {
  constructor(state: IStateDB | null) {
    this._state = state;
  }

  async read(workspace: string): Promise<IRemembered> {
    const known = this._known.get(workspace);
    if (known || !this._state) {
      return known ?? FRESH;
    }
    try {
      return rememberedFrom(await this._state.fetch(key(workspace)));
    } catch {
      return FRESH; // What cannot be read was lost with the state of Lab.
    }
  }

  write(workspace: string, remembered: IRemembered): void {
    this._known.set(workspace, remembered);
    // Plain values only, which the types of interfaces do not say.
    this._state?.save(key(workspace), remembered as unknown as ReadonlyPartialJSONValue).catch(() => undefined);
  }

  private readonly _state: IStateDB | null;
  private readonly _known = new Map<string, IRemembered>();
}

function key(workspace: string): string {
  return `jupyter-mlversion:list:${workspace}`;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function texts(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((one): one is string => typeof one === 'string') : [];
}
