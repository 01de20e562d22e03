import type { TranslationBundle } from '@jupyterlab/translation';
import { Token } from '@lumino/coreutils';
import type { TrustedOutputs } from '../restore/trust';
import type { Api } from './api';
import type { Events } from './events';
import type { Jobs } from './jobs';
import type { Preferences } from './settings';
import type { Statuses } from './statuses';
import type { Toasts } from './toasts';

/** What the plugins share: the way to the server, and the words. */
export interface IVersionService {
  readonly api: Api;
  readonly events: Events;
  readonly jobs: Jobs;
  readonly preferences: Preferences;
  readonly statuses: Statuses;
  readonly toasts: Toasts;
  /** The outputs that may run scripts when a restore brings them back. */
  readonly trusted: TrustedOutputs;
  readonly trans: TranslationBundle;
  /** The path of a document as the server knows it: without the drive of a collaborative document. */
  localPath: (path: string) => string;
}

export const IVersionService = new Token<IVersionService>(
  'jupyter-mlversion:IVersionService',
  'The versions of notebooks, data and models: requests, events and jobs of the server.'
);
