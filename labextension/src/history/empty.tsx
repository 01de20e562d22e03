import { copyIcon } from '@jupyterlab/ui-components';
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import type { Failure } from '../service/failure';

interface IProps {
  trans: TranslationBundle;
}

/** A line for a terminal, with a button that copies it. */
function Command({ trans, line }: IProps & { line: string }): React.ReactElement {
  return (
    <div className="jp-mlversion-Command">
      <code>{line}</code>
      {/* Only secure pages have a clipboard. */}
      {'clipboard' in navigator ? (
        <button
          type="button"
          className="jp-mlversion-IconButton"
          title={trans.__('Copy')}
          aria-label={trans.__('Copy')}
          onClick={() => void navigator.clipboard.writeText(line)}
        >
          <copyIcon.react tag="span" width="14px" height="14px" />
        </button>
      ) : null}
    </div>
  );
}

function Retry({ trans, onRetry }: IProps & { onRetry: () => void }): React.ReactElement {
  return (
    <button type="button" className="jp-mlversion-Button" onClick={onRetry}>
      {trans.__('Try again')}
    </button>
  );
}

export function NoNotebook({ trans }: IProps): React.ReactElement {
  return <p className="jp-mlversion-Empty">{trans.__('Open a notebook to see its versions.')}</p>;
}

export function NoVersions({ trans, tag }: IProps & { tag: string }): React.ReactElement {
  return (
    <div className="jp-mlversion-Empty">
      <p>{trans.__('This notebook has no versions yet.')}</p>
      <p>
        {trans.__(
          'Give a cell the tag “%1” with the flag in its toolbar and run it, or press Checkpoint: the notebook, the data it read and the models it wrote become a version.',
          tag
        )}
      </p>
    </div>
  );
}

export function NoServer({ trans, onRetry }: IProps & { onRetry: () => void }): React.ReactElement {
  return (
    <div className="jp-mlversion-Empty" role="alert">
      <p>{trans.__('This Jupyter server does not have the server part of jupyter_mlversion.')}</p>
      <p>{trans.__('Run this in the environment of the server, then start the server again:')}</p>
      <Command trans={trans} line="python -m pip install jupyter_mlversion" />
      <Command trans={trans} line="jupyter server extension enable jupyter_mlversion" />
      <Retry trans={trans} onRetry={onRetry} />
    </div>
  );
}

export function Failed({ trans, failure, onRetry }: IProps & { failure: Failure; onRetry: () => void }): React.ReactElement {
  return (
    <div className="jp-mlversion-Empty" role="alert">
      <p>{failure.message}</p>
      {failure.hint ? <p>{failure.hint}</p> : null}
      <Retry trans={trans} onRetry={onRetry} />
    </div>
  );
}

export function InstallKernel({ trans, install }: IProps & { install: string }): React.ReactElement {
  return (
    <div className="jp-mlversion-Warning" role="status">
      <p>
        {trans.__(
          'The environment of this kernel lacks jupyter_mlversion, so data, models and metrics are not seen. Install it there, then restart the kernel:'
        )}
      </p>
      <Command trans={trans} line={install} />
    </div>
  );
}
