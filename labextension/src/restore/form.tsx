import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import { bytesText, titleOf } from '../service/words';
import type { Choice } from './choice';
import type { IQuestion, IRisk } from './dialog';
import { FileGroup } from './files';
import { Environment, Notice } from './notices';
import type { IRestorePlan } from './requests';

interface IProps extends IQuestion {
  now: IRisk;
  choice: Choice;
  confirmed: boolean;
  onChoice: (choice: Choice) => void;
  onConfirm: (confirmed: boolean) => void;
}

/** What a restore would do, in words, and what of it is wanted. */
export function RestoreForm(props: IProps): React.ReactElement {
  const { plan, choice, trans, onChoice, verify } = props;
  const shared = Object.entries(plan.shared).filter(([path]) => choice.has(path));
  return (
    <>
      <Heading {...props} />
      <Notice
        title={trans.__('Cannot be restored: in the way')}
        tone="error"
        items={plan.conflicts.map(({ path, reason }) => [path, reason])}
        trans={trans}
      >
        <p>{trans.__('Move these files away, or restore as copy.')}</p>
      </Notice>
      <Risk {...props} />
      {choice.groups.length ? (
        choice.groups.map(group => (
          <FileGroup
            key={group.role}
            group={group}
            choice={choice}
            note={group.role === 'notebook' ? cellsText(trans, plan) : ''}
            trans={trans}
            onChoice={onChoice}
          />
        ))
      ) : (
        <p>{trans.__('Nothing differs from this version.')}</p>
      )}
      <Notice
        title={trans.__('Not kept in this version')}
        tone="warning"
        items={plan.missing.map(({ path, reason }) => [path, reason])}
        trans={trans}
      >
        {verify ? (
          <button type="button" className="jp-mlversion-Button" onClick={verify}>
            {trans.__('Verify the stored content')}
          </button>
        ) : null}
      </Notice>
      <Notice
        title={trans.__('Shared with other notebooks')}
        tone="warning"
        items={shared.map(([path, notebooks]) => [path, trans.__('also used by %1', notebooks.join(', '))])}
        trans={trans}
      />
      <Environment differences={plan.environment} trans={trans} />
      <Totals {...props} />
    </>
  );
}

/** What the version is, and of when. */
function Heading({ asked, version, trans }: IProps): React.ReactElement {
  const { message, time } = version;
  const branch = asked.branch ?? version.branch;
  const facts = [
    time === undefined ? '' : new Date(time).toLocaleString(),
    branch ? trans.__('branch %1', branch) : ''
  ].filter(Boolean);
  const title = titleOf(message);
  return (
    <>
      {title ? <p className="jp-mlversion-Plan-title">{title}</p> : null}
      {facts.length ? <p className="jp-mlversion-note">{facts.join(' · ')}</p> : null}
    </>
  );
}

/** What may spoil the restore; it begins only when that is confirmed. */
function Risk({ now, confirmed, trans, onConfirm }: IProps): React.ReactElement | null {
  if (!now.busy && !now.editing.length) {
    return null;
  }
  return (
    <section className="jp-mlversion-Plan-part jp-mod-warning" role="alert">
      {now.busy ? (
        <p>{trans.__('The kernel is running a cell, which may overwrite what is restored.')}</p>
      ) : null}
      {now.editing.length ? (
        <p>
          {trans.__('%1 edited this notebook in the last minute. What is typed meanwhile would be replaced.', namesText(trans, now.editing))}
        </p>
      ) : null}
      <label className="jp-mlversion-Plan-confirm">
        <input
          type="checkbox"
          checked={confirmed}
          onChange={event => {
            onConfirm(event.target.checked);
          }}
        />
        {trans.__('Restore anyway')}
      </label>
    </section>
  );
}

/** What the choice comes to, and what stays as it is. */
function Totals({ plan, choice, trans }: IProps): React.ReactElement {
  const { written, bytes, removed } = choice.totals;
  const facts = [
    trans._n('%1 file written', '%1 files written', written) + ` (${bytesText(bytes)})`,
    trans._n('%1 removed', '%1 removed', removed)
  ];
  return (
    <div className="jp-mlversion-Plan-end">
      <p className="jp-mlversion-Plan-totals" role="status">
        {choice.isEmpty && choice.groups.length ? trans.__('Nothing is chosen.') : facts.join(', ') + '.'}
      </p>
      <p className="jp-mlversion-note">
        {plan.unsaved
          ? trans.__('The present state is kept as a safety version first, your unsaved edits included.')
          : trans.__('The present state is kept as a safety version first.')}{' '}
        {choice.isWhole ? '' : trans.__('The history goes on from where it is, as only some files come back.') + ' '}
        {trans.__('Kernel variables stay as they are.')}
      </p>
    </div>
  );
}

/** What happens to the cells: "2 cells changed, 1 removed". */
function cellsText(trans: TranslationBundle, plan: IRestorePlan): string {
  const count = (change: string): number => plan.cells.filter(cell => cell.change === change).length;
  const [modified, added, removed] = [count('modified'), count('added'), count('removed')];
  return [
    modified ? trans._n('%1 cell changed', '%1 cells changed', modified) : '',
    added ? trans._n('%1 cell comes back', '%1 cells come back', added) : '',
    removed ? trans._n('%1 cell removed', '%1 cells removed', removed) : ''
  ]
    .filter(Boolean)
    .join(', ');
}

/** Who edits: "Ada, Grace", or "Someone" who has no name. */
export function namesText(trans: TranslationBundle, names: readonly string[]): string {
  return names.map(name => name || trans.__('Someone')).join(', ');
}
