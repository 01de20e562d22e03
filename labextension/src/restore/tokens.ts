import { Token } from '@lumino/coreutils';
import type { Restorer } from './restorer';

/** Brings versions back. */
export const IRestorer = new Token<Restorer>('jupyter-mlversion:IRestorer', 'Restores versions, undoably.');
