/** What kinds of errors mean, by the names that docs/http-api.md gives them: pure, without Jupyter. */

/** The version of this front end; the same as that of the package (a test sees to it). */
export const RELEASE = '0.1.0';

const NO_ROOM: ReadonlySet<string> = new Set(['no-room', 'disk-full', 'quota-reached']);
const DAMAGE: ReadonlySet<string> = new Set(['damage', 'corrupt-chunk', 'corrupt-history']);

/** There is no room for what was asked. */
export function isNoRoom(kind: string): boolean {
  return NO_ROOM.has(kind);
}

/** Stored bytes are not what they were. */
export function isDamage(kind: string): boolean {
  return DAMAGE.has(kind);
}

/** How two releases differ that are written as numbers with points: negative when `a` is the older one. */
export function compareReleases(a: string, b: string): number {
  const [as, bs] = [numbersOf(a), numbersOf(b)];
  for (let place = 0; place < Math.max(as.length, bs.length); place += 1) {
    const difference = (as[place] ?? 0) - (bs[place] ?? 0);
    if (difference !== 0) {
      return difference;
    }
  }
  return 0;
}

function numbersOf(release: string): number[] {
  return (/^\d+(\.\d+)*/.exec(release)?.[0] ?? '').split('.').map(Number);
}
