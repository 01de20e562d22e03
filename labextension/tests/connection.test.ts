import type { JupyterFrontEnd } from '@jupyterlab/application';
import { Signal } from '@lumino/signaling';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { IHistory } from '../src/history/tokens';
import { Failure, UNAUTHENTICATED } from '../src/service/failure';
import type { IVersionService } from '../src/service/tokens';
import { Connection } from '../src/states/connection';

const AWAY = new Failure({ kind: 'unreachable', message: 'The Jupyter server cannot be reached.', hint: '' });

/** A page and a server that goes and comes; counts the questions. */
class World {
  constructor() {
    const parts = {
      service: { api: this, statuses: { forget: () => (this.forgotten += 1) } } as unknown as IVersionService,
      history: { refresh: () => this.ask() } as unknown as IHistory,
      manager: { connectionFailure: this.lab, kernels: { runningChanged: this.running } } as unknown as Manager
    };
    this.connection = new Connection(parts.service, parts.history, parts.manager);
  }

  ask(): Promise<void> {
    this.asked += 1;
    if (this.isAway) {
      this.failed.emit(AWAY);
    } else {
      this.answered.emit();
    }
    return Promise.resolve();
  }

  isAway = false;
  asked = 0;
  forgotten = 0;
  readonly failed = new Signal<this, Failure>(this);
  readonly answered = new Signal<this, void>(this);
  readonly lab = new Signal<this, Error>(this);
  readonly running = new Signal<this, void>(this);
  readonly connection: Connection;
}

type Manager = JupyterFrontEnd['serviceManager'];

describe('the connection', () => {
  const page = new EventTarget();
  const seen = Object.assign(new EventTarget(), { hidden: false });

  beforeEach(() => {
    vi.useFakeTimers();
    vi.stubGlobal('window', page);
    vi.stubGlobal('document', seen);
    seen.hidden = false;
  });

  afterEach(() => {
    vi.useRealTimers();
    vi.unstubAllGlobals();
  });

  it('is never asked for while the server answers', () => {
    const world = new World();
    vi.advanceTimersByTime(600_000);
    world.running.emit();
    page.dispatchEvent(new Event('focus'));
    vi.advanceTimersByTime(600_000);
    expect(world.asked).toBe(0);
  });

  it('is lost when Lab sees that, and found again by asking less and less', () => {
    const world = new World();
    world.isAway = true;
    world.lab.emit(new Error('no way'));
    expect([world.connection.offline, world.asked]).toEqual([true, 1]);
    vi.advanceTimersByTime(59_000);
    expect(world.asked).toBe(6); // after 1, 3, 7, 15 and 30 seconds
    world.isAway = false;
    vi.advanceTimersByTime(31_000);
    expect([world.connection.offline, world.forgotten]).toEqual([false, 1]);
    vi.advanceTimersByTime(600_000);
    expect(world.forgotten).toBe(2); // once more, for what happened before Lab's events were back
    expect(world.asked).toBe(7);
  });

  it('is asked for at once when something says that the server is back', () => {
    const world = new World();
    world.isAway = true;
    world.lab.emit(new Error('no way'));
    vi.advanceTimersByTime(300_000);
    world.isAway = false;
    const asked = world.asked;
    world.running.emit();
    page.dispatchEvent(new Event('focus'));
    vi.advanceTimersByTime(500);
    expect([world.connection.offline, world.asked]).toEqual([false, asked + 1]);
  });

  it('is not asked for by a page that nobody sees', () => {
    const world = new World();
    world.isAway = true;
    world.lab.emit(new Error('no way'));
    seen.hidden = true;
    vi.advanceTimersByTime(600_000);
    expect(world.asked).toBe(1);
    seen.hidden = false;
    seen.dispatchEvent(new Event('visibilitychange'));
    vi.advanceTimersByTime(500);
    expect(world.asked).toBe(2);
  });

  it('is tried again when the page is looked at after its login was refused, once', () => {
    const world = new World();
    const refused = new Failure({ kind: UNAUTHENTICATED, message: '', hint: '' });
    world.answered.emit();
    world.failed.emit(refused);
    expect(world.asked).toBe(0);
    page.dispatchEvent(new Event('focus'));
    seen.dispatchEvent(new Event('visibilitychange'));
    expect(world.asked).toBe(1);
    page.dispatchEvent(new Event('focus'));
    expect(world.asked).toBe(1);
  });
});
