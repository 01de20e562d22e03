import { UseSignal } from '@jupyterlab/ui-components';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { CommandRegistry } from '@lumino/commands';
import * as React from 'react';
import { diskIcon, lockIcon, offlineIcon, warningIcon } from './icons';
import { compareReleases, RELEASE } from './kinds';
import { Line } from './line';
import { Banner, type IAction } from './state';
import type { Troubles } from './troubles';

/** Verifies the stored content. */
export const VERIFY = 'mlversion:verify';
/** Shows what takes the room, where a plugin has that. */
const STORAGE = 'mlversion:show-storage';

interface IProps {
  troubles: Troubles;
  commands: CommandRegistry;
  trans: TranslationBundle;
}

/** What stands in the way, each with what to do about it. */
export function Banners({ troubles, ...rest }: IProps): React.ReactElement {
  return (
    <UseSignal signal={troubles.changed}>
      {() => (
        <>
          <Offline troubles={troubles} {...rest} />
          <OtherRelease troubles={troubles} {...rest} />
          <ReadOnly troubles={troubles} {...rest} />
          <NoRoom troubles={troubles} {...rest} />
          <Damage troubles={troubles} {...rest} />
          <KernelElsewhere troubles={troubles} {...rest} />
        </>
      )}
    </UseSignal>
  );
}

function Offline({ troubles, trans }: IProps): React.ReactElement | null {
  return troubles.offline ? (
    <Banner
      icon={offlineIcon}
      text={trans.__('Offline: the Jupyter server cannot be reached. This is what it said last; it is asked again when it is back.')}
      actions={[
        {
          label: trans.__('Try again'),
          run: () => {
            troubles.retry();
          }
        }
      ]}
    />
  ) : null;
}

function OtherRelease({ troubles, trans }: IProps): React.ReactElement | null {
  const there = troubles.status?.version;
  if (!there || there === RELEASE) {
    return null;
  }
  if (compareReleases(there, RELEASE) > 0) {
    return (
      <Banner
        icon={warningIcon}
        text={trans.__('The server part is jupyter_mlversion %1, this page still shows %2. Reload the page.', there, RELEASE)}
        actions={[
          {
            label: trans.__('Reload the page'),
            run: () => {
              window.location.reload();
            }
          }
        ]}
      />
    );
  }
  return (
    <Banner
      icon={warningIcon}
      text={trans.__(
        'The server part is jupyter_mlversion %1, this page needs %2. Run this in the environment of the server, then start the server again:',
        there,
        RELEASE
      )}
    >
      <Line trans={trans} line={`python -m pip install "jupyter_mlversion>=${RELEASE}"`} />
    </Banner>
  );
}

function ReadOnly({ troubles, trans }: IProps): React.ReactElement | null {
  const { status } = troubles;
  return status?.writable === false ? (
    <Banner
      icon={lockIcon}
      text={trans.__('%1 is read-only for the server: versions can be looked at and compared, but none is made or restored.', status.workspace)}
    />
  ) : null;
}

function NoRoom({ troubles, commands, trans }: IProps): React.ReactElement | null {
  const { noRoom } = troubles;
  const actions: IAction[] = commands.hasCommand(STORAGE)
    ? [{ label: trans.__('Show what takes the room'), run: () => void commands.execute(STORAGE) }]
    : [];
  return noRoom ? (
    <Banner icon={diskIcon} text={`${trans.__('No version was made.')} ${noRoom.message}`} actions={actions}>
      {noRoom.hint ? <p>{noRoom.hint}</p> : null}
      {actions.length ? null : <Line trans={trans} line="mlversion storage" />}
    </Banner>
  ) : null;
}

function Damage({ troubles, commands, trans }: IProps): React.ReactElement | null {
  const { damage } = troubles;
  const verify = (): void => {
    troubles.forgetDamage();
    void commands.execute(VERIFY);
  };
  return damage ? (
    <Banner
      icon={warningIcon}
      text={trans.__('Stored content is harmed: %1', damage.message)}
      actions={[{ label: trans.__('Verify the stored content'), run: verify }]}
    />
  ) : null;
}

/** What the kernel cannot tell, and why. */
function KernelElsewhere({ troubles, trans }: IProps): React.ReactElement | null {
  const { kernel } = troubles;
  if (kernel?.kind === 'package-missing') {
    const line = troubles.installLine(kernel.executable);
    return line === null ? null : (
      <Banner
        icon={warningIcon}
        text={trans.__(
          'The environment of this kernel lacks jupyter_mlversion, so data, models and metrics are not seen. Install it there, then restart the kernel:'
        )}
      >
        <Line trans={trans} line={line} />
      </Banner>
    );
  }
  if (kernel?.kind === 'other-language') {
    return (
      <Banner
        icon={warningIcon}
        text={trans.__(
          'This kernel runs %1: versions have the notebook and the files that changed, but no metrics, splits or environment.',
          kernel.language
        )}
      />
    );
  }
  if (kernel?.kind === 'failed') {
    return (
      <Banner
        icon={warningIcon}
        text={trans.__('The kernel does not work with jupyter_mlversion, so data, models and metrics are not seen. %1', kernel.failure.text)}
      />
    );
  }
  return null;
}
