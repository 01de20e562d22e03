import type { Api } from '../service/api';
import type { IJob, IVersion } from '../service/contract';

/** Where the storage is looked at: a notebook's workspace, or a folder's; contents paths without a drive. */
export type Where = { notebook: string } | { folder: string };

/** What a line takes of the store, in bytes; `own` nobody else needs. */
export interface IShare {
  line: string;
  notebook: string | null;
  versions: number;
  bytes: number;
  own: number;
}

/** What takes the room; sizes in bytes. */
export interface IStorage {
  total: number;
  packs: number;
  packs_bytes: number;
  quarantine: number;
  quarantine_bytes: number;
  quota: number;
  disk_free: number;
  versions: number;
  hidden: number;
  /** What nothing needs. */
  frees: number;
  lines: IShare[];
  roles: Record<string, number>;
}

/** What gc did, or would do. */
export interface IGathered {
  gone: {
    version: string;
    short: string;
    rule: string;
    bytes: number;
    contents: { digest: string; path: string; bytes: number }[];
  }[];
  dead: number;
  collected: {
    dead: number;
    waiting: number;
    freed: number;
    written: number;
    packs: number;
    returned: number;
    crowded: boolean;
  } | null;
}

export interface IDamage {
  kind: string;
  digest: string | null;
  versions: string[];
  paths: string[];
  detail: string;
}

/** What verify found; after a repair, `damage` is what is left of `before`. */
export interface IVerified {
  ok: boolean;
  damage: IDamage[];
  before?: IDamage[];
}

/** How garbage is collected. */
export interface ICollecting {
  dry_run?: boolean;
  now?: boolean;
  repack?: boolean;
}

/** How many of the versions that added most are listed. */
const LARGEST = 10;

/** The requests about what takes the room. */
export class StorageRequests {
  constructor(api: Api, where: Where) {
    this._api = api;
    this.where = where;
  }

  readonly where: Where;

  storage(): Promise<IStorage> {
    return this._api.get('storage', { ...this.where });
  }

  /** The versions that added most to the store, of all notebooks. */
  async largest(): Promise<IVersion[]> {
    const query = { ...this.where, all: 1, safety: 1, sort: 'bytes', limit: LARGEST };
    return (await this._api.get<{ versions: IVersion[] }>('versions', query)).versions.filter(({ bytes_new: size }) => size > 0);
  }

  async deleted(): Promise<IVersion[]> {
    return (await this._api.get<{ versions: IVersion[] }>('deletions', { ...this.where })).versions;
  }

  async undelete(versions: string[]): Promise<string[]> {
    const body = { ...this.where, versions };
    return (await this._api.send<{ missing: string[] }>('POST', 'undeletions', body)).missing;
  }

  collect(how: ICollecting): Promise<IJob> {
    return this._api.start('gc', { ...this.where, ...how });
  }

  verify(how: { read_data?: boolean; repair?: boolean }): Promise<IJob> {
    return this._api.start('verify', { ...this.where, ...how });
  }

  /** The jobs of the workspace, in the order posted. */
  async jobs(): Promise<IJob[]> {
    return (await this._api.get<{ jobs: IJob[] }>('jobs', { ...this.where })).jobs;
  }

  private readonly _api: Api;
}
