/** One legend for all charts. */

import type { IFigure } from '../service/contract';

/** A line that charts have: its key, what it is called, how it looks. */
export interface ILegendEntry {
  readonly key: string;
  /** The text as the user wrote it. */
  readonly label: string;
  readonly colour: string;
  readonly dash: string;
  /** The version that it belongs to; empty while it is in none, null when it is of several. */
  readonly version: string | null;
}

type Trace = Record<string, unknown>;

const ENTITIES: Record<string, string> = { amp: '&', lt: '<', gt: '>', '#36': '$' };

/** The user's text out of a name that the server escaped for Plotly. */
export function unescaped(text: string): string {
  return text.replace(/&(amp|lt|gt|#36);/g, (_, entity: string) => ENTITIES[entity] ?? '');
}

/** What tells a trace from others, the same in every chart; null for those that no legend shows. */
export function keyOf(trace: Trace): string | null {
  const meta = fields(trace.meta);
  if (typeof meta.key === 'string') {
    return `run ${meta.key} ${String(meta.version)}`;
  }
  return typeof trace.name === 'string' && trace.legendgroup !== undefined ? `group ${trace.name}` : null;
}

/** The entries of all charts, each once, in the order of the charts. */
export function legendOf(figures: Iterable<IFigure>): ILegendEntry[] {
  const entries = new Map<string, ILegendEntry>();
  for (const { figure } of figures) {
    for (const trace of figure.data) {
      const key = keyOf(trace);
      if (key !== null && trace.showlegend !== false && !entries.has(key)) {
        const line = fields(trace.line);
        const { version } = fields(trace.meta);
        entries.set(key, {
          key,
          label: unescaped(String(trace.name)),
          colour: text(line.color) ?? text(fields(trace.marker).color) ?? '',
          dash: text(line.dash) ?? 'solid',
          version: typeof version === 'string' ? version : null
        });
      }
    }
  }
  return [...entries.values()];
}

/** A figure without the lines that are hidden; the legend stands elsewhere. */
export function without(described: IFigure, hidden: ReadonlySet<string>): IFigure {
  const { name, figure } = described;
  const data = figure.data.map(trace => {
    const key = keyOf(trace);
    return key !== null && hidden.has(key) ? { ...trace, visible: false } : trace;
  });
  return { name, figure: { data, layout: { ...figure.layout, showlegend: false } } };
}

/** The strokes of an SVG line for a dash of Plotly's. */
export function strokesOf(dash: string): string {
  return { dash: '6 3', dot: '2 2', dashdot: '6 2 2 2' }[dash] ?? 'none';
}

function text(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}

function fields(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}
