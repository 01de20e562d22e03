import { copyIcon } from '@jupyterlab/ui-components';
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

/** A line for a terminal or a cell, with a button that copies it. */
export function Line({ trans, line }: { trans: TranslationBundle; line: string }): React.ReactElement {
  return (
    <div className="jp-mlversion-Command">
      <code>{line}</code>
      {/* Only secure pages have a clipboard. */}
      {'clipboard' in navigator ? (
        <button
          type="button"
          className="jp-mlversion-IconButton"
          title={trans.__('Copy')}
          aria-label={trans.__('Copy: %1', line)}
          onClick={() => void navigator.clipboard.writeText(line)}
        >
          <copyIcon.react tag="span" width="14px" height="14px" />
        </button>
      ) : null}
    </div>
  );
}
