/** What the Plotly that is loaded here can draw; a trace without a type is a scatter. No maps, no WebGL, no 3D. */
const TRACES: ReadonlySet<string> = new Set([
  'bar',
  'box',
  'contour',
  'heatmap',
  'histogram',
  'histogram2d',
  'histogram2dcontour',
  'image',
  'pie',
  'scatter',
  'violin'
]);

/** The type of the first trace that cannot be drawn; null when all can. */
export function undrawable(traces: readonly Record<string, unknown>[]): string | null {
  const types = traces.map(({ type }) => (typeof type === 'string' ? type : 'scatter'));
  return types.find(type => !TRACES.has(type)) ?? null;
}
