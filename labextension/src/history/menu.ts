import type { JupyterFrontEnd } from '@jupyterlab/application';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { HistoryModel } from './model';
import { subjects } from './tokens';

/** Shows the details of a version, the one that is chosen unless `versions` names another. */
export const SHOW_VERSION = 'mlversion:show-version';

function named({ versions }: { readonly versions?: unknown }): string[] {
  return Array.isArray(versions) ? versions.map(String) : [];
}

/** What the context menu of a row offers on behalf of the list itself; other plugins add theirs. */
export function addMenu(app: JupyterFrontEnd, model: HistoryModel, trans: TranslationBundle): void {
  app.commands.addCommand(SHOW_VERSION, {
    label: trans.__('Show Details'),
    caption: trans.__('Show what the version holds'),
    isEnabled: args => named(args).length === 1 || subjects(model, args).length === 1,
    execute: async args => {
      const [id] = named(args);
      if (id === undefined) {
        await model.select(subjects(model, args)[0]?.id ?? null);
      } else {
        await model.reveal(id);
      }
    },
    describedBy: {
      args: {
        type: 'object',
        properties: { versions: { type: 'array', items: { type: 'string' }, description: 'The id of the version' } }
      }
    }
  });
  app.contextMenu.addItem({ command: SHOW_VERSION, selector: '.jp-mlversion-Row', rank: 0 });
}
