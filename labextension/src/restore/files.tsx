import { addIcon, caretDownIcon, caretRightIcon, closeIcon, editIcon, type LabIcon } from '@jupyterlab/ui-components';
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import type { Change } from '../service/contract';
import { More } from '../service/more';
import { bytesText, visibleText } from '../service/words';
import type { Choice, IFile, IGroup } from './choice';
import type { Role } from './requests';

/** How many files are shown at first, and more each time that more are asked for. */
const SOME = 100;

/** Up to how many files a group shows them without being asked. */
const FEW = 5;

const ICONS: Record<Change, LabIcon> = { added: addIcon, modified: editIcon, removed: closeIcon };

interface IProps {
  group: IGroup;
  choice: Choice;
  /** What else is said of the group. */
  note: string;
  trans: TranslationBundle;
  onChoice: (choice: Choice) => void;
}

/** The parts of a version, by name. */
export function roleText(trans: TranslationBundle, role: Role): string {
  const words: Record<Role, string> = {
    notebook: trans.__('Notebook'),
    data: trans.__('Data'),
    model: trans.__('Models'),
    other: trans.__('Other files')
  };
  return words[role];
}

/** What happens to a file, and to how many bytes. */
export function changeText(trans: TranslationBundle, { change, before, after }: IFile): string {
  if (change === 'removed') {
    return trans.__('removed, %1', bytesText(before ?? 0));
  }
  if (change === 'added') {
    return trans.__('comes back, %1', bytesText(after ?? 0));
  }
  return before === after
    ? trans.__('replaced, %1', bytesText(after ?? 0))
    : trans.__('replaced, %1 → %2', bytesText(before ?? 0), bytesText(after ?? 0));
}

/** One part of a version: a checkbox for all of it, and its files, each with its own. */
export function FileGroup({ group, choice, note, trans, onChoice }: IProps): React.ReactElement {
  const [open, setOpen] = React.useState(group.files.length <= FEW);
  const [shown, setShown] = React.useState(SOME);
  const id = `mlversion-restore-${group.role}`;
  const share = choice.share(group);
  const name = roleText(trans, group.role);
  const count = trans._n('%1 file', '%1 files', group.files.length);
  const Caret = open ? caretDownIcon : caretRightIcon;
  return (
    <section className="jp-mlversion-Choice" role="group" aria-labelledby={`${id}-name`}>
      <div className="jp-mlversion-Choice-head">
        <label>
          <Check
            share={share}
            onChange={chosen => {
              onChoice(choice.with(group.files, chosen));
            }}
          />
          <span id={`${id}-name`} className="jp-mlversion-Choice-name">
            {name}
          </span>
        </label>
        <span className="jp-mlversion-note">{[count, note].filter(Boolean).join(' · ')}</span>
        <button
          type="button"
          className="jp-mlversion-IconButton"
          aria-expanded={open}
          aria-controls={`${id}-files`}
          aria-label={open ? trans.__('Hide the files: %1', name) : trans.__('Show the files: %1', name)}
          title={open ? trans.__('Hide the files') : trans.__('Show the files')}
          onClick={() => {
            setOpen(!open);
          }}
        >
          <Caret.react tag="span" width="16px" height="16px" />
        </button>
      </div>
      <ul id={`${id}-files`} hidden={!open}>
        {open
          ? group.files.slice(0, shown).map(file => (
              <FileRow
                key={file.path}
                file={file}
                chosen={choice.has(file.path)}
                trans={trans}
                onChange={chosen => {
                  onChoice(choice.with([file], chosen));
                }}
              />
            ))
          : null}
      </ul>
      {open ? (
        <More
          shown={shown}
          total={group.files.length}
          onMore={() => {
            setShown(shown + SOME);
          }}
          trans={trans}
        />
      ) : null}
    </section>
  );
}

function FileRow(props: {
  file: IFile;
  chosen: boolean;
  trans: TranslationBundle;
  onChange: (chosen: boolean) => void;
}): React.ReactElement {
  const { file, chosen, trans, onChange } = props;
  const Icon = ICONS[file.change];
  return (
    <li>
      <label>
        <Check share={chosen ? 'all' : 'none'} onChange={onChange} />
        <Icon.react tag="span" width="14px" height="14px" className={`jp-mlversion-Choice-icon jp-mod-${file.change}`} />
        <span className="jp-mlversion-path">{visibleText(file.path)}</span>
      </label>
      <span className="jp-mlversion-note">{changeText(trans, file)}</span>
    </li>
  );
}

/** A checkbox that can stand between its two states. */
function Check(props: { share: 'all' | 'some' | 'none'; onChange: (chosen: boolean) => void }): React.ReactElement {
  const { share, onChange } = props;
  const box = React.useRef<HTMLInputElement>(null);
  React.useEffect(() => {
    if (box.current) {
      box.current.indeterminate = share === 'some';
    }
  }, [share]);
  return (
    <input
      ref={box}
      type="checkbox"
      checked={share === 'all'}
      onChange={() => {
        onChange(share !== 'all');
      }}
    />
  );
}
