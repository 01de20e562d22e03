import type { Kernel, KernelSpec } from '@jupyterlab/services';
import { type ISignal, Signal } from '@lumino/signaling';
import { Failure } from '../service/failure';
import { type Loading, load } from './silent';

/** After these a kernel has forgotten what was loaded into it. */
const FORGETFUL: ReadonlySet<Kernel.Status> = new Set(['starting', 'restarting', 'autorestarting', 'dead', 'terminating']);

/** Loads the kernel extension into each kernel, once for each start. */
export class KernelLoader {
  constructor(options: { specs: () => KernelSpec.ISpecModels | null; enabled: () => boolean }) {
    this._specs = options.specs;
    this._enabled = options.enabled;
  }

  /** Emitted with the id of a kernel when more is known of it. */
  get changed(): ISignal<this, string> {
    return this._changed;
  }

  /** Queue the request that loads the extension, unless it was sent since the kernel started. Returns at once. */
  ensure(kernel: Kernel.IKernelConnection): void {
    if (this._loadings.has(kernel.id)) {
      return;
    }
    this._watch(kernel);
    const loading = this._load(kernel).catch((reason: unknown): Loading => {
      return { kind: 'failed', failure: Failure.of(reason) };
    });
    this._loadings.set(kernel.id, loading);
    void loading.then(known => {
      if (this._loadings.get(kernel.id) === loading) {
        this._known.set(kernel.id, known);
        this._changed.emit(kernel.id);
      }
    });
  }

  /** How the loading ended; null when it never began. */
  async loading(kernelId: string): Promise<Loading | null> {
    return (await this._loadings.get(kernelId)) ?? null;
  }

  /** What is known now. */
  known(kernelId: string): Loading | null {
    return this._known.get(kernelId) ?? null;
  }

  private async _load(kernel: Kernel.IKernelConnection): Promise<Loading> {
    if (!this._enabled()) {
      return { kind: 'off' };
    }
    const language = this._specs()?.kernelspecs[kernel.name]?.language ?? 'python';
    return language.toLowerCase() === 'python' ? load(kernel) : { kind: 'other-language', language };
  }

  private _watch(kernel: Kernel.IKernelConnection): void {
    if (this._watched.has(kernel)) {
      return;
    }
    this._watched.add(kernel);
    kernel.statusChanged.connect((_, status) => {
      if (FORGETFUL.has(status)) {
        this._loadings.delete(kernel.id);
        this._known.delete(kernel.id);
        this._changed.emit(kernel.id);
      }
    });
  }

  private readonly _specs: () => KernelSpec.ISpecModels | null;
  private readonly _enabled: () => boolean;
  private readonly _changed = new Signal<this, string>(this);
  private readonly _loadings = new Map<string, Promise<Loading>>();
  private readonly _known = new Map<string, Loading>();
  private readonly _watched = new WeakSet<Kernel.IKernelConnection>();
}
