import { Dialog, showDialog } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import { Task } from '../service/task';
import type { IVersionService } from '../service/tokens';
import { shortOf } from '../service/words';

/** Something that is not as it was stored. */
interface IDamage {
  kind: string;
  digest: string;
  versions: string[];
  paths: string[];
  detail: string;
}

/** The answer of `verify`; of a repair, what is left. */
interface IVerified {
  ok: boolean;
  damage: IDamage[];
}

/** How many of the harmed contents are named. */
const MOST = 50;

/**
 * Check the stored content of the notebook's workspace, at the contents path `notebook`, say what was found, and mend
 * what can be mended when that is wanted.
 */
export async function verifyContent(service: IVersionService, notebook: string, repair = false): Promise<void> {
  const { api, trans } = service;
  const task = new Task(service, repair ? trans.__('Repair') : trans.__('Verify'));
  try {
    const job = await api.start('verify', { notebook, read_data: true, repair });
    const found = await task.follow<IVerified>(job);
    if (found.ok) {
      await task.end({ type: 'success', message: trans.__('All stored content is there and unharmed.') });
      return;
    }
    const title = trans._n('%1 stored content is harmed.', '%1 stored contents are harmed.', found.damage.length);
    await task.end({ type: 'warning', message: title });
    const close = Dialog.cancelButton({ label: trans.__('Close') });
    const mend = Dialog.okButton({ label: trans.__('Repair') });
    const answer = await showDialog({
      title,
      body: <Damages damage={found.damage} repaired={repair} trans={trans} />,
      buttons: repair ? [close] : [close, mend]
    });
    if (answer.button.accept && !repair) {
      await verifyContent(service, notebook, true);
    }
  } catch (reason) {
    await task.fail(reason);
  }
}

function Damages(props: { damage: IDamage[]; repaired: boolean; trans: TranslationBundle }): React.ReactElement {
  const { damage, repaired, trans } = props;
  const rest = damage.length - MOST;
  return (
    <div className="jp-mlversion-Damages">
      <ul>
        {damage.slice(0, MOST).map(({ kind, digest, paths, versions, detail }, index) => (
          <li key={index} title={detail}>
            <span className="jp-mlversion-path">{paths.join(', ') || `${kind} ${digest}`}</span>
            <span className="jp-mlversion-note">
              {versions.length
                ? trans._n('needed by version %2', 'needed by versions %2', versions.length, versions.map(shortOf).join(', '))
                : detail}
            </span>
          </li>
        ))}
        {rest > 0 ? <li>{trans._n('and %1 more', 'and %1 more', rest)}</li> : null}
      </ul>
      <p>
        {repaired
          ? trans.__('Nothing here has sound copies of these. Bring the files back from a backup, then repair again.')
          : trans.__('A repair takes sound copies from the files that are there now; it changes no version.')}
      </p>
    </div>
  );
}
