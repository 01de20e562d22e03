import { Dialog, showDialog } from '@jupyterlab/apputils';
import { Task } from '../service/task';
import type { IVersionService } from '../service/tokens';

/** The answer of `verify`. */
interface IVerified {
  ok: boolean;
  damage: { kind: string; digest: string; versions: string[]; paths: string[]; detail: string }[];
}

/** How many of the harmed contents are named. */
const MOST = 20;

/** Check the stored content of the notebook's workspace, at the contents path `notebook`, and say what was found. */
export async function verifyContent(service: IVersionService, notebook: string): Promise<void> {
  const { api, trans } = service;
  const task = new Task(service, trans.__('Verify'));
  try {
    const job = await api.start('verify', { notebook, read_data: true });
    const found = await task.follow<IVerified>(job);
    if (found.ok) {
      await task.end({ type: 'success', message: trans.__('All stored content is there and unharmed.') });
      return;
    }
    const count = trans._n('%1 stored content is harmed.', '%1 stored contents are harmed.', found.damage.length);
    await task.end({ type: 'warning', message: count });
    await showDialog({ title: count, body: told(service, found), buttons: [Dialog.okButton({ label: trans.__('Close') })] });
  } catch (reason) {
    await task.fail(reason);
  }
}

/** What is harmed, as text: nothing that came from outside becomes markup. */
function told({ trans }: IVersionService, { damage }: IVerified): string {
  const lines = damage
    .slice(0, MOST)
    .map(({ paths, detail, versions }) => `${paths.join(', ') || versions.map(id => id.slice(0, 10)).join(', ')}: ${detail}`);
  const rest = damage.length > MOST ? [trans._n('and %1 more', 'and %1 more', damage.length - MOST)] : [];
  const repair = trans.__('This mends what can be mended, from files that are still there: mlversion verify --repair');
  return [...lines, ...rest, repair].join('\n');
}
