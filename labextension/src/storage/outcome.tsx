import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import { jobTitle } from '../jobs/words';
import { bytesText } from '../service/words';
import type { Outcome } from './model';
import type { IDamage, IGathered, IVerified } from './requests';
import { damageText } from './words';

/** How many lines of one kind are shown before the rest is only counted. */
const MOST = 50;

/** What came of the last work; `onRepair` when damage can be put right. */
export function OutcomeView(props: {
  outcome: Outcome;
  trans: TranslationBundle;
  onRepair: () => void;
}): React.ReactElement {
  const { outcome, trans, onRepair } = props;
  switch (outcome.kind) {
    case 'failed': {
      const stopped = outcome.failure.kind === 'cancelled';
      const title = jobTitle(trans, outcome.job);
      return (
        <div className={stopped ? 'jp-mlversion-Outcome' : 'jp-mlversion-Outcome jp-mod-bad'} role="alert">
          <p>
            <b>{stopped ? trans.__('%1 was stopped.', title) : trans.__('%1 failed.', title)}</b>{' '}
            {stopped ? trans.__('Nothing that is needed was touched.') : outcome.failure.text}
          </p>
        </div>
      );
    }
    case 'gathered':
      return <Gathered gathered={outcome.gathered} trans={trans} />;
    case 'verified':
      return <Verified verified={outcome.verified} trans={trans} onRepair={onRepair} />;
  }
}

function Gathered({ gathered, trans }: { gathered: IGathered; trans: TranslationBundle }): React.ReactElement {
  const { gone, dead, collected } = gathered;
  return (
    <div className="jp-mlversion-Outcome" role="status">
      <p>
        <b>{collected ? collectedText(collected, trans) : trans.__('Collecting garbage would free %1.', bytesText(dead))}</b>
      </p>
      {collected?.crowded ? (
        <p>{trans.__('There was no room to write packs anew: free some disk space, or remove at once.')}</p>
      ) : null}
      {gone.length ? (
        <ul>
          {gone.slice(0, MOST).map(({ version, short, rule, bytes, contents }) => (
            <li key={version}>
              <code>{short}</code> {bytesText(bytes)} <span className="jp-mlversion-note">{rule}</span>
              {contents.length ? (
                <span className="jp-mlversion-note"> · {[...new Set(contents.map(({ path }) => path))].slice(0, 3).join(', ')}</span>
              ) : null}
            </li>
          ))}
          <Rest count={gone.length - MOST} trans={trans} />
        </ul>
      ) : null}
    </div>
  );
}

function collectedText(collected: NonNullable<IGathered['collected']>, trans: TranslationBundle): string {
  const { freed, waiting } = collected;
  const parts = [
    freed > 0 ? trans.__('Freed %1.', bytesText(freed)) : waiting ? '' : trans.__('There was nothing to free.'),
    waiting ? trans.__('%1 wait in the quarantine and can still be brought back.', bytesText(waiting)) : ''
  ];
  return parts.filter(Boolean).join(' ');
}

function Verified(props: { verified: IVerified; trans: TranslationBundle; onRepair: () => void }): React.ReactElement {
  const { verified, trans, onRepair } = props;
  const { damage, before } = verified;
  const groups = grouped(damage);
  if (!damage.length) {
    return (
      <div className="jp-mlversion-Outcome" role="status">
        <p>
          <b>
            {before?.length
              ? trans._n('%1 damage was put right; none is left.', '%1 damages were put right; none is left.', before.length)
              : trans.__('No damage: the bytes of every version are there.')}
          </b>
        </p>
      </div>
    );
  }
  return (
    <div className="jp-mlversion-Outcome jp-mod-bad" role="alert">
      <p>
        <b>{trans._n('%1 damage was found.', '%1 damages were found.', damage.length)}</b>{' '}
        {before ? trans.__('The next checkpoint of the same files stores them again.') : ''}
      </p>
      <ul>
        {groups.slice(0, MOST).map(({ key, kind, paths, versions, details }) => (
          <li key={key}>
            <b>{damageText(trans, kind)}</b>
            {': '}
            <span className="jp-mlversion-path">{paths || trans.__('nothing that a listed version needs')}</span>
            {versions ? (
              <span className="jp-mlversion-note"> {trans._n('in %1 version', 'in %1 versions', versions)}</span>
            ) : null}
            <details>
              <summary>{trans.__('What was found')}</summary>
              {details.map(detail => (
                <p key={detail} className="jp-mlversion-note">
                  {detail}
                </p>
              ))}
            </details>
          </li>
        ))}
        <Rest count={groups.length - MOST} trans={trans} />
      </ul>
      {before ? null : (
        <button type="button" className="jp-mlversion-Button" onClick={onRepair}>
          {trans.__('Repair')}
        </button>
      )}
    </div>
  );
}

interface IGroup {
  key: string;
  kind: string;
  paths: string;
  versions: number;
  details: string[];
}

/** Findings that are of one kind and about the same files, as one. */
function grouped(damage: readonly IDamage[]): IGroup[] {
  const groups = new Map<string, { kind: string; paths: string; versions: Set<string>; details: Set<string> }>();
  for (const { kind, paths, versions, detail } of damage) {
    const names = paths.join(', ');
    const key = `${kind}\n${names}`;
    const group = groups.get(key) ?? { kind, paths: names, versions: new Set(), details: new Set() };
    versions.forEach(version => group.versions.add(version));
    group.details.add(detail);
    groups.set(key, group);
  }
  return [...groups].map(([key, group]) => ({
    key,
    kind: group.kind,
    paths: group.paths,
    versions: group.versions.size,
    details: [...group.details]
  }));
}

function Rest({ count, trans }: { count: number; trans: TranslationBundle }): React.ReactElement | null {
  return count > 0 ? <li className="jp-mlversion-note">{trans._n('and %1 more', 'and %1 more', count)}</li> : null;
}
