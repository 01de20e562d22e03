import type { TranslationBundle } from '@jupyterlab/translation';

/** Whether two moments (ISO 8601) are on different days here. */
export function isOtherDay(one: string, other: string): boolean {
  return new Date(one).toDateString() !== new Date(other).toDateString();
}

/** The day of a moment in words, seen from `now` (milliseconds since the epoch). */
export function dayText(trans: TranslationBundle, time: string, now: number): string {
  const day = new Date(time);
  const today = new Date(now);
  if (day.toDateString() === today.toDateString()) {
    return trans.__('Today');
  }
  const yesterday = new Date(today.getFullYear(), today.getMonth(), today.getDate() - 1);
  if (day.toDateString() === yesterday.toDateString()) {
    return trans.__('Yesterday');
  }
  const year = day.getFullYear() === today.getFullYear() ? {} : { year: 'numeric' as const };
  return day.toLocaleDateString(undefined, { weekday: 'long', day: 'numeric', month: 'long', ...year });
}
