import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';

const panel: JupyterFrontEndPlugin<void> = {
  id: 'jupyter-mlversion:panel',
  description: 'The side panel with the versions of the active notebook.',
  autoStart: true,
  activate: (_app: JupyterFrontEnd): void => undefined
};

export default [panel];
