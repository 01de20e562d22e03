import { PathExt } from '@jupyterlab/coreutils';
import { refreshIcon } from '@jupyterlab/ui-components';
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import type { IStatus } from '../service/contract';
import { flagIcon } from '../service/icons';
import type { IViewProps } from './panel';

/** Where the line stands: on a branch, or on a version that is no branch's end. */
function Place({ status, trans }: { status: IStatus; trans: TranslationBundle }): React.ReactElement | null {
  const { branch, head } = status;
  if (branch === null && head === null) {
    return null;
  }
  const title = branch === null ? trans.__('The next checkpoint opens a branch from here') : trans.__('Branch');
  return (
    <span className="jp-mlversion-Chip" title={title}>
      {branch ?? trans.__('at %1', head?.short ?? '')}
    </span>
  );
}

/** The notebook's name, where its line stands, and the form that makes a version. */
export function Header({ model, service, actions, status }: IViewProps & { status: IStatus }): React.ReactElement {
  const { trans } = service;
  const [message, setMessage] = React.useState('');
  const [busy, setBusy] = React.useState(false);
  const submit = (event: React.FormEvent): void => {
    event.preventDefault();
    setBusy(true);
    actions
      .checkpoint(message)
      .then(done => {
        if (done) {
          setMessage('');
        }
      })
      .finally(() => {
        setBusy(false);
      })
      .catch(() => undefined);
  };
  return (
    <div className="jp-mlversion-Header">
      <div className="jp-mlversion-Header-names">
        <h2 title={model.path}>{PathExt.basename(model.path)}</h2>
        <Place status={status} trans={trans} />
        <button
          type="button"
          className="jp-mlversion-IconButton"
          title={trans.__('Refresh')}
          aria-label={trans.__('Refresh')}
          onClick={() => {
            service.statuses.forget();
          }}
        >
          <refreshIcon.react tag="span" width="14px" height="14px" />
        </button>
      </div>
      <form onSubmit={submit}>
        <input
          className="jp-mlversion-Message"
          type="text"
          value={message}
          placeholder={trans.__('Message')}
          aria-label={trans.__('Message of the version')}
          onChange={event => {
            setMessage(event.target.value);
          }}
        />
        <button type="submit" className="jp-mlversion-Button jp-mod-accept" disabled={busy}>
          <flagIcon.react tag="span" width="14px" height="14px" />
          {trans.__('Checkpoint')}
        </button>
      </form>
    </div>
  );
}
