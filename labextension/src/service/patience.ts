import { Failure } from './failure';

/** Milliseconds between the attempts: about a minute, in which a server or its network comes back. */
const PAUSES = [1_000, 2_000, 4_000, 8_000, 15_000, 15_000, 15_000] as const;

/** What `ask` answers; asked again while the server cannot be reached, for about a minute. `ask` must be repeatable. */
export async function patiently<T>(ask: () => Promise<T>): Promise<T> {
  for (const pause of PAUSES) {
    try {
      return await ask();
    } catch (reason) {
      if (!Failure.of(reason).passing) {
        throw reason;
      }
    }
    await new Promise(resolve => setTimeout(resolve, pause));
  }
  return ask();
}
