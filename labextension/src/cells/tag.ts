import type { ICellModel } from '@jupyterlab/cells';

/** The tag when the server does not say another. */
export const DEFAULT_TAG = 'checkpoint';

/** The tags of a cell; whatever is not a list of texts counts as none. */
export function tagsOf(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((tag): tag is string => typeof tag === 'string') : [];
}

/** `tags` with `tag` where it was missing, and without it where it was. */
export function toggled(tags: readonly string[], tag: string): string[] {
  return tags.includes(tag) ? tags.filter(other => other !== tag) : [...tags, tag];
}

/** Whether running the cell makes a version. */
export function isTagged(cell: ICellModel, tag: string): boolean {
  return cell.type === 'code' && tagsOf(cell.getMetadata('tags')).includes(tag);
}

/** Add or remove the tag, as one undoable edit. */
export function toggleTag(cell: ICellModel, tag: string): void {
  const tags = toggled(tagsOf(cell.getMetadata('tags')), tag);
  if (tags.length) {
    cell.setMetadata('tags', tags);
  } else {
    cell.deleteMetadata('tags');
  }
}
