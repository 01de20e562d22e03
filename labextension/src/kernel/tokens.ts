import { Token } from '@lumino/coreutils';
import type { KernelLoader } from './loader';

/** What is known of the kernel extension in each kernel. */
export const IKernelLoader = new Token<KernelLoader>(
  'jupyter-mlversion:IKernelLoader',
  'Loads the kernel extension, and knows where it could not be loaded.'
);
