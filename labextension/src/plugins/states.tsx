import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { ICommandPalette } from '@jupyterlab/apputils';
import * as React from 'react';
import { IHistory } from '../history/tokens';
import type { KernelLoader } from '../kernel/loader';
import { IKernelLoader } from '../kernel/tokens';
import { IVersionService } from '../service/tokens';
import { Banners, VERIFY } from '../states/banners';
import { Troubles } from '../states/troubles';
import { verifyContent } from '../states/verify';

/** Says in the panel what stands in the way: no connection, no room, read-only, harmed content, a kernel without us. */
export const states: JupyterFrontEndPlugin<void> = {
  id: 'jupyter-mlversion:states',
  description: 'Says in the panel what stands in the way of versions, and what to do about it.',
  autoStart: true,
  requires: [IVersionService, IHistory, IKernelLoader],
  optional: [ICommandPalette],
  activate: (
    app: JupyterFrontEnd,
    service: IVersionService,
    history: IHistory,
    kernels: KernelLoader,
    palette: ICommandPalette | null
  ): void => {
    const { trans } = service;
    const { commands, serviceManager: manager } = app;
    const troubles = new Troubles({ service, history, kernels, manager });
    history.sections.add('above', () => <Banners troubles={troubles} commands={commands} trans={trans} />, 0);
    commands.addCommand(VERIFY, {
      label: trans.__('Verify the Stored Content'),
      caption: trans.__('Check that the bytes of every version are there and unharmed'),
      isEnabled: () => history.notebook !== null,
      execute: async () => {
        await verifyContent(service, history.path);
      },
      describedBy: { args: { type: 'object', properties: {} } }
    });
    palette?.addItem({ command: VERIFY, category: trans.__('ML Versions') });
  }
};
