import { PageConfig, URLExt } from '@jupyterlab/coreutils';
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import { type Failure, UNAUTHENTICATED } from '../service/failure';
import { diskIcon, lockIcon, offlineIcon, warningIcon } from './icons';
import { Line } from './line';
import { isDamage, isNoRoom } from './kinds';
import { State } from './state';

interface IProps {
  trans: TranslationBundle;
  onRetry: () => void;
}

/** The server does not have our part. */
export function NoServer({ trans, onRetry }: IProps): React.ReactElement {
  return (
    <State
      icon={warningIcon}
      title={trans.__('This Jupyter server does not have the server part of jupyter_mlversion.')}
      actions={[{ label: trans.__('Try again'), run: onRetry, main: true }]}
      isTrouble
    >
      <p>{trans.__('Run this in the environment of the server, then start the server again:')}</p>
      <Line trans={trans} line="python -m pip install jupyter_mlversion" />
      <Line trans={trans} line="jupyter server extension enable jupyter_mlversion" />
    </State>
  );
}

/** The server was started anew with another token, or the session ended. Another tab logs in, so that no edit is lost here. */
function LoggedOut({ trans, onRetry }: IProps): React.ReactElement {
  const logIn = (): void => {
    window.open(URLExt.join(PageConfig.getBaseUrl(), 'login'), '_blank', 'noopener');
  };
  return (
    <State
      icon={lockIcon}
      title={trans.__('You are logged out of the Jupyter server.')}
      actions={[
        { label: trans.__('Log in in a new tab'), run: logIn, main: true },
        { label: trans.__('Try again'), run: onRetry }
      ]}
      isTrouble
    >
      <p>{trans.__('Log in in a new tab, then come back here: the versions are shown again, and unsaved edits stay.')}</p>
    </State>
  );
}

/** The history could not be read. */
export function Failed(props: IProps & { failure: Failure; onVerify: () => void }): React.ReactElement {
  const { trans, failure, onRetry, onVerify } = props;
  const retry = { label: trans.__('Try again'), run: onRetry, main: true };
  if (failure.passing) {
    return (
      <State icon={offlineIcon} title={trans.__('Offline')} actions={[retry]} isTrouble>
        <p>{trans.__('The Jupyter server cannot be reached. The versions are shown when it answers again.')}</p>
      </State>
    );
  }
  if (failure.kind === UNAUTHENTICATED) {
    return <LoggedOut {...props} />;
  }
  const icon = isNoRoom(failure.kind) ? diskIcon : failure.kind === 'file-failure' ? lockIcon : warningIcon;
  const verify = { label: trans.__('Verify the stored content'), run: onVerify };
  return (
    <State
      icon={icon}
      title={trans.__('The versions cannot be shown.')}
      actions={isDamage(failure.kind) ? [retry, verify] : [retry]}
      isTrouble
    >
      <p>{failure.message}</p>
      {failure.hint ? <p>{failure.hint}</p> : null}
    </State>
  );
}
