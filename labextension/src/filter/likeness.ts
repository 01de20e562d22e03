import type { JupyterFrontEnd } from '@jupyterlab/application';
import type { TranslationBundle } from '@jupyterlab/translation';
import { MenuSvg } from '@jupyterlab/ui-components';
import { subjects } from '../history/tokens';
import type { IVersion } from '../service/contract';
import { authorName } from '../service/words';
import type { FilterModel } from './model';
import { term } from './query';

/** Lists only the versions that have something in common with the one that is chosen. */
export const FILTER_LIKE = 'mlversion:filter-like';

const FIELDS = ['branch', 'author', 'label', 'tag', 'notebook'] as const;

type Field = (typeof FIELDS)[number];

/** The text that a version has in a field, the first of several; null where it has none. */
export function textOf(version: IVersion, field: Field): string | null {
  const texts = {
    branch: version.branch,
    author: version.author,
    label: version.labels[0] ?? null,
    tag: version.tags[0] ?? null,
    notebook: version.notebook
  };
  return texts[field] === '' ? null : texts[field];
}

/** The command, and its lines in the context menu of a row. */
export function addLikeness(app: JupyterFrontEnd, model: FilterModel, trans: TranslationBundle): void {
  const asked = (args: { readonly of?: unknown; readonly versions?: unknown }): { field: Field; text: string } | null => {
    const field = FIELDS.find(one => one === args.of);
    const [version, another] = subjects(model.history, args);
    const text = field && version && !another ? textOf(version, field) : null;
    return field && text !== null ? { field, text } : null;
  };
  app.commands.addCommand(FILTER_LIKE, {
    label: args => {
      const found = asked(args);
      const field = FIELDS.find(one => one === args.of);
      if (found) {
        return trans.__('%1 “%2”', nameOf(found.field, trans), short(found.text));
      }
      return field ? nameOf(field, trans) : trans.__('Only Versions Like This');
    },
    caption: trans.__('List only the versions that have this in common'),
    isEnabled: args => asked(args) !== null,
    execute: async args => {
      const found = asked(args);
      if (found) {
        await model.narrow(term(found.field, found.text));
      }
    },
    describedBy: {
      args: {
        type: 'object',
        properties: {
          of: { type: 'string', enum: [...FIELDS], description: 'What they have in common' },
          versions: { type: 'array', items: { type: 'string' }, description: 'The id of the version' }
        }
      }
    }
  });
  const submenu = new MenuSvg({ commands: app.commands });
  submenu.title.label = trans.__('Filter by');
  for (const of of FIELDS) {
    submenu.addItem({ command: FILTER_LIKE, args: { of } });
  }
  app.contextMenu.addItem({ type: 'submenu', submenu, selector: '.jp-mlversion-Row', rank: 60 });
}

function nameOf(field: Field, trans: TranslationBundle): string {
  return {
    branch: trans.__('Branch'),
    author: trans.__('Author'),
    label: trans.__('Label'),
    tag: trans.__('Tag'),
    notebook: trans.__('Notebook')
  }[field];
}

function short(said: string): string {
  const text = authorName(said);
  return text.length > 30 ? `${text.slice(0, 29)}…` : text;
}
