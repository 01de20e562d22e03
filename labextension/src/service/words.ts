import type { TranslationBundle } from '@jupyterlab/translation';
import type { Float, ICheckpointed, ICounts, Value } from './contract';

const UNITS = ['B', 'KB', 'MB', 'GB', 'TB'] as const;

/** How people see the name of a version: a full id shortened, a name as it is. */
export function shortOf(version: string): string {
  return /^[0-9a-f]{40}$/.test(version) ? version.slice(0, 8) : version;
}

/** A size in bytes, in decimal units as file managers write it. */
export function bytesText(bytes: number): string {
  let size = bytes;
  let unit = 0;
  while (size >= 999.5 && unit < UNITS.length - 1) {
    size /= 1000;
    unit += 1;
  }
  const digits = unit === 0 || size >= 99.5 ? 0 : 1;
  return `${size.toFixed(digits)} ${UNITS[unit] ?? ''}`;
}

/** A number with four significant digits; whole numbers stay whole. */
export function numberText(value: Float): string {
  if (typeof value === 'string' || Number.isInteger(value)) {
    return String(value);
  }
  const size = Math.abs(value);
  return size >= 1e-3 && size < 1e6 ? String(Number(value.toPrecision(4))) : value.toExponential(3);
}

/** A configuration value as Python would write it, shortened. */
export function valueText(value: Value): string {
  if (value === null) {
    return 'None';
  }
  if (typeof value === 'boolean') {
    return value ? 'True' : 'False';
  }
  return typeof value === 'number' ? numberText(value) : value;
}

export function secondsText(seconds: number): string {
  if (seconds < 60) {
    return `${seconds < 9.95 ? seconds.toFixed(1) : seconds.toFixed(0)} s`;
  }
  const minutes = Math.floor(seconds / 60);
  return `${minutes} min ${Math.floor(seconds % 60)} s`;
}

/** How long ago `time` (ISO 8601) was, seen from `now` (milliseconds since the epoch). */
export function ageText(trans: TranslationBundle, time: string, now: number): string {
  const seconds = Math.max(0, (now - Date.parse(time)) / 1000);
  if (Number.isNaN(seconds)) {
    return '';
  }
  if (seconds < 60) {
    return trans.__('just now');
  }
  if (seconds < 3600) {
    return trans.__('%1 min', Math.floor(seconds / 60));
  }
  if (seconds < 86400) {
    return trans.__('%1 h', Math.floor(seconds / 3600));
  }
  return seconds < 86400 * 60
    ? trans._n('%1 day', '%1 days', Math.floor(seconds / 86400))
    : new Date(time).toLocaleDateString();
}

/** An author without the address. */
export function authorName(author: string): string {
  return author.replace(/\s*<[^<>]*>$/, '') || author;
}

/** Text of others with what hides in it, or turns its order around, written out: `\u202e`. */
export function visibleText(text: string): string {
  return text.replace(
    /(?![\t\n])[\p{Cc}\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff]/gu,
    char => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`
  );
}

/** The first line of a message; an untitled version has none. */
export function titleOf(message: string): string {
  return visibleText((message.split('\n', 1)[0] ?? '').trim());
}

/** Characters of a title. */
const LONGEST_TITLE = 72;

/** What the version of a cell is called: its first comment, else its first line; as the kernel extension does it. */
export function cellTitle(source: string): string {
  const lines = source.split('\n').map(line => line.trim());
  const code = lines.filter(line => line && !line.startsWith('%'));
  const comments = code
    .filter(line => line.startsWith('#'))
    .map(line => line.replace(/^#+[ \-=%]*/, '').replace(/[ \-=%]+$/, ''));
  const title = comments.find(Boolean) ?? code[0] ?? '';
  return title.length <= LONGEST_TITLE ? title : `${title.slice(0, LONGEST_TITLE - 1)}…`;
}

/** What a version changed among its artifacts: "2 files added, 1 modified". */
export function countsText(trans: TranslationBundle, counts: ICounts): string {
  const { added, modified, removed } = counts;
  // The first says what is counted.
  const first = [
    added ? trans._n('%1 file added', '%1 files added', added) : '',
    modified ? trans._n('%1 file modified', '%1 files modified', modified) : '',
    removed ? trans._n('%1 file removed', '%1 files removed', removed) : ''
  ].find(Boolean);
  const others = [
    modified && added ? trans.__('%1 modified', modified) : '',
    removed && (added || modified) ? trans.__('%1 removed', removed) : ''
  ].filter(Boolean);
  return first ? [first, ...others].join(', ') : trans._n('%1 file, none changed', '%1 files, none changed', counts.artifacts);
}

/** The metrics that a short text can show: those in `wanted`, else the first `most`. */
export function someMetrics(metrics: Record<string, Float>, wanted: readonly string[], most: number): [string, Float][] {
  const all = Object.entries(metrics);
  const chosen = wanted.length ? all.filter(([name]) => wanted.includes(name)) : all;
  return (chosen.length ? chosen : all).slice(0, most);
}

/** What a toast says of a checkpoint: which version, how long, what changed. */
export function checkpointText(trans: TranslationBundle, result: ICheckpointed, wanted: readonly string[] = []): string {
  const { version } = result;
  if (result.unchanged || !version) {
    return version
      ? trans.__('Nothing changed since version %1, so there is no new one.', version.short)
      : trans.__('Nothing changed, so there is no new version.');
  }
  const metrics = someMetrics(version.metrics, wanted, 2).map(([name, value]) => `${name} ${numberText(value)}`);
  const changes = countsText(trans, version.counts);
  const facts = [changes, bytesText(result.bytes_new), ...metrics].join(' · ');
  return trans.__('Version %1 in %2: %3', version.short, secondsText(result.seconds), facts);
}
