import { Dialog } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import { ReactWidget } from '@jupyterlab/ui-components';
import * as React from 'react';
import type { IVersion } from '../service/contract';
import { Failure } from '../service/failure';
import { bytesText, titleOf, visibleText } from '../service/words';
import type { IDeleted } from './requests';

/** How many versions, and how many files, are shown before the rest is only counted. */
const MOST = 8;

/** Whether the user agrees to delete versions, knowing what that would free. `foreseen` is asked for meanwhile. */
export async function agreeToDelete(
  versions: readonly IVersion[],
  foreseen: Promise<IDeleted>,
  trans: TranslationBundle
): Promise<boolean> {
  const [only] = versions;
  const title =
    versions.length === 1 && only
      ? trans.__('Delete version %1?', only.short)
      : trans._n('Delete %1 version?', 'Delete %1 versions?', versions.length);
  const answer = await new Dialog({
    title,
    body: new DeletionBody(versions, foreseen, trans),
    buttons: [
      Dialog.cancelButton({ label: trans.__('Cancel') }),
      Dialog.warnButton({ label: trans.__('Delete') })
    ],
    defaultButton: 0
  }).launch();
  return answer.button.accept;
}

class DeletionBody extends ReactWidget {
  constructor(versions: readonly IVersion[], foreseen: Promise<IDeleted>, trans: TranslationBundle) {
    super();
    this.addClass('jp-mlversion-Deletion');
    this._versions = versions;
    this._foreseen = foreseen;
    this._trans = trans;
  }

  protected override render(): React.ReactElement {
    return <Deletion versions={this._versions} foreseen={this._foreseen} trans={this._trans} />;
  }

  private readonly _versions: readonly IVersion[];
  private readonly _foreseen: Promise<IDeleted>;
  private readonly _trans: TranslationBundle;
}

interface IDeletionProps {
  versions: readonly IVersion[];
  foreseen: Promise<IDeleted>;
  trans: TranslationBundle;
}

function Deletion({ versions, foreseen, trans }: IDeletionProps): React.ReactElement {
  const [deleted, setDeleted] = React.useState<IDeleted | Failure | null>(null);
  React.useEffect(() => {
    let shown = true;
    foreseen.then(
      answer => {
        if (shown) {
          setDeleted(answer);
        }
      },
      (reason: unknown) => {
        if (shown) {
          setDeleted(Failure.of(reason));
        }
      }
    );
    return () => {
      shown = false;
    };
  }, [foreseen]);
  const kept = deleted instanceof Failure ? {} : (deleted?.kept ?? {});
  return (
    <>
      <ul className="jp-mlversion-Deletion-versions">
        {versions.slice(0, MOST).map(version => (
          <li key={version.id}>
            <code>{version.short}</code> <bdi>{titleOf(version.message) || trans.__('without a message')}</bdi>
            {version.starred ? <span className="jp-mlversion-note"> {trans.__('(starred)')}</span> : null}
            {kept[version.id] ? (
              <span className="jp-mlversion-note">
                {trans.__('Its files are kept in any case: %1.', kept[version.id] ?? '')}
              </span>
            ) : null}
          </li>
        ))}
        <Rest count={versions.length - MOST} trans={trans} />
      </ul>
      <div aria-live="polite">
        {deleted === null ? <p role="status">{trans.__('Looking at what that would free…')}</p> : null}
        {deleted instanceof Failure ? (
          <p className="jp-mlversion-Warning">
            {trans.__('What that would free cannot be told.')} {deleted.text}
          </p>
        ) : null}
        {deleted && !(deleted instanceof Failure) ? <Freed deleted={deleted} trans={trans} /> : null}
      </div>
      <p className="jp-mlversion-note">
        {trans.__(
          'Deleted versions are hidden. Their contents stay until garbage is collected, and until then they can be listed again.'
        )}
      </p>
    </>
  );
}

function Freed({ deleted, trans }: { deleted: IDeleted; trans: TranslationBundle }): React.ReactElement {
  const { adds, contents, content_count: count } = deleted;
  const paths = byPath(contents);
  if (!count) {
    return <p>{trans.__('Nothing would be freed: other versions need all of their contents.')}</p>;
  }
  return (
    <>
      <p>
        <b>{trans.__('Collecting garbage would then free %1.', bytesText(adds))}</b>
      </p>
      <ul className="jp-mlversion-Deletion-contents">
        {paths.slice(0, MOST).map(([path, { bytes, times }]) => (
          <li key={path}>
            <span className="jp-mlversion-path">
              {visibleText(path)}
              {times > 1 ? <span className="jp-mlversion-note">{trans.__('as it was %1 times', times)}</span> : null}
            </span>
            <span>{bytesText(bytes)}</span>
          </li>
        ))}
        <Rest count={paths.length - MOST + (count - contents.length)} trans={trans} />
      </ul>
    </>
  );
}

/** What would be freed of each path, the largest first. */
function byPath(contents: IDeleted['contents']): [string, { bytes: number; times: number }][] {
  const found = new Map<string, { bytes: number; times: number }>();
  for (const { path, bytes } of contents) {
    const before = found.get(path) ?? { bytes: 0, times: 0 };
    found.set(path, { bytes: before.bytes + bytes, times: before.times + 1 });
  }
  return [...found].sort((a, b) => b[1].bytes - a[1].bytes);
}

function Rest({ count, trans }: { count: number; trans: TranslationBundle }): React.ReactElement | null {
  return count > 0 ? <li className="jp-mlversion-note">{trans._n('and %1 more', 'and %1 more', count)}</li> : null;
}
