import type { CommandRegistry } from '@lumino/commands';
import * as React from 'react';
import type { Change, IArtifact, IDetail, IDifference } from '../service/contract';
import type { IVersionService } from '../service/tokens';
import { bytesText, visibleText } from '../service/words';
import { OPEN_ARTIFACT } from './opening';
import type { HistoryModel } from '../history/model';

interface IProps {
  model: HistoryModel;
  service: IVersionService;
  detail: IDetail;
  /** Against the version before; null while it is not known. */
  difference: IDifference | null;
  commands: CommandRegistry;
}

const SIGNS: Record<Change, string> = { added: '+', modified: '●', removed: '−' };

/** The files of a version, each with its role and how it differs from the version before. */
export function Artifacts({ model, service, detail, difference, commands }: IProps): React.ReactElement {
  const { trans } = service;
  const changes = React.useMemo(() => changesOf(detail, difference), [detail, difference]);
  const lacking = new Set(detail.missing);
  const removed = [...changes].filter(([, change]) => change === 'removed').map(([path]) => path);
  const words: Record<Change, string> = {
    added: trans.__('added'),
    modified: trans.__('modified'),
    removed: trans.__('removed')
  };
  const sign = (change: Change | undefined): React.ReactElement => (
    <td className={`jp-mlversion-Sign jp-mod-${change ?? 'same'}`} title={change ? words[change] : ''}>
      {change ? SIGNS[change] : ''}
    </td>
  );
  return (
    <table className="jp-mlversion-Artifacts">
      <tbody>
        {detail.artifacts.map(artifact => (
          <tr
            key={artifact.path}
            className="jp-mlversion-Artifact"
            data-mlversion-path={artifact.path}
            data-mlversion-version={detail.id}
          >
            {sign(changes.get(artifact.path))}
            <td className="jp-mlversion-path" title={artifact.path}>
              <button
                type="button"
                className="jp-mlversion-Artifact-open"
                title={trans.__('Open %1 read-only', artifact.path)}
                onClick={() => {
                  const { path } = artifact;
                  void commands.execute(OPEN_ARTIFACT, { notebook: model.path, version: detail.id, path });
                }}
              >
                {visibleText(artifact.path)}
              </button>
              {artifact.state === 'stored' ? null : (
                <span className="jp-mlversion-note">
                  {artifact.state}: {artifact.reason}
                </span>
              )}
              {lacking.has(artifact.path) ? (
                <span className="jp-mlversion-Chip jp-mod-missing">{trans.__('content missing')}</span>
              ) : null}
            </td>
            <td title={accessText(service, artifact)}>{artifact.role}</td>
            <td className="jp-mlversion-number">{bytesText(artifact.size)}</td>
          </tr>
        ))}
        {removed.map(path => (
          <tr key={path}>
            {sign('removed')}
            <td className="jp-mlversion-path" title={path}>
              <s>{visibleText(path)}</s>
            </td>
            <td />
            <td />
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function accessText({ trans }: IVersionService, { access }: IArtifact): string {
  const words: Record<IArtifact['access'], string> = {
    read: trans.__('was read'),
    written: trans.__('was written'),
    both: trans.__('was read and written'),
    tracked: trans.__('is tracked')
  };
  return words[access];
}

/** The changes against the first parent by path; without a parent everything was added. */
function changesOf(detail: IDetail, difference: IDifference | null): ReadonlyMap<string, Change> {
  const changes = detail.parents.length ? [] : detail.artifacts.map(({ path }) => ({ path, change: 'added' as const }));
  return new Map([...changes, ...(difference?.artifacts ?? [])].map(({ path, change }) => [path, change]));
}
