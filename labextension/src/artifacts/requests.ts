import { URLExt } from '@jupyterlab/coreutils';
import { ServerConnection } from '@jupyterlab/services';
import type { IJob } from '../service/contract';
import { Failure, failureOf } from '../service/failure';
import type { IVersionService } from '../service/tokens';
import type { DifferenceAnswer, IDifferenceOfFile, IPart, Preview } from './answers';
import type { IArtifactFile, IArtifactPair } from './tokens';

/** Where a file is asked for: `notebook` is a contents path. */
export interface IPlace {
  readonly notebook: string;
  readonly version: string;
  readonly short: string;
  readonly path: string;
}

/** What stands for the workspace where a version is asked for. */
export const WORKSPACE = 'workspace';

/** A file of a version on the server. */
export class ArtifactFile implements IArtifactFile {
  constructor(place: IPlace, service: IVersionService, settings: ServerConnection.ISettings) {
    this._place = place;
    this._service = service;
    this._settings = settings;
  }

  get version(): string {
    return this._place.version;
  }

  get short(): string {
    return this._place.short;
  }

  get path(): string {
    return this._place.path;
  }

  preview(part: IPart = {}): Promise<Preview> {
    return this._service.api.get(this._url('preview'), { notebook: this._place.notebook, ...part });
  }

  async bytes(): Promise<Blob> {
    const { baseUrl } = this._settings;
    const query = new URLSearchParams({ notebook: this._place.notebook });
    const url = `${URLExt.join(baseUrl, 'mlversion/api')}/${this._url('contents')}?${query.toString()}`;
    let response: Response;
    try {
      response = await ServerConnection.makeRequest(url, {}, this._settings);
    } catch (error) {
      const hint = error instanceof Error ? error.message : '';
      throw new Failure({ kind: 'unreachable', message: 'The Jupyter server cannot be reached.', hint });
    }
    if (!response.ok) {
      const body: unknown = await response.json().catch(() => null);
      throw failureOf(response.status, response.statusText, body);
    }
    return response.blob();
  }

  private _url(what: string): string {
    return `versions/${encodeURIComponent(this.version)}/${what}/${encodedPath(this.path)}`;
  }

  private readonly _place: IPlace;
  private readonly _service: IVersionService;
  private readonly _settings: ServerConnection.ISettings;
}

/** A file of a version beside the same of another one, or of the workspace. */
export class ArtifactPair implements IArtifactPair {
  /** `working`: hears of a job, where one is needed, and of its progress. */
  constructor(
    notebook: string,
    before: ArtifactFile,
    after: ArtifactFile,
    service: IVersionService,
    working: (job: IJob) => void
  ) {
    this.before = before;
    this.after = after;
    this._notebook = notebook;
    this._service = service;
    this._working = working;
  }

  readonly before: ArtifactFile;
  readonly after: ArtifactFile;

  get path(): string {
    return this.before.path;
  }

  async difference(key: string | null): Promise<IDifferenceOfFile> {
    const { api, jobs } = this._service;
    const version = encodeURIComponent(this.before.version);
    const answer = await api.get<DifferenceAnswer>(`versions/${version}/artifact-difference/${encodedPath(this.path)}`, {
      notebook: this._notebook,
      to: this.after.version,
      key
    });
    return 'job' in answer ? jobs.result<IDifferenceOfFile>(answer.job, this._working) : answer;
  }

  private readonly _notebook: string;
  private readonly _service: IVersionService;
  private readonly _working: (job: IJob) => void;
}

function encodedPath(path: string): string {
  return path.split('/').map(encodeURIComponent).join('/');
}
