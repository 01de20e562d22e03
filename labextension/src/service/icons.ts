import { LabIcon } from '@jupyterlab/ui-components';

/** An icon in the colour of Lab's own; `path` draws on a square of 24. */
export function icon(name: string, path: string): LabIcon {
  return new LabIcon({
    name: `jupyter-mlversion:${name}`,
    svgstr: `<svg xmlns="http://www.w3.org/2000/svg" width="16" viewBox="0 0 24 24"><path class="jp-icon3" fill="#616161" d="${path}"/></svg>`
  });
}

/** The side panel's: versions on a line, with a branch. */
export const versionsIcon = new LabIcon({
  name: 'jupyter-mlversion:versions',
  svgstr: `<svg xmlns="http://www.w3.org/2000/svg" width="16" viewBox="0 0 24 24">
  <g class="jp-icon3" fill="#616161">
    <path d="M7 5.5h2v13H7zM9 12.6c4.2 0 6-1 6-4.1h2c0 4.3-2.8 6.1-8 6.1z"/>
    <circle cx="8" cy="5" r="3"/><circle cx="8" cy="19" r="3"/><circle cx="16" cy="7" r="3"/>
  </g>
</svg>`
});

/** A checkpoint: a flag. */
export const flagIcon = icon('flag', 'M6 3h2v18H6z M9 4h10l-2.5 4.5L19 13H9z');

/** Back to an earlier version. */
export const restoreIcon = icon(
  'restore',
  'M13 3a9 9 0 0 0-9 9H1l4 4 4-4H6a7 7 0 1 1 2.1 4.9l-1.4 1.4A9 9 0 1 0 13 3z M12 8v5l4.2 2.5.8-1.2-3.5-2.1V8z'
);

/** A safety version: a shield. */
export const safetyIcon = icon('safety', 'M12 2 4 5v6c0 5 3.4 9.7 8 11 4.6-1.3 8-6 8-11V5z');
