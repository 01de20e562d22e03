import type { IVersion } from '../service/contract';

/** Characters of a label. */
export const LONGEST = 100;

/** The labels with one more, cut apart at commas; those that are there already stay where they are. */
export function withLabels(labels: readonly string[], text: string): string[] {
  const more = text
    .split(',')
    .map(label => label.trim().slice(0, LONGEST))
    .filter(Boolean);
  return [...new Set([...labels, ...more])];
}

/** The labels that all versions have, in the order of the first one's. */
export function commonLabels(versions: readonly Pick<IVersion, 'labels'>[]): string[] {
  const [first, ...others] = versions;
  return (first?.labels ?? []).filter(label => others.every(version => version.labels.includes(label)));
}

/** What makes `before` become `after`, where other labels may be beside them. */
export function labelChange(
  before: readonly string[],
  after: readonly string[]
): { add_labels: string[]; remove_labels: string[] } {
  return {
    add_labels: after.filter(label => !before.includes(label)),
    remove_labels: before.filter(label => !after.includes(label))
  };
}
