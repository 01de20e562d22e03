import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import type { IDifferenceOfFile, IImageDifference } from './answers';
import { imageText, Picture } from './image';
import { countText } from './numbers';
import type { IArtifactPair } from './tokens';

interface IProps {
  pair: IArtifactPair;
  whole: IDifferenceOfFile;
  difference: IImageDifference;
  trans: TranslationBundle;
}

/** Both pictures side by side, or one over the other with a slider between them. */
export function ImageDifference({ pair, whole, difference, trans }: IProps): React.ReactElement {
  const [over, setOver] = React.useState<number | null>(null);
  const one = { ...difference.before, size: whole.before?.size ?? 0 };
  const two = { ...difference.after, size: whole.after?.size ?? 0 };
  const { after } = pair;
  return (
    <div className="jp-mlversion-Inside-differing">
      <div className="jp-mlversion-Inside-bar">
        <span>{pixelsText(difference, trans)}</span>
        <label>
          <input
            type="checkbox"
            checked={over !== null}
            onChange={event => {
              setOver(event.currentTarget.checked ? 50 : null);
            }}
          />
          {trans.__('One over the other')}
        </label>
        {over === null ? null : (
          <input
            type="range"
            min={0}
            max={100}
            value={over}
            aria-label={trans.__('How much of the picture after is seen')}
            onChange={event => {
              setOver(Number(event.currentTarget.value));
            }}
          />
        )}
      </div>
      <div className={`jp-mlversion-Inside-pair ${over === null ? '' : 'jp-mod-over'}`}>
        <figure>
          <figcaption>
            {pair.before.short} · {imageText(one)}
          </figcaption>
          <Picture file={pair.before} facts={one} trans={trans} />
        </figure>
        <figure style={over === null ? {} : { opacity: over / 100 }}>
          <figcaption>
            {after.short} · {imageText(two)}
          </figcaption>
          <Picture file={after} facts={two} trans={trans} />
        </figure>
      </div>
    </div>
  );
}

function pixelsText({ pixels, why }: IImageDifference, trans: TranslationBundle): string {
  if (!pixels) {
    return why;
  }
  if (!pixels.differ) {
    return trans.__('Every pixel is the same; the files differ otherwise.');
  }
  const share = ((100 * pixels.differ) / pixels.total).toPrecision(3);
  return trans.__(
    '%1 of %2 pixels differ (%3 %), by at most %4 and on average %5 of 255',
    countText(pixels.differ),
    countText(pixels.total),
    share,
    pixels.largest,
    pixels.mean.toPrecision(3)
  );
}
