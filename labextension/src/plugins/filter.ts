import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { ICommandPalette } from '@jupyterlab/apputils';
import { IStateDB } from '@jupyterlab/statedb';
import { filterIcon } from '@jupyterlab/ui-components';
import * as React from 'react';
import { FilterBar } from '../filter/bar';
import { Memory } from '../filter/memory';
import { FilterModel } from '../filter/model';
import { addLikeness } from '../filter/likeness';
import { IHistory } from '../history/tokens';
import { IVersionService } from '../service/tokens';
import { SHOW_PANEL } from './panel';

/** Lists the versions that fit a query, in an order; without arguments the box gets the keyboard. */
export const FILTER = 'mlversion:filter';

/** The filter box, the order of the list, and what of them is remembered. */
export const filter: JupyterFrontEndPlugin<void> = {
  id: 'jupyter-mlversion:filter',
  description: 'Filters and sorts the versions in the side panel.',
  autoStart: true,
  requires: [IHistory, IVersionService],
  optional: [IStateDB, ICommandPalette],
  activate: (
    app: JupyterFrontEnd,
    history: IHistory,
    service: IVersionService,
    state: IStateDB | null,
    palette: ICommandPalette | null
  ): void => {
    const { trans } = service;
    const model = new FilterModel(history, service, new Memory(state));
    history.sections.add('above', () => React.createElement(FilterBar, { model, trans }), 100);
    app.commands.addCommand(FILTER, {
      label: trans.__('Filter Versions'),
      caption: trans.__('List the versions that fit a query, in an order'),
      icon: filterIcon,
      execute: async ({ where, narrow, sort, ascending, all, safety }) => {
        await app.commands.execute(SHOW_PANEL);
        const order = {
          ...(sort === null || typeof sort === 'string' ? { sort } : {}),
          ...(typeof ascending === 'boolean' ? { ascending } : {}),
          ...(typeof all === 'boolean' ? { all } : {}),
          ...(typeof safety === 'boolean' ? { safety } : {})
        };
        if (typeof narrow === 'string') {
          await model.narrow(narrow, order);
        } else if (typeof where === 'string') {
          await model.apply(where, true, order);
        } else if (Object.keys(order).length) {
          await model.list(order);
        } else {
          model.focus();
        }
      },
      describedBy: {
        args: {
          type: 'object',
          properties: {
            where: { type: 'string', description: 'A query; empty: all versions' },
            narrow: { type: 'string', description: 'A query that is added to the present one' },
            sort: { type: ['string', 'null'], description: 'A metric, parameter or field; null: newest first' },
            ascending: { type: 'boolean', description: 'The smallest first' },
            all: { type: 'boolean', description: 'The versions of all notebooks' },
            safety: { type: 'boolean', description: 'Safety versions too' }
          }
        }
      }
    });
    palette?.addItem({ command: FILTER, category: trans.__('ML Versions') });
    app.commands.addKeyBinding({ command: FILTER, keys: ['Accel F'], selector: '.jp-mlversion-Panel' });
    app.commands.addKeyBinding({ command: FILTER, keys: ['/'], selector: '.jp-mlversion-List' });
    addLikeness(app, model, trans);
  }
};
