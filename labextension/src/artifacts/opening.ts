import type { JupyterFrontEnd } from '@jupyterlab/application';
import type { WidgetTracker } from '@jupyterlab/apputils';
import { showTab } from '../service/area';
import { Failure } from '../service/failure';
import { saveBlob } from '../service/saving';
import type { IVersionService } from '../service/tokens';
import { shortOf } from '../service/words';
import { FileTab, fileTabId, type IFileArgs, nameOf } from './fileTab';
import { type IPairArgs, PairTab, pairTabId } from './pairTab';
import { ArtifactFile, ArtifactPair, WORKSPACE } from './requests';
import type { IAction } from './tab';
import type { IArtifactViewers } from './tokens';

export const OPEN_ARTIFACT = 'mlversion:open-artifact';
export const COMPARE_ARTIFACT = 'mlversion:compare-artifact';
export const OPEN_VERSION = 'mlversion:open-version';

/** The command of the plugin that restores; the button is there when the command is. */
const RESTORE_FILE = 'mlversion:restore-file';

/** Opens files of versions, and comparisons of them, in the main area; one tab for each. */
export class Opening {
  constructor(
    app: JupyterFrontEnd,
    service: IVersionService,
    viewers: IArtifactViewers,
    files: WidgetTracker<FileTab>,
    pairs: WidgetTracker<PairTab>
  ) {
    this._app = app;
    this._service = service;
    this._viewers = viewers;
    this._files = files;
    this._pairs = pairs;
  }

  async file(args: IFileArgs): Promise<void> {
    const known = this._files.find(tab => tab.id === fileTabId(args));
    if (known) {
      showTab(this._app.shell, known);
      return;
    }
    const file = this._file(args);
    const tab = new FileTab(file, args, this._viewers, this._service.trans, this._actions(args, file));
    await this._files.add(tab);
    showTab(this._app.shell, tab);
  }

  async pair(args: IPairArgs): Promise<void> {
    const known = this._pairs.find(tab => tab.id === pairTabId(args));
    if (known) {
      showTab(this._app.shell, known);
      return;
    }
    const { notebook, path, versions } = args;
    const [before, after] = versions.map(version => this._file({ notebook, version, path }));
    if (!before || !after) {
      return;
    }
    let tab: PairTab | null = null;
    const pair = new ArtifactPair(notebook, before, after, this._service, job => tab?.progress(job));
    tab = new PairTab(pair, args, this._viewers, this._service.trans, job => void this._service.jobs.cancel(job.id), [
      this._open(args, versions[0]),
      ...(versions[1] === WORKSPACE ? [] : [this._open(args, versions[1])])
    ]);
    await this._pairs.add(tab);
    showTab(this._app.shell, tab);
  }

  /** Show the notebook of a version. */
  async notebook(notebook: string, version: string): Promise<void> {
    const { api, toasts, trans } = this._service;
    try {
      const { notebook: path, id, short } = await api.version(notebook, version);
      if (path === null) {
        throw new Failure({ kind: 'not-found', message: trans.__('Version %1 is of no notebook.', short), hint: '' });
      }
      await this.file({ notebook, version: id, path });
    } catch (reason) {
      toasts.failure(trans.__('Open Notebook'), reason);
    }
  }

  private _file({ notebook, version, path }: IFileArgs): ArtifactFile {
    const { trans } = this._service;
    const short = version === WORKSPACE ? trans.__('workspace') : shortOf(version);
    return new ArtifactFile({ notebook, version, path, short }, this._service, this._app.serviceManager.serverSettings);
  }

  private _open({ notebook, path }: IPairArgs, version: string): IAction {
    const { trans } = this._service;
    return {
      label: trans.__('Open %1', shortOf(version)),
      caption: trans.__('Show the file as it is in version %1', shortOf(version)),
      run: () => void this.file({ notebook, version, path })
    };
  }

  private _actions(args: IFileArgs, file: ArtifactFile): IAction[] {
    const { trans } = this._service;
    const { commands } = this._app;
    const { notebook, version, path } = args;
    const compare = (versions: [string, string]): void => void this.pair({ notebook, versions, path });
    const actions: IAction[] = [
      {
        label: trans.__('Compare with Version Before'),
        caption: trans.__('Show how the file differs from the version before'),
        run: () => void this.withVersionBefore(args)
      },
      {
        label: trans.__('Compare with Workspace'),
        caption: trans.__('Show how the file differs from the one that is there now'),
        run: () => {
          compare([version, WORKSPACE]);
        }
      },
      {
        label: trans.__('Save a Copy…'),
        caption: trans.__('Download the file as it is in this version'),
        run: () => void this._save(file)
      }
    ];
    if (commands.hasCommand(RESTORE_FILE)) {
      actions.push({
        label: trans.__('Restore This File…'),
        caption: trans.__('Bring this file back into the workspace'),
        run: () => void commands.execute(RESTORE_FILE, { version, path })
      });
    }
    return actions;
  }

  /** Compare with the version before. */
  async withVersionBefore(args: IFileArgs): Promise<void> {
    const { api, toasts, trans } = this._service;
    try {
      const { parents, short } = await api.version(args.notebook, args.version);
      const [parent] = parents;
      if (parent === undefined) {
        throw new Failure({ kind: 'not-found', message: trans.__('There is no version before %1.', short), hint: '' });
      }
      await this.pair({ notebook: args.notebook, versions: [parent, args.version], path: args.path });
    } catch (reason) {
      toasts.failure(trans.__('Compare'), reason);
    }
  }

  private async _save(file: ArtifactFile): Promise<void> {
    try {
      saveBlob(await file.bytes(), nameOf(file.path));
    } catch (reason) {
      this._service.toasts.failure(this._service.trans.__('Save a Copy'), reason);
    }
  }

  private readonly _app: JupyterFrontEnd;
  private readonly _service: IVersionService;
  private readonly _viewers: IArtifactViewers;
  private readonly _files: WidgetTracker<FileTab>;
  private readonly _pairs: WidgetTracker<PairTab>;
}
