import type { IListing } from '../history/tokens';

/** What the language takes for something else than a name or a value; see docs/query.md. */
const MEANT = /[\s()"'=!<>~]/;
const KEYWORDS = ['and', 'or', 'not', 'changed', 'added', 'modified', 'removed'];

/** A text as the language spells it: quoted where it has characters, or is a word, that means something. */
export function quoted(text: string): string {
  if (text && !MEANT.test(text) && !KEYWORDS.includes(text.toLowerCase())) {
    return text;
  }
  return `"${text.replace(/[\\"]/g, String.raw`\$&`)}"`;
}

/** The condition that the field `field` is the text `value`, whatever that looks like: `"0.9"` is a text. */
export function term(field: string, value: string): string {
  const spelled = quoted(value);
  const number = spelled === value && (!Number.isNaN(Number(value)) || /^(true|false)$/i.test(value));
  return `${field} == ${number ? `"${value}"` : spelled}`;
}

/** A query that fits what `where` does and `condition` too. */
export function narrowed(where: string, condition: string): string {
  const before = where.trim();
  if (!before || before === condition) {
    return condition;
  }
  if (before.endsWith(` and ${condition}`) || before.startsWith(`${condition} and `)) {
    return before;
  }
  return `${/\bor\b/i.test(before) ? `(${before})` : before} and ${condition}`;
}

/** Whether a listing leaves something out, or is in another order than that of the history. */
export function isPlain(listing: IListing): boolean {
  return !listing.where.trim() && listing.sort === null;
}

/** How many characters, as the server counts them, come before a place in a text. */
export function pointsBefore(text: string, place: number): number {
  return Array.from(text.slice(0, place)).length;
}

/** The place in a text that so many of the server's characters come before. */
export function placeAfter(text: string, points: number): number {
  return Array.from(text).slice(0, points).join('').length;
}

/** The text around the part that is wrong, which is at least one character wide. */
export function parted(text: string, start: number, end: number): [string, string, string] {
  const points = Array.from(text);
  const last = Math.max(end, start + 1);
  const wrong = points.slice(start, last).join('');
  return [points.slice(0, start).join(''), wrong || '\u00a0', points.slice(last).join('')];
}

/** The queries that were asked before, with one more: the newest first, each once. */
export function remembered(past: readonly string[], query: string, most: number): string[] {
  const asked = query.trim();
  return asked ? [asked, ...past.filter(one => one !== asked)].slice(0, most) : [...past];
}

/** A query with an option put into the place that it is for, and where the caret is then. */
export function completed(
  text: string,
  option: string,
  start: number,
  end: number
): { readonly text: string; readonly caret: number } {
  const before = text.slice(0, placeAfter(text, start)) + option;
  const after = text.slice(placeAfter(text, end));
  const space = after.startsWith(' ') ? '' : ' ';
  return { text: before + space + after, caret: before.length + 1 };
}
