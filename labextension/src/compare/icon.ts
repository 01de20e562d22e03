import { icon } from '../service/icons';

/** Two versions side by side. */
export const compareIcon = icon('compare', 'M4 4h7v16H4zm2 2v12h3V6z M13 4h7v16h-7z');
