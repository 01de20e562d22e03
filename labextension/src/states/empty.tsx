import { notebookIcon, searchIcon } from '@jupyterlab/ui-components';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { CommandRegistry } from '@lumino/commands';
import * as React from 'react';
import { flagIcon } from '../service/icons';
import { Line } from './line';
import { type IAction, State } from './state';

interface IProps {
  trans: TranslationBundle;
}

/** Lab's commands that lead to a notebook. */
const FILES = 'filebrowser:activate';
const NEW = 'notebook:create-new';

/** No notebook is open. */
export function NoNotebook({ trans, commands }: IProps & { commands: CommandRegistry }): React.ReactElement {
  const offer = (command: string, label: string, main: boolean): IAction[] =>
    commands.hasCommand(command) ? [{ label, main, run: () => void commands.execute(command) }] : [];
  return (
    <State
      icon={notebookIcon}
      title={trans.__('Open a notebook to see its versions.')}
      actions={[...offer(FILES, trans.__('Show the files'), true), ...offer(NEW, trans.__('New notebook'), false)]}
    >
      <p>{trans.__('The panel follows the notebook that you work in.')}</p>
    </State>
  );
}

/** The first start: the notebook has no versions. `tag` is the tag that makes a cell a checkpoint. */
export function NoVersions(props: IProps & { tag: string; onCheckpoint: () => Promise<unknown> }): React.ReactElement {
  const { trans, tag, onCheckpoint } = props;
  const [busy, setBusy] = React.useState(false);
  const make = (): void => {
    setBusy(true);
    onCheckpoint().then(
      () => {
        setBusy(false);
      },
      () => {
        setBusy(false);
      }
    );
  };
  return (
    <State
      icon={flagIcon}
      title={trans.__('This notebook has no versions yet.')}
      actions={[{ label: busy ? trans.__('Making the first version…') : trans.__('Make the first version'), run: make, main: true }]}
      more={
        <>
          <p>{trans.__('Or run this at the end of a cell:')}</p>
          <Line trans={trans} line="%mlversion checkpoint" />
          <p className="jp-mlversion-note">
            {trans.__('The flag in the toolbar of a cell gives it the tag “%1”: it then makes a version each time that it has run.', tag)}
          </p>
        </>
      }
    >
      <p>
        {trans.__('A version keeps the notebook, the data that it read and the models that it wrote; you can compare it and go back to it.')}
      </p>
    </State>
  );
}

/** Versions there are, but none that fits. */
export function NoMatch({ trans, query, onClear }: IProps & { query: string; onClear: () => void }): React.ReactElement {
  return (
    <State
      icon={searchIcon}
      title={trans.__('No version fits.')}
      actions={[{ label: trans.__('Clear the filter'), run: onClear, main: true }]}
    >
      <p>
        <code className="jp-mlversion-path">{query}</code>
      </p>
    </State>
  );
}
