declare module 'plotly.js-basic-dist-min' {
  /** The part of Plotly that is used here. */
  export interface IPlotly {
    react(node: HTMLElement, data: object[], layout: object, config: object): Promise<unknown>;
    purge(node: HTMLElement): void;
    Plots: { resize(node: HTMLElement): void };
  }
  const plotly: IPlotly;
  export default plotly;
}
