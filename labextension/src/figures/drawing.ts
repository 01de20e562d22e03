import type { IPlotly } from 'plotly.js-basic-dist-min';
import type { IFigure } from '../service/contract';
import { themed, wholeTicks } from './theme';

const CONFIG = { displayModeBar: false, responsive: false, displaylogo: false };

/** Pixels: of a figure, and of each line of its legend. */
const HEIGHT = 160;
const LEGEND_HEIGHT = 18;

/** Characters that a line of the legend holds in a panel of the usual width, and those that a mark takes. */
const LEGEND_LINE = 40;
const LEGEND_MARK = 6;

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

/** How high a figure is drawn. */
export function heightOf({ figure }: IFigure): number {
  const own = figure.layout.height;
  if (typeof own === 'number') {
    return Math.min(Math.max(own, 60), 640);
  }
  const lines = figure.layout.showlegend === true ? legendLines(figure.data) : 0;
  return HEIGHT + Math.min(lines, 6) * LEGEND_HEIGHT;
}

/** Plotly gives all entries the width of the widest. */
function legendLines(traces: readonly Record<string, unknown>[]): number {
  const widest = Math.max(0, ...traces.map(({ name }) => (typeof name === 'string' ? name.length : 0))) + LEGEND_MARK;
  return Math.ceil(traces.length / Math.max(1, Math.floor(LEGEND_LINE / widest)));
}

/** One figure on the page, which can become another without being drawn from nothing. */
export class Drawing {
  constructor(
    private readonly _node: HTMLElement,
    private readonly _onFailure: (reason: unknown) => void
  ) {
    // Lab writes the theme's name on the body when it has changed.
    this._themes.observe(document.body, {
      attributes: true,
      attributeFilter: ['data-jp-theme-name', 'data-jp-theme-light']
    });
    this._sizes.observe(_node);
  }

  /** Draw `described`; of what is drawn already only what differs changes. */
  show(described: IFigure): void {
    this._described = described;
    this._render().catch(this._onFailure);
  }

  dispose(): void {
    this._described = null;
    this._sizes.disconnect();
    this._themes.disconnect();
    this._library?.purge(this._node);
  }

  private async _render(): Promise<void> {
    this._library ??= await loadPlotly();
    const described = this._described;
    if (described) {
      const { figure } = described;
      const layout = themed(wholeTicks(figure.layout, figure.data), readVariable);
      await this._library.react(this._node, figure.data, { ...layout, height: heightOf(described) }, CONFIG);
    }
  }

  private _described: IFigure | null = null;
  private _library: IPlotly | null = null;
  private readonly _sizes = new ResizeObserver(() => {
    if (this._library && this._described && this._node.clientWidth > 0) {
      this._library.Plots.resize(this._node);
    }
  });
  private readonly _themes = new MutationObserver(() => {
    this._render().catch(this._onFailure);
  });
}
