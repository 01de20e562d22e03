import { Dialog } from '@jupyterlab/apputils';
import { ReactWidget } from '@jupyterlab/ui-components';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { ISignal } from '@lumino/signaling';
import * as React from 'react';
import type { IVersion } from '../service/contract';
import { Choice, groupsOf } from './choice';
import { RestoreForm } from './form';
import type { IRestorePlan, IWanted } from './requests';

/** What the user wants after seeing the plan. */
export type Decision =
  | { kind: 'nothing' }
  | { kind: 'restore'; wanted: IWanted; confirmed: boolean }
  | { kind: 'copy'; wanted: IWanted };

/** What may spoil a restore, as it is at the moment. */
export interface IRisk {
  /** Whether the notebook's kernel runs a cell. */
  busy: boolean;
  /** The names of those who edit the notebook in other windows; an empty text for one without a name. */
  editing: readonly string[];
}

export interface IQuestion {
  plan: IRestorePlan;
  /** What the plan was asked for. */
  asked: IWanted;
  version: Pick<IVersion, 'short' | 'message'> & Partial<Pick<IVersion, 'time' | 'branch'>>;
  risk: () => IRisk;
  /** Emitted when `risk` may have changed. */
  riskChanged: ISignal<unknown, unknown>;
  trans: TranslationBundle;
  /** Verify the stored content; null where that cannot be asked for here. */
  verify: (() => void) | null;
}

/** Where the buttons are. */
const COPY = 1;
const RESTORE = 2;

/** Shows what a restore would do and asks which of it is wanted. Restores only what was confirmed. */
export class RestoreDialog extends Dialog<void> {
  constructor(question: IQuestion) {
    const { plan, trans, version } = question;
    const form = new FormWidget(question);
    super({
      title: trans.__('Restore version %1?', version.short),
      body: form,
      buttons: [
        Dialog.cancelButton({ label: trans.__('Cancel') }),
        Dialog.createButton({ label: trans.__('Restore as copy…'), accept: true, className: 'jp-mlversion-RestoreDialog-copy' }),
        Dialog.okButton({ label: trans.__('Restore') })
      ],
      defaultButton: plan.conflicts.length ? 0 : RESTORE
    });
    this.addClass('jp-mlversion-RestoreDialog');
    // One button is the agreement; this one leads on.
    this.node.querySelectorAll('.jp-Dialog-footer button')[COPY]?.classList.remove('jp-mod-accept');
    this._form = form;
    form.changed = () => {
      this._checkValidation();
    };
    this._checkValidation();
  }

  /** Ask; resolves to what is wanted. */
  async ask(): Promise<Decision> {
    await this.launch();
    const { choice, confirmed, question } = this._form;
    const wanted = choice.wanted(question.asked);
    if (this._chosen === COPY) {
      // A copy replaces nothing: what is as in the version already belongs to it, too.
      return { kind: 'copy', wanted: choice.isWhole || choice.isEmpty ? question.asked : wanted };
    }
    return this._chosen === RESTORE ? { kind: 'restore', wanted, confirmed } : { kind: 'nothing' };
  }

  override resolve(index: number = RESTORE): void {
    if (index === RESTORE && !this._form.ready) {
      return;
    }
    this._chosen = index;
    super.resolve(index);
  }

  /** Enter opens and closes what can be folded, and is no agreement there. */
  protected override _evtKeydown(event: KeyboardEvent): void {
    const { target } = event;
    const inForm = target instanceof HTMLElement && this._form.node.contains(target);
    if (inForm && event.key === 'Enter' && target.matches('button, summary')) {
      event.stopPropagation();
      return;
    }
    super._evtKeydown(event);
  }

  protected override _checkValidation(): void {
    // Called while the dialog is made, too.
    const button = this.node.querySelector<HTMLButtonElement>('.jp-Dialog-footer button:last-of-type');
    if (button && (this._form as FormWidget | undefined)) {
      // It keeps the focus, which a disabled one would lose to what is behind the dialog.
      button.setAttribute('aria-disabled', String(!this._form.ready));
    }
  }

  private readonly _form: FormWidget;
  private _chosen = 0;
}

/** The body of the dialog: the form and what was entered. */
class FormWidget extends ReactWidget {
  constructor(readonly question: IQuestion) {
    super();
    this.addClass('jp-mlversion-Plan');
    this.choice = new Choice(groupsOf(question.plan));
    question.riskChanged.connect(this._onRisk, this);
  }

  override dispose(): void {
    this.question.riskChanged.disconnect(this._onRisk, this);
    super.dispose();
  }

  /** Whether the restore may begin: nothing is in the way, something is chosen, and what is risky was confirmed. */
  get ready(): boolean {
    const { plan, risk } = this.question;
    const { busy, editing } = risk();
    const isNothing = this.choice.groups.length > 0 && this.choice.isEmpty;
    return !plan.conflicts.length && !isNothing && (this.confirmed || (!busy && !editing.length));
  }

  choice: Choice;
  confirmed = false;
  changed: () => void = () => undefined;

  protected override render(): React.ReactElement {
    return (
      <RestoreForm
        {...this.question}
        now={this.question.risk()}
        choice={this.choice}
        confirmed={this.confirmed}
        onChoice={choice => {
          this.choice = choice;
          this._refresh();
        }}
        onConfirm={confirmed => {
          this.confirmed = confirmed;
          this._refresh();
        }}
      />
    );
  }

  private _onRisk(): void {
    this._refresh();
  }

  private _refresh(): void {
    this.update();
    this.changed();
  }
}
