import type { TranslationBundle } from '@jupyterlab/translation';
import type { IPlotly } from 'plotly.js-basic-dist-min';
import * as React from 'react';
import type { IFigure } from '../service/contract';
import { themed, wholeTicks } from './theme';

const CONFIG = { displayModeBar: false, responsive: false, displaylogo: false };

/** Pixels: of a figure, and of each line of its legend. */
const HEIGHT = 160;
const LEGEND_HEIGHT = 18;

/** Entries that a line of the legend holds in a panel of the usual width. */
const LEGEND_ENTRIES = 5;

function heightOf({ figure }: IFigure): number {
  const own = figure.layout.height;
  if (typeof own === 'number') {
    return Math.min(Math.max(own, 60), 640);
  }
  const lines = figure.layout.showlegend === true ? Math.ceil(figure.data.length / LEGEND_ENTRIES) : 0;
  return HEIGHT + Math.min(lines, 6) * LEGEND_HEIGHT;
}

let plotly: Promise<IPlotly> | null = null;

/** Plotly, fetched when the first figure is drawn. */
function loadPlotly(): Promise<IPlotly> {
  plotly ??= import('plotly.js-basic-dist-min').then(module => module.default);
  plotly.catch(() => {
    plotly = null;
  });
  return plotly;
}

function readVariable(name: string): string {
  return getComputedStyle(document.body).getPropertyValue(name).trim();
}

/** Draw `figure` into `node` and keep it fitting; returns what ends that. */
function draw(node: HTMLElement, described: IFigure, onFailure: (reason: unknown) => void): () => void {
  const { figure } = described;
  let ended = false;
  let library: IPlotly | null = null;
  const render = async (): Promise<void> => {
    library ??= await loadPlotly();
    if (!ended) {
      const layout = themed(wholeTicks(figure.layout, figure.data), readVariable);
      await library.react(node, figure.data, { ...layout, height: heightOf(described) }, CONFIG);
    }
  };
  const renderSafely = (): void => {
    render().catch(onFailure);
  };
  const sizes = new ResizeObserver(() => {
    if (library && node.clientWidth > 0 && !ended) {
      library.Plots.resize(node);
    }
  });
  // Lab writes the theme's name on the body when it has changed.
  const themes = new MutationObserver(renderSafely);
  themes.observe(document.body, { attributes: true, attributeFilter: ['data-jp-theme-name', 'data-jp-theme-light'] });
  renderSafely();
  sizes.observe(node);
  return () => {
    ended = true;
    sizes.disconnect();
    themes.disconnect();
    library?.purge(node);
  };
}

function Plot({ figure, trans }: { figure: IFigure; trans: TranslationBundle }): React.ReactElement {
  const node = React.useRef<HTMLDivElement>(null);
  const [failed, setFailed] = React.useState(false);
  React.useEffect(() => {
    return node.current
      ? draw(node.current, figure, () => {
          setFailed(true);
        })
      : undefined;
  }, [figure]);
  return failed ? (
    <p className="jp-mlversion-note">{trans.__('The figure %1 could not be drawn.', figure.name)}</p>
  ) : (
    <figure className="jp-mlversion-Figure">
      <figcaption title={figure.name}>{figure.name}</figcaption>
      <div
        className="jp-mlversion-Plot"
        ref={node}
        role="img"
        aria-label={figure.name}
        style={{ height: heightOf(figure) }}
      />
    </figure>
  );
}

/** Figures that `load` asks the server for, when this is first shown and whenever `version` changes. */
export function Figures(props: {
  load: () => Promise<IFigure[]>;
  version: string;
  empty: string;
  trans: TranslationBundle;
}): React.ReactElement {
  const { load, version, empty, trans } = props;
  const [figures, setFigures] = React.useState<IFigure[] | string | null>(null);
  const latest = React.useRef(load);
  latest.current = load;
  React.useEffect(() => {
    let current = true;
    latest
      .current()
      .catch((reason: unknown) => (reason instanceof Error ? reason.message : String(reason)))
      .then(
        answer => {
          if (current) {
            setFigures(answer);
          }
        },
        () => undefined
      );
    return () => {
      current = false;
    };
  }, [version]);
  if (figures === null) {
    return <p className="jp-mlversion-note">{trans.__('Loading…')}</p>;
  }
  if (typeof figures === 'string' || !figures.length) {
    return <p className="jp-mlversion-note">{typeof figures === 'string' ? figures : empty}</p>;
  }
  return (
    <>
      {figures.map(figure => (
        <Plot key={figure.name} figure={figure} trans={trans} />
      ))}
    </>
  );
}
