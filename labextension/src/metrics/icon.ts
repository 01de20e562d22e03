import { icon } from '../service/icons';

/** A chart of lines. */
export const metricsIcon = icon(
  'metrics',
  'M3 3h2v16h16v2H3z M7 15.3 11.2 9l3.6 3.6L20 5.2l1.6 1.2-6.6 9.4-3.5-3.5-2.9 4.3z'
);
