import { Dialog } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import { closeIcon, ReactWidget } from '@jupyterlab/ui-components';
import * as React from 'react';
import { keepEnter } from './enter';
import { LONGEST, withLabels } from './labels';

interface ILabelOptions {
  title: string;
  labels: readonly string[];
  /** Whether there are labels that only some of the versions have. */
  partly: boolean;
  /** Labels that other versions have. */
  known: readonly string[];
  trans: TranslationBundle;
}

/** The labels that the user makes of `options.labels`; null when they leave it. */
export async function askLabels(options: ILabelOptions): Promise<string[] | null> {
  const { title, trans } = options;
  const dialog = new Dialog({
    title,
    body: new LabelBody(options),
    buttons: [Dialog.cancelButton({ label: trans.__('Cancel') }), Dialog.okButton({ label: trans.__('Save') })],
    focusNodeSelector: 'input'
  });
  const answer = await dialog.launch();
  return answer.button.accept ? (answer.value ?? []) : null;
}

class LabelBody extends ReactWidget implements Dialog.IBodyWidget<string[]> {
  constructor(options: ILabelOptions) {
    super();
    this.addClass('jp-mlversion-LabelBody');
    this._options = options;
    this._labels = options.labels;
  }

  /** What is typed and not added yet counts too. */
  getValue(): string[] {
    return withLabels(this._labels, this._typed);
  }

  protected override render(): React.ReactElement {
    return (
      <LabelEditor
        {...this._options}
        onChange={(labels, typed) => {
          this._labels = labels;
          this._typed = typed;
        }}
      />
    );
  }

  private readonly _options: ILabelOptions;
  private _labels: readonly string[];
  private _typed = '';
}

interface IEditorProps extends ILabelOptions {
  onChange: (labels: readonly string[], typed: string) => void;
}

function LabelEditor({ labels: first, partly, known, trans, onChange }: IEditorProps): React.ReactElement {
  const [labels, setLabels] = React.useState(first);
  const [typed, setTyped] = React.useState('');
  const input = React.useRef<HTMLInputElement>(null);
  const id = React.useId();
  const change = (now: readonly string[], text: string): void => {
    setLabels(now);
    setTyped(text);
    onChange(now, text);
  };
  const latest = React.useRef({ labels, typed, change });
  latest.current = { labels, typed, change };
  React.useEffect(
    () =>
      input.current
        ? keepEnter(input.current, () => {
            const { labels: had, typed: text, change: set } = latest.current;
            if (!text.trim()) {
              return 'left';
            }
            set(withLabels(had, text), '');
            return 'taken';
          })
        : undefined,
    []
  );
  return (
    <>
      <ul className="jp-mlversion-Labels" aria-label={trans.__('Labels')}>
        {labels.map(label => (
          <li key={label} className="jp-mlversion-Label">
            <bdi title={label}>{label}</bdi>
            <button
              type="button"
              aria-label={trans.__('Remove the label %1', label)}
              title={trans.__('Remove')}
              onClick={() => {
                change(
                  labels.filter(other => other !== label),
                  typed
                );
                input.current?.focus();
              }}
            >
              <closeIcon.react tag="span" width="10px" height="10px" />
            </button>
          </li>
        ))}
        {labels.length ? null : <li className="jp-mlversion-note">{trans.__('No labels yet.')}</li>}
      </ul>
      <label htmlFor={`${id}-input`}>{trans.__('Add a label')}</label>
      <input
        id={`${id}-input`}
        ref={input}
        className="jp-mlversion-Message"
        type="text"
        value={typed}
        maxLength={LONGEST}
        list={`${id}-known`}
        aria-describedby={`${id}-help`}
        onChange={event => {
          const text = event.target.value;
          if (text.includes(',')) {
            change(withLabels(labels, text), '');
          } else {
            change(labels, text);
          }
        }}
      />
      <datalist id={`${id}-known`}>
        {known
          .filter(label => !labels.includes(label))
          .map(label => (
            <option key={label} value={label} />
          ))}
      </datalist>
      <p id={`${id}-help`} className="jp-mlversion-note">
        {trans.__('Enter or a comma adds it.')} {partly ? trans.__('Labels that only some of the versions have stay.') : ''}
      </p>
    </>
  );
}
