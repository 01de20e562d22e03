import { LabIcon } from '@jupyterlab/ui-components';

/** A chart of lines. */
export const metricsIcon = new LabIcon({
  name: 'jupyter-mlversion:metrics',
  svgstr: `<svg xmlns="http://www.w3.org/2000/svg" width="16" viewBox="0 0 24 24">
  <g class="jp-icon3" fill="#616161">
    <path d="M3 3h2v16h16v2H3z"/>
    <path d="M7 15.3 11.2 9l3.6 3.6L20 5.2l1.6 1.2-6.6 9.4-3.5-3.5-2.9 4.3z"/>
  </g>
</svg>`
});
