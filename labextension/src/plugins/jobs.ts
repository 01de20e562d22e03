import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { IStatusBar } from '@jupyterlab/statusbar';
import * as React from 'react';
import { IHistory } from '../history/tokens';
import { JobList } from '../jobs/list';
import { JobsSection } from '../jobs/section';
import { JobStatus } from '../jobs/status';
import { IVersionService } from '../service/tokens';
import { SHOW_PANEL } from './panel';

/** Long work of the server, in the panel and in the status bar; also what was begun before the page was loaded. */
export const jobs: JupyterFrontEndPlugin<void> = {
  id: 'jupyter-mlversion:jobs',
  description: 'Shows the jobs of the server with their progress, and cancels them.',
  autoStart: true,
  requires: [IVersionService, IHistory],
  optional: [IStatusBar],
  activate: (app: JupyterFrontEnd, service: IVersionService, history: IHistory, bar: IStatusBar | null): void => {
    const { trans } = service;
    const list = new JobList(service);
    void app.restored.then(() => list.refresh());
    history.sections.add('below', () => React.createElement(JobsSection, { jobs: list, trans }), 900);
    const show = (): void => {
      void app.commands.execute(SHOW_PANEL);
    };
    bar?.registerStatusItem(jobs.id, { item: new JobStatus(list, trans, show), align: 'left', rank: 80 });
  }
};
