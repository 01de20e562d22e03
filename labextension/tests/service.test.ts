import { Signal } from '@lumino/signaling';
import { describe, expect, it, vi } from 'vitest';
import type { IJob } from '../src/service/contract';
import { eventName } from '../src/service/events';
import { Failure, failureOf, SERVER_MISSING } from '../src/service/failure';
import { Jobs } from '../src/service/jobs';

const job = (state: IJob['state'], more: Partial<IJob> = {}): IJob => ({
  id: 'j1',
  kind: 'join',
  notebook: null,
  state,
  phase: '',
  done: 0,
  total: 0,
  error: null,
  ...more
});

/** A server with one job, whose events the test emits. */
class Source {
  latest = job('running');
  asked = 0;
  failure: Failure | null = null;
  readonly progress = new Signal<this, IJob>(this);
  readonly jobs = new Jobs(this, this.progress);

  job(): Promise<IJob> {
    this.asked += 1;
    return this.failure ? Promise.reject(this.failure) : Promise.resolve(this.latest);
  }

  cancel(): Promise<IJob> {
    return Promise.resolve(this.latest);
  }

  end(latest: IJob): void {
    this.latest = latest;
    const { result: _, ...event } = latest;
    this.progress.emit(event);
  }
}

describe('Jobs', () => {
  it('asks for the result once the end is heard, and not before', async () => {
    const source = new Source();
    const result = source.jobs.result(source.latest);
    source.progress.emit(job('running', { done: 1, total: 2 }));
    expect(source.asked).toBe(0);
    source.end(job('done', { result: 42 }));
    expect(await result).toBe(42);
    expect(source.asked).toBe(1);
  });

  it('hears of an end that came before the answer that names the job', async () => {
    const source = new Source();
    const started = source.latest;
    source.end(job('done', { result: 'early' }));
    expect(await source.jobs.result(started)).toBe('early');
  });

  it('tells of each step', async () => {
    const source = new Source();
    const steps: number[] = [];
    const result = source.jobs.result(source.latest, ({ done }) => steps.push(done));
    source.progress.emit(job('running', { done: 5 }));
    source.progress.emit(job('running', { id: 'another', done: 7 }));
    source.end(job('done', { done: 9, result: 1 }));
    await result;
    expect(steps.slice(0, 2)).toEqual([0, 5]);
    expect(steps).not.toContain(7);
  });

  it('rejects with the error of a job that failed', async () => {
    const source = new Source();
    const result = source.jobs.result(source.latest);
    source.end(job('failed', { error: { kind: 'disk-full', message: 'No room', hint: 'Make some' } }));
    await expect(result).rejects.toMatchObject({ kind: 'disk-full', hint: 'Make some', message: 'No room' });
  });

  it('rejects as cancelled when it was cancelled', async () => {
    const source = new Source();
    const result = source.jobs.result(source.latest);
    source.end(job('cancelled'));
    await expect(result).rejects.toMatchObject({ kind: 'cancelled' });
  });

  it('asks by itself when events are lost', async () => {
    vi.useFakeTimers();
    try {
      const source = new Source();
      const result = source.jobs.result(source.latest);
      source.latest = job('done', { result: 'found' });
      await vi.advanceTimersByTimeAsync(3000);
      expect(await result).toBe('found');
    } finally {
      vi.useRealTimers();
    }
  });

  it('does not ask while events come, however long the job takes', async () => {
    vi.useFakeTimers();
    try {
      const source = new Source();
      const result = source.jobs.result(source.latest);
      for (let second = 0; second < 60; second += 1) {
        await vi.advanceTimersByTimeAsync(1000);
        source.progress.emit(job('running', { done: second }));
      }
      expect(source.asked).toBe(0);
      source.latest = job('done', { result: 'slow' });
      await vi.advanceTimersByTimeAsync(3000);
      expect(await result).toBe('slow');
    } finally {
      vi.useRealTimers();
    }
  });

  it('asks again while the server cannot be reached, and gives up after a minute', async () => {
    vi.useFakeTimers();
    try {
      const source = new Source();
      source.failure = failureOf(503, 'Service Unavailable', null);
      const result = source.jobs.result(source.latest);
      await vi.advanceTimersByTimeAsync(30_000);
      expect(source.asked).toBeGreaterThan(3);
      source.failure = null;
      source.latest = job('done', { result: 'back' });
      await vi.advanceTimersByTimeAsync(15_000);
      expect(await result).toBe('back');

      source.latest = job('running');
      source.failure = new Failure({ kind: 'unreachable', message: 'No way', hint: '' });
      const lost = expect(source.jobs.result(job('running', { id: 'j2' }))).rejects.toMatchObject({ message: 'No way' });
      await vi.advanceTimersByTimeAsync(70_000);
      await lost;
    } finally {
      vi.useRealTimers();
    }
  });

  it('does not ask again for a job that the server does not know', async () => {
    vi.useFakeTimers();
    try {
      const source = new Source();
      source.failure = failureOf(404, '', { error: { kind: 'unknown-job', message: 'No job', hint: '' } });
      const lost = expect(source.jobs.result(source.latest)).rejects.toMatchObject({ kind: 'unknown-job' });
      await vi.advanceTimersByTimeAsync(3000);
      await lost;
      expect(source.asked).toBe(1);
    } finally {
      vi.useRealTimers();
    }
  });

  it('takes a null result as one', async () => {
    const source = new Source();
    expect(await source.jobs.result(job('done', { result: null }))).toBe(null);
  });
});

describe('failureOf', () => {
  it('takes the words of our errors', () => {
    const body = { error: { kind: 'unknown-version', message: 'No abc', hint: 'Try abd' } };
    const failure = failureOf(404, 'Not Found', body);
    expect([failure.kind, failure.text]).toEqual(['unknown-version', 'No abc. Try abd']);
  });

  it('takes a 404 that is not ours for a missing server part', () => {
    expect(failureOf(404, 'Not Found', { message: 'Not Found', reason: null }).kind).toBe(SERVER_MISSING);
    expect(failureOf(404, 'Not Found', null).kind).toBe(SERVER_MISSING);
  });

  it('says the status of everything else', () => {
    expect(failureOf(502, 'Bad Gateway', null).message).toBe('The server answered 502 Bad Gateway.');
  });

  it('makes a failure of whatever was thrown', () => {
    expect(Failure.of(new Error('x')).message).toBe('x');
    expect(Failure.of('y').message).toBe('y');
    const failure = failureOf(502, '', null);
    expect(Failure.of(failure)).toBe(failure);
  });
});

describe('eventName', () => {
  it('knows our events and no others', () => {
    const base = 'https://jupyter-mlversion.readthedocs.io/events/';
    expect(eventName(`${base}version-added/v1`)).toBe('version-added');
    expect(eventName(`${base}version-added/v2`)).toBe(null);
    expect(eventName('https://events.jupyter.org/jupyter_server/contents_service/v1')).toBe(null);
  });
});
