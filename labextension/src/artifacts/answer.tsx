import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import { Failure } from '../service/failure';

type State<T> = { kind: 'loading' } | { kind: 'failed'; failure: Failure } | { kind: 'ready'; value: T };

/** What `load` answers, asked again whenever `asked` is another one. What was there before stays until then. */
export function useAnswer<T>(load: () => Promise<T>, asked: string): { state: State<T>; busy: boolean } {
  const [state, setState] = React.useState<State<T>>({ kind: 'loading' });
  const [busy, setBusy] = React.useState(true);
  const latest = React.useRef(load);
  latest.current = load;
  React.useEffect(() => {
    let current = true;
    setBusy(true);
    latest
      .current()
      .then(
        (value): State<T> => ({ kind: 'ready', value }),
        (reason: unknown): State<T> => ({ kind: 'failed', failure: Failure.of(reason) })
      )
      .then(
        next => {
          if (current) {
            setState(next);
            setBusy(false);
          }
        },
        () => undefined
      );
    return () => {
      current = false;
    };
  }, [asked]);
  return { state, busy };
}

/** A failure in words, with what to do. */
export function FailureNote({ failure }: { failure: { message: string; hint: string } }): React.ReactElement {
  return (
    <div className="jp-mlversion-Inside-problem" role="alert">
      <p>{failure.message}</p>
      {failure.hint ? <code>{failure.hint}</code> : null}
    </div>
  );
}

/** What is shown while an answer is waited for. */
export function Waiting({ trans }: { trans: TranslationBundle }): React.ReactElement {
  return (
    <p className="jp-mlversion-note jp-mlversion-Inside-waiting" role="status">
      {trans.__('Loading…')}
    </p>
  );
}
