import type { IFigure } from '../service/contract';
import { save } from '../service/saving';
import { loadPlotly, readVariable } from './drawing';
import { merged, themed } from './theme';

/** A name that every file system takes. */
export function fileName(name: string, ending: string): string {
  const plain = name.replace(/[^\p{L}\p{N}._-]+/gu, '-').replace(/^[-.]+|[-.]+$/g, '');
  return `${plain.slice(0, 80) || 'chart'}.${ending}`;
}

/** Let the browser save a figure as it is drawn, on the ground that the page has, with its name above it. */
export async function savePicture(described: IFigure, format: 'png' | 'svg', width: number, height: number): Promise<void> {
  const { figure, name } = described;
  const ground = readVariable('--jp-layout-color1');
  const layout = merged(themed(figure.layout, readVariable), {
    paper_bgcolor: ground,
    plot_bgcolor: ground,
    margin: { t: 36 },
    title: figure.layout.title,
    width,
    height
  });
  const library = await loadPlotly();
  const options = format === 'png' ? { format, width, height, scale: 2 } : { format, width, height };
  save(await library.toImage({ data: figure.data, layout }, options), fileName(name, format));
}
