import { LabIcon } from '@jupyterlab/ui-components';

/** Two versions side by side. */
export const compareIcon = new LabIcon({
  name: 'jupyter-mlversion:compare',
  svgstr: `<svg xmlns="http://www.w3.org/2000/svg" width="16" viewBox="0 0 24 24">
  <g class="jp-icon3" fill="#616161">
    <path d="M4 4h7v16H4zm2 2v12h3V6z"/><path d="M13 4h7v16h-7z"/>
  </g>
</svg>`
});
