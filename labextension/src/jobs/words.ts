import type { TranslationBundle } from '@jupyterlab/translation';
import type { IJob } from '../service/contract';

/** What a job does, in words. */
export function jobTitle(trans: TranslationBundle, kind: string): string {
  const words: Record<IJob['kind'], string> = {
    checkpoint: trans.__('Checkpoint'),
    join: trans.__('Checkpoint'),
    restore: trans.__('Restore'),
    gc: trans.__('Collecting garbage'),
    verify: trans.__('Verifying')
  };
  // A server newer than this front end may name others.
  return (words as Partial<Record<string, string>>)[kind] ?? kind;
}

/** How much of its phase a job has done, from 0 to 1; null when that is not known. */
export function share(job: Pick<IJob, 'done' | 'total'>): number | null {
  return job.total > 0 ? Math.min(1, Math.max(0, job.done / job.total)) : null;
}

/** The same in words: "reading versions, 45 %". */
export function progressText(trans: TranslationBundle, job: Pick<IJob, 'phase' | 'done' | 'total'>): string {
  const part = share(job);
  const percent = part === null ? '' : trans.__('%1 %', Math.floor(part * 100));
  return [job.phase, percent].filter(Boolean).join(', ');
}
