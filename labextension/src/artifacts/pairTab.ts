import type { TranslationBundle } from '@jupyterlab/translation';
import { copyIcon } from '@jupyterlab/ui-components';
import { Widget } from '@lumino/widgets';
import type { IJob } from '../service/contract';
import type { IDifferenceOfFile } from './answers';
import { nameOf } from './fileTab';
import type { IAction } from './tab';
import { Tab } from './tab';
import type { IArtifactDiffer, IArtifactPair, IArtifactViewers } from './tokens';

/** Where a comparison is found again after a reload. */
export interface IPairArgs {
  readonly notebook: string;
  readonly versions: [string, string];
  readonly path: string;
}

/** How a file differs between two versions, or from the workspace, shown by the differ that is best for it. */
export class PairTab extends Tab {
  constructor(
    pair: IArtifactPair,
    args: IPairArgs,
    viewers: IArtifactViewers,
    trans: TranslationBundle,
    cancel: (job: IJob) => void,
    actions: readonly IAction[]
  ) {
    super(trans, `${pair.before.short} → ${pair.after.short}`, actions);
    this.id = pairTabId(args);
    this.args = args;
    this._pair = pair;
    this._viewers = viewers;
    this._cancel = cancel;
    this.title.label = `${nameOf(pair.path)} @ ${pair.before.short} → ${pair.after.short}`;
    this.title.caption = trans.__('How %1 differs from version %2 to %3', pair.path, pair.before.short, pair.after.short);
    this.title.icon = copyIcon;
  }

  readonly args: IPairArgs;

  protected async load(): Promise<void> {
    this.wait();
    try {
      this._show(await this._pair.difference(null));
    } catch (reason) {
      this.fail(reason, () => void this.load());
    }
  }

  /** Say how far a long comparison is. */
  progress(job: IJob): void {
    if (job.state !== 'running' || this.isDisposed) {
      return;
    }
    if (this._bar?.isDisposed !== false) {
      this._bar = this._progressBar(job);
      this.put(this._bar);
    }
    const bar = this._bar.node.querySelector('progress');
    if (bar && job.total > 0) {
      bar.max = job.total;
      bar.value = job.done;
    }
    const phase = this._bar.node.querySelector('span');
    if (phase) {
      phase.textContent = job.phase;
    }
  }

  private _progressBar(job: IJob): Widget {
    const widget = new Widget();
    widget.addClass('jp-mlversion-Inside-progress');
    const bar = document.createElement('progress');
    bar.setAttribute('aria-label', this.trans.__('Comparing'));
    const button = document.createElement('button');
    button.type = 'button';
    button.className = 'jp-mlversion-Button';
    button.textContent = this.trans.__('Cancel');
    button.onclick = () => {
      button.disabled = true;
      this._cancel(job);
    };
    widget.node.append(document.createElement('span'), bar, button);
    return widget;
  }

  private _show(difference: IDifferenceOfFile, wanted?: IArtifactDiffer): void {
    const { before, after } = this._pair;
    if (difference.change === null) {
      this.say(this.trans.__('The file is the same in %1 and %2.', before.short, after.short));
      return;
    }
    if (difference.change !== 'modified') {
      const there = difference.change === 'added' ? after : before;
      this.say(this.trans.__('Only %1 has the file.', there.short));
      return;
    }
    const ways = this._viewers.differs(difference);
    const differ = wanted ?? ways[0];
    if (!differ) {
      this.say(this.trans.__('The file differs; nothing is installed that shows how.'));
      return;
    }
    try {
      this.put(differ.render(this._pair, difference));
    } catch (reason) {
      this.fail(reason, () => {
        this._show(difference);
      });
    }
    this.offer(ways, differ, way => {
      this._show(difference, way);
    });
  }

  private readonly _pair: IArtifactPair;
  private readonly _viewers: IArtifactViewers;
  private readonly _cancel: (job: IJob) => void;
  private _bar: Widget | null = null;
}

export function pairTabId({ notebook, versions, path }: IPairArgs): string {
  return `mlversion-pair:${JSON.stringify([notebook, ...versions, path])}`;
}
