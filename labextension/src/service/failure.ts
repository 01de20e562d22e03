import type { IErrorBody } from './contract';

/** The kind of a failure that means: this server does not have the server part of the extension. */
export const SERVER_MISSING = 'server-missing';

/** The kind of a failure that means: whoever uses this page has to log in, as the server has a new token or forgot the session. */
export const UNAUTHENTICATED = 'unauthenticated';

/** The statuses with which servers and proxies refuse who is not logged in. */
const REFUSED: ReadonlySet<number> = new Set([401, 403]);

/** The statuses of proxies and hubs that do not reach the server behind them. */
const PASSING: ReadonlySet<number> = new Set([424, 502, 503, 504]);

/** An error in the words that every surface shows: what was wrong and where, and what to do. */
export class Failure extends Error {
  /** `status`: of the HTTP answer; 0 when there was none. */
  constructor(body: IErrorBody, status = 0) {
    super(body.message);
    this.kind = body.kind;
    this.hint = body.hint;
    this.place = body.place ?? null;
    this.status = status;
  }

  /** Whatever was thrown, as a failure. */
  static of(reason: unknown): Failure {
    if (reason instanceof Failure) {
      return reason;
    }
    const message = reason instanceof Error ? reason.message : String(reason);
    return new Failure({ kind: 'unexpected', message, hint: '' });
  }

  /** Whether the same request may succeed in a moment: the network, or a proxy, has no way to the server now. */
  get passing(): boolean {
    return this.kind === 'unreachable' || (this.kind === 'http' && PASSING.has(this.status));
  }

  /** Message and hint in one text. */
  get text(): string {
    return textOf(this);
  }

  readonly kind: string;
  readonly hint: string;
  /** The characters of a query that are wrong, as the server counts them: from, to. */
  readonly place: readonly [number, number] | null;
  readonly status: number;
}

/** A message and its hint as sentences. */
export function textOf({ message, hint }: { message: string; hint: string }): string {
  return hint ? `${message}${/[.!?:…]$/.test(message) ? '' : '.'} ${hint}` : message;
}

/** The error that the body of an answer holds, if it is one of ours. */
export function errorIn(body: unknown): IErrorBody | null {
  if (typeof body !== 'object' || body === null || !('error' in body)) {
    return null;
  }
  const { error } = body;
  if (typeof error !== 'object' || error === null || !('kind' in error) || !('message' in error)) {
    return null;
  }
  const hint = 'hint' in error ? String(error.hint) : '';
  const plain: IErrorBody = { kind: String(error.kind), message: String(error.message), hint };
  return 'start' in error && 'end' in error ? { ...plain, place: [Number(error.start), Number(error.end)] } : plain;
}

/** The failure that an answer with the HTTP status `status` and the body `body` stands for. */
export function failureOf(status: number, reason: string, body: unknown): Failure {
  const error = errorIn(body);
  if (error) {
    return new Failure(error);
  }
  if (status === 404) {
    return new Failure({
      kind: SERVER_MISSING,
      message: 'This Jupyter server does not have the server part of jupyter_mlversion.',
      hint: 'Install it in the environment of the server, then start the server again.'
    });
  }
  if (REFUSED.has(status)) {
    return new Failure({
      kind: UNAUTHENTICATED,
      message: 'The server does not know who is asking.',
      hint: 'Log in again, or reload the page.'
    });
  }
  const message = `The server answered ${status} ${reason}`.trim() + '.';
  return new Failure({ kind: 'http', message, hint: '' }, status);
}
