declare module 'plotly.js-cartesian-dist-min' {
  /** What Plotly says of a click. */
  export interface IClick {
    points: { customdata?: unknown; data: { meta?: unknown } }[];
  }

  /** An element that Plotly draws in. */
  export interface IPlotlyElement extends HTMLElement {
    on(event: 'plotly_click', listener: (click: IClick) => void): void;
    on(event: 'plotly_relayout', listener: (changes: Record<string, unknown>) => void): void;
  }

  /** The part of Plotly that is used here. */
  export interface IPlotly {
    react(node: HTMLElement, data: object[], layout: object, config: object): Promise<unknown>;
    purge(node: HTMLElement): void;
    toImage(
      figure: { data: object[]; layout: object },
      options: { format: 'png' | 'svg'; width: number; height: number; scale?: number }
    ): Promise<string>;
    Plots: { resize(node: HTMLElement): void };
  }
  const plotly: IPlotly;
  export default plotly;
}
