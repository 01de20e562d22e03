import type { TranslationBundle } from '@jupyterlab/translation';
import { ReactWidget, UseSignal } from '@jupyterlab/ui-components';
import * as React from 'react';
import { versionsIcon } from '../service/icons';
import type { JobList } from './list';
import { jobTitle, progressText } from './words';

/** In Lab's status bar: the job that runs, and how far it is. */
export class JobStatus extends ReactWidget {
  constructor(jobs: JobList, trans: TranslationBundle, onClick: () => void) {
    super();
    this.addClass('jp-mlversion-JobStatus');
    this._jobs = jobs;
    this._trans = trans;
    this._onClick = onClick;
  }

  protected override render(): React.ReactElement {
    return <UseSignal signal={this._jobs.changed}>{() => this._line()}</UseSignal>;
  }

  private _line(): React.ReactElement | null {
    const trans = this._trans;
    const running = this._jobs.shown.filter(job => job.state === 'running');
    const [first] = running;
    if (!first) {
      return null;
    }
    const title = jobTitle(trans, first.kind);
    const text = running.length > 1 ? trans.__('%1 jobs', running.length) : `${title} ${progressText(trans, first)}`;
    return (
      <button type="button" title={trans.__('Show long work')} onClick={this._onClick}>
        <versionsIcon.react tag="span" width="14px" height="14px" />
        {text}
      </button>
    );
  }

  private readonly _jobs: JobList;
  private readonly _trans: TranslationBundle;
  private readonly _onClick: () => void;
}
