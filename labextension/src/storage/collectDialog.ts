import { Dialog } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import { Widget } from '@lumino/widgets';
import { bytesText } from '../service/words';
import type { ICollecting, IStorage } from './requests';

/** How garbage is to be collected; null when the user leaves it. */
export async function askToCollect(storage: IStorage, trans: TranslationBundle): Promise<ICollecting | null> {
  const answer = await new Dialog({
    title: trans.__('Collect garbage?'),
    body: new CollectBody(storage, trans),
    buttons: [Dialog.cancelButton({ label: trans.__('Cancel') }), Dialog.okButton({ label: trans.__('Collect') })]
  }).launch();
  return answer.button.accept ? (answer.value ?? {}) : null;
}

class CollectBody extends Widget implements Dialog.IBodyWidget<ICollecting> {
  constructor({ frees, quarantine_bytes: waiting }: IStorage, trans: TranslationBundle) {
    super();
    this.addClass('jp-mlversion-Collect');
    const what = document.createElement('p');
    what.textContent = trans.__(
      'What no version needs, now %1, goes into the quarantine, and is removed for good some days later. Rules of retention in mlversion.toml, if there are any, are followed first.',
      bytesText(frees)
    );
    const label = document.createElement('label');
    this._now.type = 'checkbox';
    label.append(
      this._now,
      ' ',
      waiting
        ? trans.__('Remove at once, with the %1 that wait already. Deleted versions cannot get it back.', bytesText(waiting))
        : trans.__('Remove at once. Deleted versions cannot get their files back.')
    );
    this.node.append(what, label);
  }

  getValue(): ICollecting {
    return { now: this._now.checked };
  }

  private readonly _now = document.createElement('input');
}
