import type { JupyterFrontEnd } from '@jupyterlab/application';
import { copyIcon, deleteIcon, editIcon, searchIcon } from '@jupyterlab/ui-components';
import type { CommandRegistry } from '@lumino/commands';
import type { ReadonlyPartialJSONObject } from '@lumino/coreutils';
import { type IHistory, subjects } from '../history/tokens';
import type { IVersion } from '../service/contract';
import type { IVersionService } from '../service/tokens';
import { allStarred, type Annotator } from './annotator';
import { branchIcon, labelIcon, noteIcon, starIcon, tagIcon } from './icons';
import type { Namer } from './names';
import { revealCell } from './reveal';

export const RENAME = 'mlversion:rename-version';
export const NOTE = 'mlversion:edit-note';
export const LABELS = 'mlversion:edit-labels';
export const STAR = 'mlversion:toggle-star';
export const TAG = 'mlversion:add-tag';
export const UNTAG = 'mlversion:remove-tag';
export const BRANCH = 'mlversion:create-branch';
export const RENAME_BRANCH = 'mlversion:rename-branch';
export const DELETE_BRANCH = 'mlversion:delete-branch';
export const SWITCH_BRANCH = 'mlversion:switch-branch';
export const DELETE = 'mlversion:delete-version';
export const COPY_ID = 'mlversion:copy-id';
export const REVEAL = 'mlversion:reveal-cell';

/** The commands of other plugins that ours run. */
const RESTORE = 'mlversion:restore';

const VERSIONS = {
  args: {
    type: 'object',
    properties: {
      versions: {
        type: 'array',
        items: { type: 'string' },
        description: 'Full ids of versions (default: those that are chosen in the panel, else the one with the keyboard)'
      }
    }
  }
} as const;

const NOTHING = { args: { type: 'object', properties: {} } } as const;

interface IParts {
  app: JupyterFrontEnd;
  service: IVersionService;
  history: IHistory;
  annotator: Annotator;
  namer: Namer;
}

/** Adds the commands about versions; their ids, in the order of a menu, grouped. */
export function addCommands(parts: IParts): string[][] {
  const { app, service, history, annotator, namer } = parts;
  const { trans } = service;
  const of = (args: ReadonlyPartialJSONObject): IVersion[] => {
    const versions = subjects(history, args);
    return versions.length || args.versions || !history.focused ? versions : [history.focused];
  };
  const single = (args: ReadonlyPartialJSONObject): IVersion | null => {
    const [only, ...others] = of(args);
    return only && !others.length ? only : null;
  };
  const forOne = (
    id: string,
    options: Partial<CommandRegistry.ICommandOptions>,
    work: (version: IVersion) => Promise<void>,
    fits: (version: IVersion) => boolean = () => true
  ): string => {
    app.commands.addCommand(id, {
      ...options,
      isEnabled: args => {
        const version = single(args);
        return version !== null && fits(version);
      },
      execute: async args => {
        const version = single(args);
        if (version) {
          await work(version);
        }
      },
      describedBy: VERSIONS
    });
    return id;
  };
  const forAll = (
    id: string,
    options: Partial<CommandRegistry.ICommandOptions>,
    work: (versions: IVersion[]) => Promise<void> | void
  ): string => {
    app.commands.addCommand(id, {
      ...options,
      isEnabled: args => of(args).length > 0,
      execute: async args => {
        const versions = of(args);
        if (versions.length) {
          await work(versions);
        }
      },
      describedBy: VERSIONS
    });
    return id;
  };
  const said = [
    forAll(
      STAR,
      {
        label: args => (allStarred(of(args)) ? trans.__('Remove Star') : trans.__('Star')),
        caption: trans.__('Starred versions are kept, whatever the rules of retention say'),
        icon: starIcon
      },
      versions => annotator.star(versions)
    ),
    forOne(RENAME, { label: trans.__('Rename…'), icon: editIcon }, version => annotator.rename(version)),
    forOne(NOTE, { label: trans.__('Edit Note…'), icon: noteIcon }, version => annotator.note(version)),
    forAll(LABELS, { label: trans.__('Edit Labels…'), icon: labelIcon }, versions => annotator.label(versions))
  ];
  const named = [
    forOne(TAG, { label: trans.__('Add Tag…'), icon: tagIcon }, version => namer.tag(version)),
    forOne(
      UNTAG,
      { label: trans.__('Remove Tag…') },
      version => namer.untag(version),
      version => version.tags.length > 0
    ),
    forOne(BRANCH, { label: trans.__('New Branch Here…'), icon: branchIcon }, version => namer.branch(version))
  ];
  const looked = [
    forOne(
      REVEAL,
      {
        label: trans.__('Show the Cell That Made It'),
        caption: trans.__('Go to the cell in the notebook'),
        icon: searchIcon
      },
      version => revealCell(app, service, history, version),
      version => version.cell_id !== ''
    ),
    forAll(
      COPY_ID,
      { label: args => trans._n('Copy Id', 'Copy Ids', Math.max(1, of(args).length)), icon: copyIcon },
      versions => {
        annotator.copy(versions);
      }
    )
  ];
  const gone = [
    forAll(
      DELETE,
      {
        label: args => trans._n('Delete Version…', 'Delete %1 Versions…', Math.max(1, of(args).length)),
        icon: deleteIcon
      },
      versions => annotator.delete(versions)
    )
  ];
  return [looked, said, named, gone];
}

/** Adds the commands about the branches of the notebook; their ids. */
export function addBranchCommands({ app, service, history, namer }: IParts): string[] {
  const { trans } = service;
  const add = (id: string, label: string, work: () => Promise<void>): string => {
    app.commands.addCommand(id, {
      label,
      isEnabled: () => history.notebook !== null && history.head !== null,
      execute: work,
      describedBy: NOTHING
    });
    return id;
  };
  const change = async (): Promise<void> => {
    const tip = await namer.branchToGoTo();
    if (tip) {
      await app.commands.execute(RESTORE, { ...tip });
    }
  };
  return [
    add(SWITCH_BRANCH, trans.__('Switch Branch…'), change),
    add(RENAME_BRANCH, trans.__('Rename Branch…'), () => namer.renameBranch()),
    add(DELETE_BRANCH, trans.__('Delete Branch…'), () => namer.deleteBranch())
  ];
}
