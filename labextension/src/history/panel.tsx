import { ReactWidget, UseSignal } from '@jupyterlab/ui-components';
import type { CommandRegistry } from '@lumino/commands';
import * as React from 'react';
import type { IVersion } from '../service/contract';
import { versionsIcon } from '../service/icons';
import type { IVersionService } from '../service/tokens';
import { NoMatch, NoNotebook, NoVersions } from '../states/empty';
import { Failed, NoServer } from '../states/trouble';
import { Curves } from './curves';
import { Detail } from './detail';
import { Foot } from './foot';
import { Header } from './header';
import { Live } from './live';
import type { HistoryModel, HistoryState } from './model';
import { VersionList } from './versionList';

/** What can be done from the panel. */
export interface IPanelActions {
  checkpoint(message: string): Promise<boolean>;
  restore(version: IVersion): Promise<void>;
}

export interface IViewProps {
  model: HistoryModel;
  service: IVersionService;
  actions: IPanelActions;
  commands: CommandRegistry;
}

/** The side panel with the versions of the active notebook. */
export class VersionsPanel extends ReactWidget {
  constructor(props: IViewProps) {
    super();
    this.id = 'mlversion-panel';
    this.addClass('jp-mlversion-Panel');
    this.title.icon = versionsIcon;
    this.title.caption = props.service.trans.__('ML Versions');
    this._props = props;
    this.node.setAttribute('role', 'region');
    this.node.setAttribute('aria-label', props.service.trans.__('Versions of the notebook'));
  }

  protected override onAfterShow(): void {
    this._props.model.visible = true;
  }

  protected override onAfterHide(): void {
    this._props.model.visible = false;
  }

  protected override render(): React.ReactElement {
    return (
      <UseSignal signal={this._props.model.changed}>
        {() => <View {...this._props} state={this._props.model.state} />}
      </UseSignal>
    );
  }

  private readonly _props: IViewProps;
}

function View(props: IViewProps & { state: HistoryState }): React.ReactElement {
  const { state, model, service, commands, actions } = props;
  const { trans } = service;
  switch (state.kind) {
    case 'no-notebook':
      return <NoNotebook trans={trans} commands={commands} />;
    case 'server-missing':
      return <NoServer trans={trans} onRetry={() => void model.refresh()} />;
    case 'failed':
      return (
        <Failed
          trans={trans}
          failure={state.failure}
          onRetry={() => void model.refresh()}
          onVerify={() => void commands.execute('mlversion:verify')}
        />
      );
    case 'loading':
      return (
        <p className="jp-mlversion-Empty" role="status">
          {trans.__('Loading…')}
        </p>
      );
    case 'ready':
      return (
        <>
          <Header {...props} status={state.status} key={model.path} />
          <Live {...props} />
          {model.sections.in('above').map((Part, index) => (
            <Part key={index} />
          ))}
          {state.pages.total ? <Curves {...props} newest={state.pages.at(0)?.id ?? ''} /> : null}
          {state.pages.total ? (
            <VersionList {...props} state={state} key={`${model.path} versions`} />
          ) : model.listing.where ? (
            <NoMatch
              trans={trans}
              query={model.listing.where}
              onClear={() => {
                model.listing = { ...model.listing, where: '' };
              }}
            />
          ) : (
            <NoVersions trans={trans} tag={state.status.cell_tag} onCheckpoint={() => actions.checkpoint('')} />
          )}
          <Foot {...props} safeties={state.pages.safeties} />
          <Detail {...props} head={state.head} />
          {model.sections.in('below').map((Part, index) => (
            <Part key={index} />
          ))}
        </>
      );
  }
}
