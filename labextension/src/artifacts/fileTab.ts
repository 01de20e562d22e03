import type { TranslationBundle } from '@jupyterlab/translation';
import { fileIcon } from '@jupyterlab/ui-components';
import type { Preview } from './answers';
import type { IAction } from './tab';
import { Tab } from './tab';
import type { IArtifactFile, IArtifactViewer, IArtifactViewers } from './tokens';

/** Where a file is found again after a reload. */
export interface IFileArgs {
  readonly notebook: string;
  readonly version: string;
  readonly path: string;
}

/** A file of a version, shown by the viewer that is best for it. */
export class FileTab extends Tab {
  constructor(
    file: IArtifactFile,
    args: IFileArgs,
    viewers: IArtifactViewers,
    trans: TranslationBundle,
    actions: readonly IAction[]
  ) {
    super(trans, trans.__('Read-only · version %1', file.short), actions);
    this.id = fileTabId(args);
    this.args = args;
    this._file = file;
    this._viewers = viewers;
    this.title.label = `${nameOf(file.path)} @ ${file.short}`;
    this.title.caption = trans.__('%1 in version %2, read-only', file.path, file.short);
    this.title.icon = fileIcon;
  }

  readonly args: IFileArgs;

  protected async load(): Promise<void> {
    this.wait();
    try {
      this._show(await this._file.preview());
    } catch (reason) {
      this.fail(reason, () => void this.load());
    }
  }

  private _show(preview: Preview, wanted?: IArtifactViewer): void {
    const ways = this._viewers.viewers(preview);
    const viewer = wanted ?? ways[0];
    if (!viewer) {
      this.say(this.trans.__('Nothing is installed that shows this file.'));
      return;
    }
    try {
      this.put(viewer.render(this._file, preview));
    } catch (reason) {
      this.fail(reason, () => {
        this._show(preview);
      });
    }
    this.offer(ways, viewer, way => {
      this._show(preview, way);
    });
  }

  private readonly _file: IArtifactFile;
  private readonly _viewers: IArtifactViewers;
}

export function fileTabId({ notebook, version, path }: IFileArgs): string {
  return `mlversion-file:${JSON.stringify([notebook, version, path])}`;
}

/** The last part of a path. */
export function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}
