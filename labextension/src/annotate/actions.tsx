import type { LabIcon } from '@jupyterlab/ui-components';
import { editIcon, searchIcon } from '@jupyterlab/ui-components';
import type { CommandRegistry } from '@lumino/commands';
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import type { IHistory } from '../history/tokens';
import type { IVersion } from '../service/contract';
import { BRANCH, LABELS, NOTE, RENAME, REVEAL, STAR, TAG } from './commands';
import { branchIcon, labelIcon, noteIcon, starIcon, starredIcon, tagIcon } from './icons';

interface IActionsProps {
  commands: CommandRegistry;
  history: IHistory;
  trans: TranslationBundle;
}

/** What is said of the version whose details are shown, and buttons that say more. */
export function VersionActions({ commands, history, trans }: IActionsProps): React.ReactElement | null {
  const [version, ...others] = history.chosen;
  if (!version || others.length) {
    return null;
  }
  const button = (id: string, Icon: LabIcon, label: string, pressed?: boolean): React.ReactElement => (
    <button
      type="button"
      className={pressed ? 'jp-mlversion-IconButton jp-mod-on' : 'jp-mlversion-IconButton'}
      title={label}
      aria-label={label}
      {...(pressed === undefined ? {} : { 'aria-pressed': pressed })}
      onClick={() => void commands.execute(id, { versions: [version.id] })}
    >
      <Icon.react tag="span" width="16px" height="16px" />
    </button>
  );
  return (
    <div className="jp-mlversion-Said">
      <div className="jp-mlversion-Said-actions" role="group" aria-label={trans.__('About this version')}>
        {button(STAR, version.starred ? starredIcon : starIcon, trans.__('Star'), version.starred ?? false)}
        {button(RENAME, editIcon, trans.__('Rename'))}
        {button(NOTE, noteIcon, version.note ? trans.__('Edit the note') : trans.__('Write a note'))}
        {button(LABELS, labelIcon, trans.__('Labels'))}
        {button(TAG, tagIcon, trans.__('Add a tag'))}
        {button(BRANCH, branchIcon, trans.__('New branch here'))}
        {version.cell_id ? button(REVEAL, searchIcon, trans.__('Show the cell that made it')) : null}
      </div>
      <Said version={version} trans={trans} />
    </div>
  );
}

function Said({ version, trans }: { version: IVersion; trans: TranslationBundle }): React.ReactElement {
  return (
    <>
      {version.original_message ? (
        <p className="jp-mlversion-note">
          {trans.__('Made as:')} <bdi>{version.original_message}</bdi>
        </p>
      ) : null}
      {version.labels.length ? (
        <ul className="jp-mlversion-Labels" aria-label={trans.__('Labels')}>
          {version.labels.map(label => (
            <li key={label} className="jp-mlversion-Label">
              <bdi title={label}>{label}</bdi>
            </li>
          ))}
        </ul>
      ) : null}
      {version.note ? <p className="jp-mlversion-Note">{version.note}</p> : null}
    </>
  );
}
