import { URLExt } from '@jupyterlab/coreutils';
import type { INotebookContent } from '@jupyterlab/nbformat';
import { ServerConnection } from '@jupyterlab/services';
import type {
  IDetail,
  IDifference,
  IFigure,
  IJob,
  ILogged,
  ILoggedContent,
  IStatus,
  IVersions,
  SplitView
} from './contract';
import { type ISignal, Signal } from '@lumino/signaling';
import { Failure, failureOf } from './failure';

export type Query = Record<string, string | number | null | undefined>;

/** The server's resources, typed. Every method rejects with a `Failure`. */
export class Api {
  constructor(settings: ServerConnection.ISettings) {
    this._settings = settings;
  }

  /** Emitted with each failure of a request. */
  get failed(): ISignal<this, Failure> {
    return this._failed;
  }

  /** Emitted when the server has answered. */
  get answered(): ISignal<this, void> {
    return this._answered;
  }

  status(notebook: string): Promise<IStatus> {
    return this.get('status', { notebook });
  }

  versions(notebook: string, options: { before?: string; limit?: number } = {}): Promise<IVersions> {
    return this.get('versions', { notebook, safety: 1, ...options });
  }

  version(notebook: string, id: string): Promise<IDetail> {
    return this.get(`versions/${encodeURIComponent(id)}`, { notebook });
  }

  difference(notebook: string, id: string, to?: string): Promise<IDifference> {
    return this.get(`versions/${encodeURIComponent(id)}/difference`, { notebook, to });
  }

  /** The figures of one version: its metrics over steps, or the class balance of its splits. */
  async figures(notebook: string, id: string, of: 'metrics' | 'splits'): Promise<IFigure[]> {
    const answer = await this.get<{ figures: IFigure[] }>(`versions/${encodeURIComponent(id)}/figures/${of}`, {
      notebook
    });
    return answer.figures;
  }

  /** Some of the figures of one view of a split, and how many there are. */
  splitFigures(
    notebook: string,
    id: string,
    number: number,
    view: SplitView,
    first: number,
    limit: number
  ): Promise<{ figures: IFigure[]; total: number }> {
    const path = `versions/${encodeURIComponent(id)}/figures/splits/${number}/${view}`;
    return this.get(path, { notebook, first, limit });
  }

  /** Where the rows of each part went, from version `id` to version `to`. */
  async splitsCompared(notebook: string, id: string, to: string): Promise<IFigure[]> {
    const path = `versions/${encodeURIComponent(id)}/figures/splits-compared`;
    return (await this.get<{ figures: IFigure[] }>(path, { notebook, to })).figures;
  }

  /** The metrics over the versions of a notebook. */
  async historyFigures(notebook: string): Promise<IFigure[]> {
    return (await this.get<{ figures: IFigure[] }>('figures/history', { notebook })).figures;
  }

  /** What the notebook's kernel logged and no version holds yet, over steps. */
  async liveFigures(notebook: string): Promise<IFigure[]> {
    return (await this.get<{ figures: IFigure[] }>('figures/runs', { notebook })).figures;
  }

  /** What the runs of a version logged besides numbers. */
  async logged(notebook: string, id: string): Promise<ILogged[]> {
    const path = `versions/${encodeURIComponent(id)}/logged`;
    return (await this.get<{ logged: ILogged[] }>(path, { notebook })).logged;
  }

  /** One of them with its content. */
  loggedContent(notebook: string, id: string, number: number): Promise<ILoggedContent> {
    return this.get(`versions/${encodeURIComponent(id)}/logged/${number}`, { notebook });
  }

  checkpoint(notebook: string, message: string, document: INotebookContent): Promise<IJob> {
    return this.start('versions', { notebook, message, document });
  }

  join(key: string, notebook: string, document: INotebookContent): Promise<IJob> {
    return this.start(`staging/${encodeURIComponent(key)}`, { notebook, document });
  }

  /** The job's state; with `wait`, in seconds, answered when it ended or after that time. */
  job(id: string, wait = 0): Promise<IJob> {
    return this.get(`jobs/${encodeURIComponent(id)}`, { wait });
  }

  cancel(id: string): Promise<IJob> {
    return this.send('DELETE', `jobs/${encodeURIComponent(id)}`);
  }

  /** What the server answers to a question; features with requests of their own ask by this. */
  get<T>(path: string, query: Query): Promise<T> {
    const words = Object.entries(query).flatMap(([name, value]) =>
      value === undefined || value === null ? [] : [[name, String(value)]]
    );
    return this.send('GET', `${path}?${new URLSearchParams(words).toString()}`);
  }

  /** Begin long work. */
  async start(path: string, body: object): Promise<IJob> {
    return (await this.send<{ job: IJob }>('POST', path, body)).job;
  }

  async send<T>(method: string, path: string, body?: object): Promise<T> {
    try {
      const answer = await this._send<T>(method, path, body);
      this._answered.emit();
      return answer;
    } catch (reason) {
      const failure = Failure.of(reason);
      if (!failure.passing) {
        this._answered.emit();
      }
      this._failed.emit(failure);
      throw failure;
    }
  }

  private async _send<T>(method: string, path: string, body?: object): Promise<T> {
    const url = URLExt.join(this._settings.baseUrl, 'mlversion/api') + '/' + path;
    const init: RequestInit = body === undefined ? { method } : { method, body: JSON.stringify(body) };
    let response: Response;
    try {
      response = await ServerConnection.makeRequest(url, init, this._settings);
    } catch (error) {
      throw new Failure({
        kind: 'unreachable',
        message: 'The Jupyter server cannot be reached.',
        hint: error instanceof Error ? error.message : ''
      });
    }
    const text = await response.text();
    let answer: unknown = null;
    try {
      answer = text ? JSON.parse(text) : null;
    } catch {
      // Not one of our answers; a page of the server or of a proxy.
    }
    if (!response.ok) {
      throw failureOf(response.status, response.statusText, answer);
    }
    return answer as T;
  }

  private readonly _settings: ServerConnection.ISettings;
  private readonly _failed = new Signal<this, Failure>(this);
  private readonly _answered = new Signal<this, void>(this);
}
