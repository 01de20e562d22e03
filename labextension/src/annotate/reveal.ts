import type { JupyterFrontEnd } from '@jupyterlab/application';
import type { NotebookPanel } from '@jupyterlab/notebook';
import type { IHistory } from '../history/tokens';
import type { IVersion } from '../service/contract';
import type { IVersionService } from '../service/tokens';

/** Shows the cell that asked for a version, in its notebook; says so when it is no longer there. */
export async function revealCell(
  app: JupyterFrontEnd,
  service: IVersionService,
  history: IHistory,
  version: IVersion
): Promise<void> {
  const { toasts, trans } = service;
  try {
    const panel = await notebookOf(app, service, history, version);
    if (!panel) {
      toasts.show({ type: 'warning', message: trans.__('The notebook of version %1 cannot be opened here.', version.short) });
      return;
    }
    app.shell.activateById(panel.id);
    const { content } = panel;
    const index = content.widgets.findIndex(cell => cell.model.id === version.cell_id);
    const cell = content.widgets[index];
    if (!cell) {
      const message = trans.__('The cell that made version %1 is no longer in the notebook.', version.short);
      toasts.show({ type: 'warning', message });
      return;
    }
    content.deselectAll();
    content.activeCellIndex = index;
    content.mode = 'command';
    await content.scrollToCell(cell, 'center');
    content.node.focus({ preventScroll: true });
  } catch (reason) {
    toasts.failure(trans.__('Show the Cell'), reason);
  }
}

/** The notebook of a version: the active one when the version is of its line, else the one at the path that it had. */
async function notebookOf(
  app: JupyterFrontEnd,
  service: IVersionService,
  history: IHistory,
  version: IVersion
): Promise<NotebookPanel | null> {
  const status = await service.statuses.of(history.path);
  if (history.notebook && status.line === version.line) {
    return history.notebook;
  }
  if (status.prefix === null || version.notebook === null) {
    return null;
  }
  const path = [status.prefix, version.notebook].filter(Boolean).join('/');
  const opened: unknown = await app.commands.execute('docmanager:open', { path, factory: 'Notebook' });
  const panel = opened as NotebookPanel | undefined;
  await panel?.revealed;
  return panel ?? null;
}
