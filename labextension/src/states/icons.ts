import { icon } from '../service/icons';

/** Something needs attention: a triangle with a mark. */
export const warningIcon = icon('warning', 'M12 3 1.5 21h21zm1 14.5h-2v-2h2zm0-3.5h-2v-4.5h2z');

/** Nothing can be written: a lock. */
export const lockIcon = icon(
  'lock',
  'M17 9h-1V7a4 4 0 0 0-8 0v2H7a2 2 0 0 0-2 2v8a2 2 0 0 0 2 2h10a2 2 0 0 0 2-2v-8a2 2 0 0 0-2-2zm-7-2a2 2 0 0 1 4 0v2h-4z'
);

/** No room: a disk. */
export const diskIcon = icon(
  'disk',
  'M6 3h12l2.5 12v4a2 2 0 0 1-2 2h-13a2 2 0 0 1-2-2v-4zm1.6 2-1.9 9h12.6l-1.9-9zM17 19a1.2 1.2 0 1 0 0-2.4 1.2 1.2 0 0 0 0 2.4z'
);

/** No way to the server: a plug that is out. */
export const offlineIcon = icon(
  'offline',
  'M3.3 2 2 3.3l4.6 4.6A5 5 0 0 0 7 17.9h9.6L20.7 22l1.3-1.3zM7 15.900a3 3 0 0 1 .2-6h1.400l6 6zM19.400 10A7 7 0 0 0 9 5.100l1.500 1.500A5 5 0 0 1 17.500 11v1H19a2 2 0 0 1 1.200 3.600l1.400 1.400A4 4 0 0 0 19.400 10z'
);
