/** The look that a figure takes from Lab's theme. */

/** How a theme's variables are read. */
export type ReadVariable = (name: string) => string;

type Plain = Record<string, unknown>;

function isPlain(value: unknown): value is Plain {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** `base` with `over` laid over it, at any depth. */
export function merged(base: Plain, over: Plain): Plain {
  const result: Plain = { ...base };
  for (const [key, value] of Object.entries(over)) {
    const below = result[key];
    result[key] = isPlain(below) && isPlain(value) ? merged(below, value) : value;
  }
  return result;
}

/** Whole numbers on an x axis that asks for them: Plotly would write the ones between as the same number again. */
export function wholeTicks(layout: Plain, data: readonly Plain[]): Plain {
  const axis = layout.xaxis;
  if (!isPlain(axis) || axis.tickformat !== 'd') {
    return layout;
  }
  const numbers = data
    .flatMap(trace => (Array.isArray(trace.x) ? (trace.x as unknown[]) : []))
    .filter((x): x is number => typeof x === 'number');
  const span = numbers.length ? Math.max(...numbers) - Math.min(...numbers) : 0;
  return { ...layout, xaxis: { ...axis, dtick: Math.max(1, Math.ceil(span / 6)) } };
}

/** `layout` with the colours and the font of the theme, sized by the panel; without its title. */
export function themed(layout: Plain, read: ReadVariable): Plain {
  const ink = read('--jp-ui-font-color1');
  const faint = read('--jp-border-color2');
  const axis = { gridcolor: faint, zerolinecolor: faint, linecolor: faint, tickcolor: faint, automargin: true };
  const axes = Object.keys(layout).filter(name => /^[xy]axis\d*$/.test(name));
  const theme: Plain = {
    autosize: true,
    paper_bgcolor: 'rgba(0,0,0,0)',
    plot_bgcolor: 'rgba(0,0,0,0)',
    font: { color: ink, family: read('--jp-ui-font-family'), size: 11 },
    margin: { l: 36, r: 8, t: 8, b: 32 },
    hoverlabel: {
      bgcolor: read('--jp-layout-color2'),
      bordercolor: faint,
      font: { color: ink, family: read('--jp-ui-font-family') }
    },
    // Above: below it would lie on the title of the axis, whose height nobody knows.
    legend: { orientation: 'h', x: 0, xanchor: 'left', y: 1, yanchor: 'bottom', font: { size: 10 }, traceorder: 'normal' }
  };
  for (const name of new Set(['xaxis', 'yaxis', ...axes])) {
    theme[name] = axis;
  }
  // The name stands above the figure, where it can be cut and selected.
  const { title: _title, width: _width, height: _height, template: _template, ...rest } = layout;
  return merged(rest, theme);
}

/** A user's figure without what would fetch from elsewhere, and with the parts that it may lack. */
export function inert(figure: { data: Plain[]; layout: Plain }): { data: Plain[]; layout: Plain } {
  const { images: _images, mapbox: _mapbox, map: _map, geo: _geo, ...layout } = figure.layout;
  const data = figure.data.map(trace => {
    const { source, ...rest } = trace;
    return typeof source !== 'string' || source.startsWith('data:image/') ? trace : rest;
  });
  return { data, layout };
}
