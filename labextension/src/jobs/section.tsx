import { PathExt } from '@jupyterlab/coreutils';
import type { TranslationBundle } from '@jupyterlab/translation';
import { closeIcon, stopIcon, UseSignal } from '@jupyterlab/ui-components';
import * as React from 'react';
import type { IJob } from '../service/contract';
import { textOf } from '../service/failure';
import type { JobList } from './list';
import { jobTitle, progressText, share } from './words';

interface IJobsProps {
  jobs: JobList;
  trans: TranslationBundle;
}

/** The jobs that run and those that failed; nothing when there are none. */
export function JobsSection({ jobs, trans }: IJobsProps): React.ReactElement {
  return (
    <UseSignal signal={jobs.changed}>
      {() =>
        jobs.shown.length ? (
          <section className="jp-mlversion-Jobs" aria-label={trans.__('Long work')}>
            <ul>
              {jobs.shown.map(job => (
                <li key={job.id}>
                  <JobView
                    job={job}
                    trans={trans}
                    onCancel={() => void jobs.cancel(job.id)}
                    onDismiss={() => {
                      jobs.dismiss(job.id);
                    }}
                  />
                </li>
              ))}
            </ul>
          </section>
        ) : null
      }
    </UseSignal>
  );
}

interface IJobProps {
  job: IJob;
  trans: TranslationBundle;
  onCancel: () => void;
  onDismiss: () => void;
}

/** One job: what it does, how far it is, and a button that stops it; or why it failed. */
export function JobView({ job, trans, onCancel, onDismiss }: IJobProps): React.ReactElement {
  const [cancelling, setCancelling] = React.useState(false);
  const title = jobTitle(trans, job.kind);
  const running = job.state === 'running';
  const part = share(job);
  const name = job.notebook ? PathExt.basename(job.notebook) : '';
  const label = running ? trans.__('Cancel: %1', title) : trans.__('Dismiss: %1', title);
  const Icon = running ? stopIcon : closeIcon;
  return (
    <div className={running ? 'jp-mlversion-Job' : 'jp-mlversion-Job jp-mod-failed'}>
      <div className="jp-mlversion-Job-head">
        <span className="jp-mlversion-Job-title">
          <b>{running ? title : trans.__('%1 failed', title)}</b> {name ? <bdi title={job.notebook ?? ''}>{name}</bdi> : null}
        </span>
        <button
          type="button"
          className="jp-mlversion-IconButton"
          title={running ? trans.__('Cancel') : trans.__('Dismiss')}
          aria-label={label}
          disabled={cancelling && running}
          onClick={() => {
            if (running) {
              setCancelling(true);
              onCancel();
            } else {
              onDismiss();
            }
          }}
        >
          <Icon.react tag="span" width="14px" height="14px" />
        </button>
      </div>
      {running ? (
        <>
          <progress aria-label={title} max={1} {...(part === null ? {} : { value: part })} />
          <span className="jp-mlversion-note">
            {cancelling ? trans.__('Stopping…') : progressText(trans, job) || trans.__('Working…')}
          </span>
        </>
      ) : (
        <p role="alert">{job.error ? textOf(job.error) : null}</p>
      )}
    </div>
  );
}
