/** The look that a figure takes from Lab's theme. */

/** Colours that stay apart for the colour-blind, on light and on dark ground (after Okabe and Ito). */
export const COLOURS = ['#2f83c8', '#e69f00', '#009e73', '#cc79a7', '#d55e00', '#56b4e9', '#8f7ee7', '#999999'] as const;

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

/** `layout` with the colours and the font of the theme, sized by the panel. */
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
    colorway: COLOURS,
    margin: { l: 40, r: 8, t: 28, b: 32 },
    hoverlabel: {
      bgcolor: read('--jp-layout-color2'),
      bordercolor: faint,
      font: { color: ink, family: read('--jp-ui-font-family') }
    },
    legend: { orientation: 'h', y: -0.25 }
  };
  for (const name of new Set(['xaxis', 'yaxis', ...axes])) {
    theme[name] = axis;
  }
  const { width: _width, height: _height, template: _template, ...rest } = layout;
  return merged(rest, theme);
}
