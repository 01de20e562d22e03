import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import { Failure } from '../service/failure';
import { bytesText } from '../service/words';
import { FailureNote, useAnswer, Waiting } from './answer';
import type { IImageFacts } from './answers';
import type { IArtifactFile } from './tokens';

/** Bytes of a picture that are loaded without being asked to. */
const LARGEST = 40_000_000;

interface IProps {
  file: IArtifactFile;
  facts: IImageFacts & { size: number };
  trans: TranslationBundle;
}

/** A picture, as large as there is room or as large as it is. */
export function ImageView({ file, facts, trans }: IProps): React.ReactElement {
  const [whole, setWhole] = React.useState(false);
  return (
    <div className="jp-mlversion-Inside-image">
      <div className="jp-mlversion-Inside-bar">
        <span>{imageText(facts)}</span>
        <label>
          <input
            type="checkbox"
            checked={whole}
            onChange={event => {
              setWhole(event.currentTarget.checked);
            }}
          />
          {trans.__('Actual size')}
        </label>
      </div>
      <div className={`jp-mlversion-Inside-scroll ${whole ? '' : 'jp-mod-fit'}`} tabIndex={0}>
        <Picture file={file} facts={facts} trans={trans} />
      </div>
    </div>
  );
}

/** Format, pixels and bytes. */
export function imageText({ format, width, height, size }: IImageFacts & { size: number }): string {
  const pixels = width !== null && height !== null ? `${width} × ${height}` : '';
  return [format.toUpperCase(), pixels, bytesText(size)].filter(Boolean).join(' · ');
}

/**
 * The picture itself. As the source of an image a drawing (SVG) cannot run its scripts; and its address holds the data, so
 * that it cannot be opened as a page of this server either.
 */
export function Picture({ file, facts, trans }: IProps): React.ReactElement {
  const load = async (): Promise<string> => {
    if (facts.size > LARGEST) {
      throw new Failure({
        kind: 'too-large',
        message: trans.__('The picture has %1.', bytesText(facts.size)),
        hint: trans.__('Save a copy to look at it.')
      });
    }
    return dataUrl(await file.bytes(), facts.media);
  };
  const { state } = useAnswer(load, `${file.version} ${file.path}`);
  if (state.kind === 'loading') {
    return <Waiting trans={trans} />;
  }
  if (state.kind === 'failed') {
    return <FailureNote failure={state.failure} />;
  }
  return <img src={state.value} alt={trans.__('%1 in version %2', file.path, file.short)} draggable={false} />;
}

function dataUrl(bytes: Blob, media: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => {
      resolve(typeof reader.result === 'string' ? reader.result : '');
    };
    reader.onerror = () => {
      reject(new Error(reader.error?.message ?? 'The bytes cannot be read.'));
    };
    reader.readAsDataURL(new Blob([bytes], { type: media }));
  });
}
