import { ReactWidget, UseSignal } from '@jupyterlab/ui-components';
import type { Message } from '@lumino/messaging';
import * as React from 'react';
import { type IPageProps, Page } from './page';

/** The content of a tab that compares versions. */
export class ComparisonWidget extends ReactWidget {
  constructor(props: IPageProps) {
    super();
    this.addClass('jp-mlversion-Compare');
    this.node.setAttribute('role', 'region');
    this.node.setAttribute('aria-label', props.service.trans.__('Comparison of versions'));
    this.props = props;
  }

  readonly props: IPageProps;

  protected override onAfterShow(): void {
    this.props.model.look();
  }

  protected override onAfterAttach(message: Message): void {
    super.onAfterAttach(message);
    if (this.isVisible) {
      this.props.model.look();
    }
  }

  protected override render(): React.ReactElement {
    return <UseSignal signal={this.props.model.changed}>{() => <Page {...this.props} />}</UseSignal>;
  }
}
