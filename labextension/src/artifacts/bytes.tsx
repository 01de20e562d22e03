import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import { bytesText } from '../service/words';
import { FailureNote } from './answer';
import type { IBytesPreview } from './answers';
import { hexLines } from './numbers';

/** What nobody can show: why, how much it is, and how it begins. */
export function BytesView({ preview, trans }: { preview: IBytesPreview; trans: TranslationBundle }): React.ReactElement {
  const { problem, hint, size, digest, head } = preview;
  return (
    <div className="jp-mlversion-Inside-bytes">
      {problem ? <FailureNote failure={{ message: problem, hint }} /> : null}
      <p className="jp-mlversion-note">
        {bytesText(size)}
        {digest ? (
          <>
            {' · '}
            <code>{digest}</code>
          </>
        ) : null}
      </p>
      {head ? (
        <pre className="jp-mlversion-Inside-hex" tabIndex={0} aria-label={trans.__('The first bytes')}>
          {hexLines(head).join('\n')}
        </pre>
      ) : null}
    </div>
  );
}
