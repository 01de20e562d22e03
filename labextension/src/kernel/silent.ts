import type { Kernel } from '@jupyterlab/services';
import { Failure } from '../service/failure';

/** The request of docs/http-api.md; idempotent, and without an effect on the user's namespace. */
export const LOAD = '__import__("jupyter_mlversion.kernel", fromlist=["load"]).load()';

/** How the loading in one kernel ended. */
export type Loading =
  | { kind: 'loaded' }
  | { kind: 'off' }
  | { kind: 'other-language'; language: string }
  | { kind: 'package-missing'; executable: string }
  | { kind: 'failed'; failure: Failure };

/** The text that a Python string literal, as `repr` writes it, stands for. */
export function fromRepr(text: string): string {
  return text.slice(1, -1).replace(/\\(.)/g, '$1');
}

/** `install`, a line for a cell (`%pip …`), as one for a terminal that uses the interpreter `executable`. */
export function terminalLine(install: string, executable: string): string {
  const quoted = /^[\w./:~+-]+$/.test(executable) ? executable : `"${executable.replace(/(["\\$`])/g, '\\$1')}"`;
  return install.replace(/^%pip\b/, `${quoted} -m pip`);
}

/** Send the request that loads the kernel extension. It is queued at once, before whatever is sent next. */
export async function load(kernel: Kernel.IKernelConnection): Promise<Loading> {
  const reply = await request(kernel, LOAD, {});
  if (reply.status === 'ok') {
    return { kind: 'loaded' };
  }
  const { ename, evalue } = reply.status === 'error' ? reply : { ename: 'Aborted', evalue: '' };
  if (ename === 'ModuleNotFoundError' && evalue.includes('jupyter_mlversion')) {
    return { kind: 'package-missing', executable: await executableOf(kernel) };
  }
  const message = `The kernel extension could not be loaded: ${ename}: ${evalue}`;
  return { kind: 'failed', failure: new Failure({ kind: 'kernel', message, hint: '' }) };
}

async function executableOf(kernel: Kernel.IKernelConnection): Promise<string> {
  const reply = await request(kernel, '', { executable: '__import__("sys").executable' });
  const answer: unknown = reply.status === 'ok' ? reply.user_expressions.executable : null;
  if (typeof answer === 'object' && answer !== null && 'data' in answer) {
    const text = (answer.data as Record<string, unknown>)['text/plain'];
    return typeof text === 'string' ? fromRepr(text) : 'python';
  }
  return 'python';
}

async function request(kernel: Kernel.IKernelConnection, code: string, expressions: Record<string, string>) {
  const content = { code, silent: true, store_history: false, allow_stdin: false, stop_on_error: false };
  const future = kernel.requestExecute({ ...content, user_expressions: expressions });
  return (await future.done).content;
}
