import type { IPlotly, IPlotlyElement } from 'plotly.js-cartesian-dist-min';
import type { IFigure } from '../service/contract';
import { type Part, partIn } from './part';
import { themed, wholeTicks } from './theme';

const CONFIG = { displayModeBar: false, responsive: false, displaylogo: false, showTips: false };

/** Pixels: of a figure, and of each line of its legend. */
const HEIGHT = 160;
const LEGEND_HEIGHT = 18;

/** Characters that a line of the legend holds in a panel of the usual width, and those that a mark takes. */
const LEGEND_LINE = 40;
const LEGEND_MARK = 6;

let plotly: Promise<IPlotly> | null = null;

/** Plotly, fetched when the first figure is drawn. */
export function loadPlotly(): Promise<IPlotly> {
  plotly ??= import('plotly.js-cartesian-dist-min').then(module => module.default);
  plotly.catch(() => {
    plotly = null;
  });
  return plotly;
}

/** What a variable of Lab's theme is now. */
export function readVariable(name: string): string {
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

/** What somebody does with a figure. */
export interface IReactions {
  /** A point, or a line, was clicked that belongs to a version. */
  onVersion?: (version: string) => void;
  /** Another part of the x axis is shown; null: all of it. */
  onPart?: (part: Part | null) => void;
}

/** One figure on the page, which can become another without being drawn from nothing. */
export class Drawing {
  constructor(
    private readonly _node: HTMLElement,
    private readonly _onFailure: (reason: unknown) => void,
    private readonly _reactions: IReactions = {}
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
      this._listen();
    }
  }

  /** Plotly gives the node its events when it first draws. */
  private _listen(): void {
    const { onVersion, onPart } = this._reactions;
    const node = this._node as IPlotlyElement;
    if (this._listening || this._described === null) {
      return;
    }
    this._listening = true;
    if (onVersion) {
      node.on('plotly_click', ({ points: [point] }) => {
        const version = versionOf(point?.customdata) ?? versionOf(point?.data.meta);
        if (version !== null) {
          onVersion(version);
        }
      });
    }
    if (onPart) {
      node.on('plotly_relayout', changes => {
        const axis = this._described?.figure.layout.xaxis;
        const type = typeof axis === 'object' && axis !== null && 'type' in axis ? axis.type : undefined;
        const part = partIn(changes, type);
        if (part !== undefined) {
          onPart(part);
        }
      });
    }
  }

  private _described: IFigure | null = null;
  private _library: IPlotly | null = null;
  private _listening = false;
  private readonly _sizes = new ResizeObserver(() => {
    if (this._library && this._described && this._node.clientWidth > 0) {
      this._library.Plots.resize(this._node);
    }
  });
  private readonly _themes = new MutationObserver(() => {
    this._render().catch(this._onFailure);
  });
}

/** The id of a version that a point, or its trace, was given. */
function versionOf(said: unknown): string | null {
  const text = typeof said === 'object' && said !== null && 'version' in said ? said.version : said;
  return typeof text === 'string' && /^[0-9a-f]{40}$/.test(text) ? text : null;
}
