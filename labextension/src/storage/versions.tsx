import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import type { IVersion } from '../service/contract';
import { ageText, bytesText, titleOf } from '../service/words';

/** How many deleted versions are listed before the rest is only counted. */
const MOST = 100;

function Version({ version, trans }: { version: IVersion; trans: TranslationBundle }): React.ReactElement {
  return (
    <>
      <code>{version.short}</code> <bdi>{titleOf(version.message) || trans.__('without a message')}</bdi>{' '}
      <span className="jp-mlversion-note">
        {version.notebook ?? ''} {ageText(trans, version.time, Date.now())}
      </span>
    </>
  );
}

/** The versions that added most to the store. */
export function Largest(props: {
  versions: readonly IVersion[];
  trans: TranslationBundle;
}): React.ReactElement | null {
  const { versions, trans } = props;
  if (!versions.length) {
    return null;
  }
  return (
    <section aria-label={trans.__('Versions that added most')}>
      <h3>{trans.__('Versions that added most')}</h3>
      <ol className="jp-mlversion-Storage-versions">
        {versions.map(version => (
          <li key={version.id}>
            <span>
              <Version version={version} trans={trans} />
            </span>
            <span>{bytesText(version.bytes_new)}</span>
          </li>
        ))}
      </ol>
    </section>
  );
}

/** The deleted versions, each with a button that lists it again. */
export function DeletedVersions(props: {
  versions: readonly IVersion[];
  trans: TranslationBundle;
  onUndelete: (versions: readonly IVersion[]) => void;
}): React.ReactElement {
  const { versions, trans, onUndelete } = props;
  return (
    <section aria-label={trans.__('Deleted versions')}>
      <h3>
        {trans.__('Deleted versions')} <span className="jp-mlversion-count">{versions.length}</span>
        {versions.length > 1 ? (
          <button
            type="button"
            className="jp-mlversion-Button"
            onClick={() => {
              onUndelete(versions);
            }}
          >
            {trans.__('Undelete All')}
          </button>
        ) : null}
      </h3>
      {versions.length ? (
        <ul className="jp-mlversion-Storage-versions">
          {versions.slice(0, MOST).map(version => (
            <li key={version.id}>
              <span>
                <Version version={version} trans={trans} />
              </span>
              <button
                type="button"
                className="jp-mlversion-Button"
                aria-label={trans.__('Undelete version %1', version.short)}
                onClick={() => {
                  onUndelete([version]);
                }}
              >
                {trans.__('Undelete')}
              </button>
            </li>
          ))}
          {versions.length > MOST ? (
            <li className="jp-mlversion-note">{trans._n('and %1 more', 'and %1 more', versions.length - MOST)}</li>
          ) : null}
        </ul>
      ) : (
        <p className="jp-mlversion-note">{trans.__('There are none.')}</p>
      )}
    </section>
  );
}
