import { LabIcon } from '@jupyterlab/ui-components';
import { icon } from '../service/icons';

/** The outline of a star: not starred. */
export const starIcon = icon(
  'star',
  'M12 2.6 9.2 9 2.3 9.6l5.2 4.6L6 21l6-3.6 6 3.6-1.5-6.8 5.2-4.6L14.8 9zm0 4.9 1.5 3.4 3.7.3-2.8 2.5.8 3.6-3.2-1.9-3.2 1.9.8-3.6-2.8-2.5 3.7-.3z'
);

/** A whole star: starred. */
export const starredIcon = icon('starred', 'M12 2.6 9.2 9 2.3 9.6l5.2 4.6L6 21l6-3.6 6 3.6-1.5-6.8 5.2-4.6L14.8 9z');

/** A note: a sheet with lines. */
export const noteIcon = icon('note', 'M4 3v18h10l6-6V3zm2 2h12v9h-5v5H6zm2 3v2h8V8zm0 4v2h4v-2z');

/** A label: a card on a string. */
export const labelIcon = icon('label', 'M3 6v12h12.5l5.5-6-5.5-6zm2 2h9.6l3.7 4-3.7 4H5z M7 11h6v2H7z');

/** A branch: one way becomes two. */
export const branchIcon = new LabIcon({
  name: 'jupyter-mlversion:branch',
  svgstr: `<svg xmlns="http://www.w3.org/2000/svg" width="16" viewBox="0 0 24 24">
  <g class="jp-icon3" fill="#616161">
    <path d="M6 6h2v12H6zM8 14.5c0-3 1.5-4 4.500-4s3.500-.6 3.500-3h2c0 4-2 5-5 5s-3 .8-3 2z"/>
    <circle cx="7" cy="5" r="2.6"/><circle cx="7" cy="19" r="2.6"/><circle cx="17" cy="6" r="2.600"/>
  </g>
</svg>`
});

/** A tag: a name on a version. */
export const tagIcon = new LabIcon({
  name: 'jupyter-mlversion:tag',
  svgstr: `<svg xmlns="http://www.w3.org/2000/svg" width="16" viewBox="0 0 24 24">
  <path class="jp-icon3" fill="#616161" d="M3 3v8.500l9.500 9.500 8.500-8.500L11.500 3zm2 2h5.700l7.500 7.500-5.700 5.700L5 10.700z"/>
  <circle class="jp-icon3" fill="#616161" cx="8" cy="8" r="1.600"/>
</svg>`
});
