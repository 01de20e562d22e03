import { type JupyterFrontEnd, LabShell } from '@jupyterlab/application';
import { MainAreaWidget } from '@jupyterlab/apputils';
import { TabPanel, type Widget } from '@lumino/widgets';

/** Show a tab; Notebook 7 keeps its main area for the one document, so there it is below, as high as it asks to be. */
export function showTab(shell: JupyterFrontEnd.IShell, tab: Widget): void {
  if (!tab.isAttached) {
    const isLab = shell instanceof LabShell;
    // The layout of a `MainAreaWidget` writes over its own height, and asks its content for that.
    const page = tab instanceof MainAreaWidget ? (tab as MainAreaWidget).content : tab;
    page.toggleClass('jp-mlversion-Below', !isLab);
    shell.add(tab, isLab ? 'main' : 'down', { type: 'ML Versions' });
  }
  // Notebook 7 gives it the keyboard, and leaves another tab before it.
  const tabs = tab.parent?.parent;
  if (tabs instanceof TabPanel) {
    tabs.currentWidget = tab;
  }
  shell.activateById(tab.id);
}
