import type { TranslationBundle } from '@jupyterlab/translation';
import type { ICount, INames } from './requests';

/** What an option is, in a few words. */
export function detailOf(option: string, names: INames | null, trans: TranslationBundle): string {
  const name = option.startsWith('"') ? option.slice(1, -1).replace(/\\(.)/g, '$1') : option;
  const field = names?.fields.find(one => one.name === option);
  if (field) {
    return field.meaning;
  }
  const metric = names?.metrics.find(one => one.name === name);
  if (metric) {
    return trans._n('metric, %1 version', 'metric, %1 versions', metric.count);
  }
  const param = names?.params.find(one => one.name === name);
  return param ? trans._n('parameter, %1 version', 'parameter, %1 versions', param.count) : '';
}

/** "12 of 340 versions", or that the server is asked. */
export function countText(model: { readonly busy: boolean; readonly count: ICount | null }, trans: TranslationBundle): string {
  if (model.busy || !model.count) {
    return model.busy ? trans.__('Searching…') : '';
  }
  const { fitting, total } = model.count;
  return fitting === total
    ? trans._n('%1 version', '%1 versions', total)
    : trans._n('%2 of %1 version', '%2 of %1 versions', total, fitting);
}
