import type { Event } from '@jupyterlab/services';
import { type ISignal, Signal } from '@lumino/signaling';
import type { IJob, IVersion } from './contract';

const PREFIX = 'https://jupyter-mlversion.readthedocs.io/events/';

/** A version was made; `prefix` is the contents path of its workspace. */
export interface IVersionAdded {
  workspace: string;
  prefix: string | null;
  line: string;
  version: IVersion;
  seconds: number;
}

export interface IRestoreFinished {
  workspace: string;
  prefix: string | null;
  line: string;
  id: string;
  version: string;
  safety_version: string | null;
}

export interface IWorkspaceChanged {
  workspace: string;
  prefix: string | null;
}

/** Kernels of a workspace logged values. */
export type IMetricsLogged = IWorkspaceChanged;

/** The name of one of our events, from its schema id; null for everyone else's. */
export function eventName(schemaId: string): string | null {
  const match = schemaId.startsWith(PREFIX) && /^([a-z-]+)\/v1$/.exec(schemaId.slice(PREFIX.length));
  return match ? (match[1] ?? null) : null;
}

/** Our events out of the server's stream, which carries everyone's. */
export class Events {
  constructor(stream: Event.Stream) {
    stream.connect(this._onEmission, this);
  }

  get versionAdded(): ISignal<this, IVersionAdded> {
    return this._versionAdded;
  }

  get restoreFinished(): ISignal<this, IRestoreFinished> {
    return this._restoreFinished;
  }

  get jobProgress(): ISignal<this, IJob> {
    return this._jobProgress;
  }

  get workspaceChanged(): ISignal<this, IWorkspaceChanged> {
    return this._workspaceChanged;
  }

  get metricsLogged(): ISignal<this, IMetricsLogged> {
    return this._metricsLogged;
  }

  private _onEmission(_: Event.IManager, emission: Event.Emission): void {
    const data: unknown = emission;
    switch (eventName(emission.schema_id)) {
      case 'version-added':
        this._versionAdded.emit(data as IVersionAdded);
        break;
      case 'restore-finished':
        this._restoreFinished.emit(data as IRestoreFinished);
        break;
      case 'job-progress':
        this._jobProgress.emit(data as IJob);
        break;
      case 'workspace-changed':
        this._workspaceChanged.emit(data as IWorkspaceChanged);
        break;
      case 'metrics-logged':
        this._metricsLogged.emit(data as IMetricsLogged);
        break;
      default:
        break;
    }
  }

  private readonly _versionAdded = new Signal<this, IVersionAdded>(this);
  private readonly _restoreFinished = new Signal<this, IRestoreFinished>(this);
  private readonly _jobProgress = new Signal<this, IJob>(this);
  private readonly _metricsLogged = new Signal<this, IMetricsLogged>(this);
  private readonly _workspaceChanged = new Signal<this, IWorkspaceChanged>(this);
}
