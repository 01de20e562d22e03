import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { ICommandPalette } from '@jupyterlab/apputils';
import * as React from 'react';
import { VersionActions } from '../annotate/actions';
import { Annotator } from '../annotate/annotator';
import { addBranchCommands, addCommands } from '../annotate/commands';
import { Namer } from '../annotate/names';
import { Annotations } from '../annotate/requests';
import { IHistory } from '../history/tokens';
import { IVersionService } from '../service/tokens';

/** Where our groups of commands begin in the context menu of a row. */
const RANK = 100;

/** What may be said of versions: messages, notes, labels, stars, tags, branches; and deleting them. */
export const annotate: JupyterFrontEndPlugin<void> = {
  id: 'jupyter-mlversion:annotate',
  description: 'Renames, notes, labels, stars, tags, branches and deletes versions.',
  autoStart: true,
  requires: [IVersionService, IHistory],
  optional: [ICommandPalette],
  activate: (
    app: JupyterFrontEnd,
    service: IVersionService,
    history: IHistory,
    palette: ICommandPalette | null
  ): void => {
    const { trans } = service;
    const requests = new Annotations(service.api);
    const parts = {
      app,
      service,
      history,
      annotator: new Annotator(service, history, requests),
      namer: new Namer(service, history, requests)
    };
    const groups = addCommands(parts);
    groups.forEach((commands, group) => {
      app.contextMenu.addItem({ type: 'separator', selector: '.jp-mlversion-Row', rank: RANK * (group + 1) });
      commands.forEach((command, index) => {
        app.contextMenu.addItem({ command, selector: '.jp-mlversion-Row', rank: RANK * (group + 1) + index + 1 });
      });
    });
    const branches = addBranchCommands(parts);
    branches.forEach((command, index) => {
      app.contextMenu.addItem({ command, selector: '.jp-mlversion-Header', rank: index });
    });
    for (const command of [...groups.flat(), ...branches]) {
      palette?.addItem({ command, category: trans.__('ML Versions') });
    }
    history.sections.add('details', () => React.createElement(VersionActions, { commands: app.commands, history, trans }));
  }
};
