import { ReactWidget } from '@jupyterlab/ui-components';
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import type { IPlan, IVersion } from '../service/contract';
import { bytesText, titleOf } from '../service/words';

/** How many lines of one kind are shown before the rest is only counted. */
const MOST = 100;

/** What a restore would do, in words. */
export class PlanView extends ReactWidget {
  /** `busy`: whether the notebook's kernel runs a cell. */
  constructor(plan: IPlan, version: Pick<IVersion, 'message'>, busy: boolean, trans: TranslationBundle) {
    super();
    this.addClass('jp-mlversion-Plan');
    this._plan = plan;
    this._version = version;
    this._busy = busy;
    this._trans = trans;
  }

  protected override render(): React.ReactElement {
    return <Plan plan={this._plan} title={titleOf(this._version.message)} busy={this._busy} trans={this._trans} />;
  }

  private readonly _plan: IPlan;
  private readonly _version: Pick<IVersion, 'message'>;
  private readonly _busy: boolean;
  private readonly _trans: TranslationBundle;
}

interface IItem {
  key: string;
  name: string;
  note: string;
}

function Part(props: { title: string; items: IItem[]; tone?: 'error' | 'warning'; trans: TranslationBundle }) {
  const { title, items, tone, trans } = props;
  if (!items.length) {
    return null;
  }
  const rest = items.length - MOST;
  return (
    <section className={tone ? `jp-mlversion-Plan-part jp-mod-${tone}` : 'jp-mlversion-Plan-part'}>
      <h3>{title}</h3>
      <ul>
        {items.slice(0, MOST).map(({ key, name, note }) => (
          <li key={key}>
            <span className="jp-mlversion-path">{name}</span>
            {note ? <span className="jp-mlversion-note">{note}</span> : null}
          </li>
        ))}
        {rest > 0 ? <li>{trans._n('and %1 more', 'and %1 more', rest)}</li> : null}
      </ul>
    </section>
  );
}

function Plan(props: { plan: IPlan; title: string; busy: boolean; trans: TranslationBundle }): React.ReactElement {
  const { plan, title, busy, trans } = props;
  const file = (path: string, note: string): IItem => ({ key: path, name: path, note });
  const changes = { added: trans.__('comes back'), modified: trans.__('replaced'), removed: trans.__('removed') };
  const writes = plan.writes.map(({ path, size, change }) => file(path, `${changes[change]}, ${bytesText(size)}`));
  const environment = Object.entries(plan.environment).map(([name, [then, now]]) =>
    file(name, trans.__('%1 then, %2 now', then ?? '–', now ?? '–'))
  );
  const shared = Object.entries(plan.shared).map(([path, notebooks]) =>
    file(path, trans.__('also used by %1', notebooks.join(', ')))
  );
  const empty = !plan.writes.length && !plan.removes.length && !plan.cells.length;
  return (
    <>
      {title ? <p className="jp-mlversion-Plan-title">{title}</p> : null}
      <Part
        title={trans.__('Cannot be restored: in the way')}
        tone="error"
        items={plan.conflicts.map(({ path, reason }) => file(path, reason))}
        trans={trans}
      />
      {busy ? (
        <p className="jp-mlversion-Plan-part jp-mod-warning">
          {trans.__('The kernel is running a cell, which may overwrite what is restored.')}
        </p>
      ) : null}
      {empty ? <p>{trans.__('Nothing differs from this version.')}</p> : null}
      <Part title={trans.__('Files written')} items={writes} trans={trans} />
      <Part title={trans.__('Files removed')} items={plan.removes.map(path => file(path, ''))} trans={trans} />
      <Part
        title={trans.__('Not kept in this version')}
        tone="warning"
        items={plan.missing.map(({ path, reason }) => file(path, reason))}
        trans={trans}
      />
      <Part title={trans.__('Shared with other notebooks')} tone="warning" items={shared} trans={trans} />
      <Cells plan={plan} trans={trans} />
      <Part title={trans.__('Environment that differs')} tone="warning" items={environment} trans={trans} />
      <p className="jp-mlversion-note">
        {plan.unsaved
          ? trans.__('The present state is kept as a safety version first, your unsaved edits included.')
          : trans.__('The present state is kept as a safety version first.')}{' '}
        {trans.__('Kernel variables stay as they are.')}
      </p>
    </>
  );
}

function Cells({ plan, trans }: { plan: IPlan; trans: TranslationBundle }): React.ReactElement | null {
  const count = (change: string): number => plan.cells.filter(cell => cell.change === change).length;
  const parts = [
    [count('modified'), trans.__('changed')],
    [count('added'), trans.__('come back')],
    [count('removed'), trans.__('removed')]
  ].flatMap(([number, word]) => (number ? [`${String(number)} ${String(word)}`] : []));
  if (!parts.length) {
    return null;
  }
  return (
    <section className="jp-mlversion-Plan-part">
      <h3>{trans.__('Notebook cells')}</h3>
      <p>{parts.join(', ')}</p>
    </section>
  );
}
