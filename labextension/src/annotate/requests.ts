import type { Api } from '../service/api';
import type { IVersion } from '../service/contract';

/** What is said of versions; what is left out stays as it is. */
export interface ISaying {
  /** An empty one brings back the message that the version was made with. */
  message?: string;
  note?: string;
  add_labels?: string[];
  remove_labels?: string[];
  starred?: boolean;
}

/** What a deletion does, or would do; sizes in bytes. */
export interface IDeleted {
  versions: IVersion[];
  /** Id → why its contents are kept all the same. */
  kept: Record<string, string>;
  /** What gc would free then, and what of it because of these versions. */
  frees: number;
  adds: number;
  /** The largest of the `content_count` contents that would be freed. */
  contents: { path: string; bytes: number; digest: string }[];
  content_count: number;
  /** Paths of an undeleted version whose bytes are gone. */
  missing: string[];
}

/** All tags, name → id; and what the one in question named before. */
export interface ITags {
  tags: Record<string, string>;
  before: string | null;
}

/** The branches of a line, name → id of the newest version, and the one that it stands on. */
export interface IBranches {
  line: string;
  branch: string | null;
  branches: Record<string, string>;
  before: string | null;
}

/** The requests about what is said of versions; `notebook` is a contents path without a drive. */
export class Annotations {
  constructor(api: Api) {
    this._api = api;
  }

  async say(notebook: string, versions: string[], saying: ISaying): Promise<IVersion[]> {
    const body = { notebook, versions, ...saying };
    return (await this._api.send<{ versions: IVersion[] }>('PATCH', 'versions', body)).versions;
  }

  tags(notebook: string): Promise<ITags> {
    return this._api.get('tags', { notebook });
  }

  /** `move`: whether another version may lose the tag. */
  tag(notebook: string, name: string, version: string, move = false): Promise<ITags> {
    return this._api.send('PUT', `tags/${encodeURIComponent(name)}`, { notebook, version, move });
  }

  untag(notebook: string, name: string): Promise<ITags> {
    const query = new URLSearchParams({ notebook }).toString();
    return this._api.send('DELETE', `tags/${encodeURIComponent(name)}?${query}`);
  }

  branches(notebook: string, line: string): Promise<IBranches> {
    return this._api.get('branches', { notebook, line });
  }

  openBranch(notebook: string, name: string, version: string): Promise<IBranches> {
    return this._api.send('PUT', `branches/${encodeURIComponent(name)}`, { notebook, version });
  }

  renameBranch(notebook: string, line: string, old: string, name: string): Promise<IBranches> {
    return this._api.send('PATCH', `branches/${encodeURIComponent(old)}`, { notebook, line, name });
  }

  removeBranch(notebook: string, line: string, name: string): Promise<IBranches> {
    const query = new URLSearchParams({ notebook, line }).toString();
    return this._api.send('DELETE', `branches/${encodeURIComponent(name)}?${query}`);
  }

  /** What deleting would do. */
  foresee(notebook: string, versions: string[]): Promise<IDeleted> {
    return this._api.send('POST', 'deletions', { notebook, versions, dry_run: true });
  }

  delete(notebook: string, versions: string[]): Promise<IDeleted> {
    return this._api.send('POST', 'deletions', { notebook, versions });
  }

  undelete(notebook: string, versions: string[]): Promise<IDeleted> {
    return this._api.send('POST', 'undeletions', { notebook, versions });
  }

  /** Labels that versions of the workspace have. */
  async knownLabels(notebook: string): Promise<string[]> {
    const where = 'label == ';
    const { options } = await this._api.get<{ options: string[] }>('completions', {
      notebook,
      where,
      place: where.length
    });
    return options.map(unquoted).filter(Boolean);
  }

  private readonly _api: Api;
}

/** A text as a query writes it, without its quotes. */
function unquoted(text: string): string {
  const match = /^\s*"(.*)"\s*$/s.exec(text);
  return match?.[1]?.replace(/\\(.)/g, '$1') ?? text.trim();
}
