import type { TranslationBundle } from '@jupyterlab/translation';
import type { CommandRegistry } from '@lumino/commands';
import * as React from 'react';

/** In the panel's foot: leads to the page about storage. */
export function StorageLink(props: {
  commands: CommandRegistry;
  command: string;
  trans: TranslationBundle;
}): React.ReactElement {
  const { commands, command, trans } = props;
  return (
    <button
      type="button"
      className="jp-mlversion-Link jp-mlversion-StorageLink"
      title={commands.caption(command)}
      onClick={() => void commands.execute(command)}
    >
      {trans.__('Storage…')}
    </button>
  );
}
