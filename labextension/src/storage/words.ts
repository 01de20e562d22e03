import type { TranslationBundle } from '@jupyterlab/translation';
import type { IShare } from './requests';

/** What contents are, in words. */
export function roleText(trans: TranslationBundle, role: string): string {
  const words: Record<string, string> = {
    notebook: trans.__('Notebooks'),
    data: trans.__('Data'),
    model: trans.__('Models'),
    other: trans.__('Other files'),
    metrics: trans.__('Metrics and what was logged'),
    splits: trans.__('Splits'),
    code: trans.__('State of the code')
  };
  return words[role] ?? role;
}

/** What a line is called. */
export function lineText(trans: TranslationBundle, { line, notebook }: Pick<IShare, 'line' | 'notebook'>): string {
  return notebook ?? (line === 'workspace' ? trans.__('The workspace itself') : trans.__('%1 (its notebook is gone)', line));
}

/** What kind of damage there is, in words. */
export function damageText(trans: TranslationBundle, kind: string): string {
  const words: Record<string, string> = {
    chunk: trans.__('Content damaged'),
    pack: trans.__('Pack damaged'),
    manifest: trans.__('List of chunks damaged'),
    missing: trans.__('Content missing'),
    history: trans.__('History damaged')
  };
  return words[kind] ?? kind;
}
