import { ReactWidget, refreshIcon, UseSignal } from '@jupyterlab/ui-components';
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import { JobView } from '../jobs/section';
import { askToCollect } from './collectDialog';
import { Breakdown, Total } from './figures';
import type { StorageModel } from './model';
import { OutcomeView } from './outcome';
import type { IStorage } from './requests';
import { DeletedVersions, Largest } from './versions';

/** What takes the room of a workspace, and buttons that make some. */
export class StorageView extends ReactWidget {
  constructor(model: StorageModel, trans: TranslationBundle) {
    super();
    this.addClass('jp-mlversion-Storage');
    this.node.setAttribute('role', 'region');
    this.node.setAttribute('aria-label', trans.__('Storage of versions'));
    this.node.tabIndex = -1;
    this._model = model;
    this._trans = trans;
  }

  override dispose(): void {
    this._model.dispose();
    super.dispose();
  }

  protected override onAfterShow(): void {
    void this._model.refresh();
  }

  protected override render(): React.ReactElement {
    return <UseSignal signal={this._model.changed}>{() => <Content model={this._model} trans={this._trans} />}</UseSignal>;
  }

  private readonly _model: StorageModel;
  private readonly _trans: TranslationBundle;
}

interface IContentProps {
  model: StorageModel;
  trans: TranslationBundle;
}

function Content({ model, trans }: IContentProps): React.ReactElement {
  const { state, job, outcome } = model;
  if (state.kind === 'loading') {
    return (
      <p className="jp-mlversion-Empty" role="status">
        {trans.__('Looking at what takes the room…')}
      </p>
    );
  }
  if (state.kind === 'failed') {
    return <Failed model={model} trans={trans} />;
  }
  return (
    <>
      <Total storage={state.storage} trans={trans} />
      <Actions model={model} storage={state.storage} trans={trans} />
      {job ? (
        <JobView job={job} trans={trans} onCancel={() => void model.cancel()} onDismiss={() => undefined} />
      ) : null}
      {outcome ? (
        <OutcomeView outcome={outcome} trans={trans} onRepair={() => void model.verify({ repair: true })} />
      ) : null}
      <Breakdown storage={state.storage} trans={trans} />
      <Largest versions={state.largest} trans={trans} />
      <DeletedVersions versions={state.deleted} trans={trans} onUndelete={versions => void model.undelete(versions)} />
    </>
  );
}

function Actions({ model, storage, trans }: IContentProps & { storage: IStorage }): React.ReactElement {
  const [thorough, setThorough] = React.useState(false);
  const busy = model.job !== null;
  const collect = async (): Promise<void> => {
    const how = await askToCollect(storage, trans);
    if (how) {
      await model.collect(how);
    }
  };
  const button = (label: string, caption: string, work: () => Promise<void>): React.ReactElement => (
    <button type="button" className="jp-mlversion-Button" title={caption} disabled={busy} onClick={() => void work()}>
      {label}
    </button>
  );
  return (
    <div className="jp-mlversion-Storage-actions">
      <div role="group" aria-label={trans.__('Make room')}>
        {button(trans.__('What Would Be Freed'), trans.__('Nothing is changed'), () => model.collect({ dry_run: true }))}
        {button(trans.__('Collect Garbage…'), trans.__('Free what no version needs'), collect)}
        {button(trans.__('Repack'), trans.__('Encode all that is needed anew, as small as it gets'), () =>
          model.collect({ repack: true })
        )}
      </div>
      <div role="group" aria-label={trans.__('Check')}>
        {button(trans.__('Verify'), trans.__('Check that the bytes of every version are there and unharmed'), () =>
          model.verify({ read_data: thorough })
        )}
        <label>
          <input
            type="checkbox"
            checked={thorough}
            onChange={event => {
              setThorough(event.target.checked);
            }}
          />{' '}
          {trans.__('read all bytes')}
        </label>
      </div>
      <button
        type="button"
        className="jp-mlversion-IconButton"
        title={trans.__('Refresh')}
        aria-label={trans.__('Refresh')}
        disabled={model.busy}
        onClick={() => void model.refresh()}
      >
        <refreshIcon.react tag="span" width="14px" height="14px" />
      </button>
      <span className="jp-mlversion-note" role="status">
        {model.busy ? trans.__('Looking…') : model.stale ? trans.__('Versions came or went since.') : ''}
      </span>
    </div>
  );
}

function Failed({ model, trans }: IContentProps): React.ReactElement {
  const { state } = model;
  if (state.kind !== 'failed') {
    return <></>;
  }
  return (
    <div className="jp-mlversion-Empty" role="alert">
      <p>
        <b>{state.failure.message}</b>
      </p>
      {state.failure.hint ? <p>{state.failure.hint}</p> : null}
      <button type="button" className="jp-mlversion-Button" onClick={() => void model.refresh()}>
        {trans.__('Try Again')}
      </button>
    </div>
  );
}
