import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import type { Part } from '../figures/part';
import { Plot } from '../figures/plot';
import { fileName, savePicture } from '../figures/saving';
import { toldOf } from '../figures/told';
import type { IFigure } from '../service/contract';
import { saveText } from '../service/saving';
import { without } from './legend';
import { chartCsv } from './sheet';

interface IProps {
  name: string;
  figure: IFigure | null;
  /** Whether an answer came, so that no figure means that there is nothing to draw. */
  answered: boolean;
  /** Runs that had no room. */
  leftOut: number;
  height: number;
  hidden: ReadonlySet<string>;
  part: Part | null;
  trans: TranslationBundle;
  /** How wide the chart is when somebody looks at it; null when nobody does. */
  onLook: (width: number | null) => void;
  onPart: (part: Part | null) => void;
  onVersion: (version: string) => void;
  onFailure: (reason: unknown) => void;
}

/** One chart; drawn only while it is in sight. */
export function Chart(props: IProps): React.ReactElement {
  const { name, figure, answered, leftOut, height, hidden, part, trans, onLook, onPart, onVersion } = props;
  const node = React.useRef<HTMLDivElement>(null);
  const [seen, setSeen] = React.useState(false);
  // Counts how often all of it was asked for: what a figure with another number shows is not kept.
  const [round, setRound] = React.useState(0);
  const look = React.useRef(onLook);
  look.current = onLook;
  React.useEffect(() => {
    const element = node.current;
    if (!element) {
      return undefined;
    }
    let visible = false;
    const tell = (): void => {
      look.current(visible && element.clientWidth > 0 ? element.clientWidth : null);
    };
    const sight = new IntersectionObserver(
      entries => {
        visible = entries.some(entry => entry.isIntersecting);
        setSeen(visible);
        tell();
      },
      { rootMargin: '200px' }
    );
    const sizes = new ResizeObserver(tell);
    sight.observe(element);
    sizes.observe(element);
    return () => {
      sight.disconnect();
      sizes.disconnect();
      look.current(null);
    };
  }, []);
  const drawn = React.useMemo(() => figure && sized(without(figure, hidden), height, round), [figure, hidden, height, round]);
  return (
    <div className="jp-mlversion-Chart" role="group" aria-label={name}>
      <div className="jp-mlversion-Chart-head">
        <h3 title={name}>{name}</h3>
        {part ? (
          <Action
            label={trans.__('All')}
            title={trans.__('Show all of %1', name)}
            onClick={() => {
              setRound(round + 1);
              onPart(null);
            }}
          />
        ) : null}
        <Saving {...props} drawn={drawn} />
      </div>
      <div className="jp-mlversion-Chart-ground" ref={node} style={{ height: `${height}px` }}>
        {drawn && seen ? (
          <Plot figure={drawn} trans={trans} under={name} told={toldOf(drawn, trans)} reactions={{ onVersion, onPart }} />
        ) : (
          <p className="jp-mlversion-note">{figure ? '' : answered ? trans.__('There is nothing to draw.') : trans.__('Loading…')}</p>
        )}
      </div>
      {leftOut ? (
        <p className="jp-mlversion-note">{trans._n('%1 older run is not drawn.', '%1 older runs are not drawn.', leftOut)}</p>
      ) : null}
    </div>
  );
}

function Saving({ name, drawn, height, trans, onFailure }: IProps & { drawn: IFigure | null }): React.ReactElement | null {
  if (!drawn) {
    return null;
  }
  const picture = (format: 'png' | 'svg'): void => {
    const legend: IFigure = { name, figure: { data: drawn.figure.data, layout: { ...drawn.figure.layout, showlegend: drawn.figure.data.length > 1 } } };
    savePicture(legend, format, 900, Math.max(480, height)).catch(onFailure);
  };
  return (
    <span className="jp-mlversion-Chart-saving">
      <Action label="PNG" title={trans.__('Save %1 as a PNG picture', name)} onClick={() => { picture('png'); }} />
      <Action label="SVG" title={trans.__('Save %1 as an SVG picture', name)} onClick={() => { picture('svg'); }} />
      <Action
        label="CSV"
        title={trans.__('Save the points of %1 as CSV', name)}
        onClick={() => { saveText(chartCsv(drawn), fileName(name, 'csv'), 'text/csv'); }}
      />
    </span>
  );
}

function Action(props: { label: string; title: string; onClick: () => void }): React.ReactElement {
  return (
    <button type="button" className="jp-mlversion-Chart-action" title={props.title} aria-label={props.title} onClick={props.onClick}>
      {props.label}
    </button>
  );
}

/** A figure as high as its place; what is zoomed stays zoomed when other points come. */
function sized({ name, figure }: IFigure, height: number, round: number): IFigure {
  return { name, figure: { data: figure.data, layout: { ...figure.layout, height, uirevision: round } } };
}
