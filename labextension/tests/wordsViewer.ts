import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { Widget } from '@lumino/widgets';
import { IArtifactViewers } from 'jupyter-mlversion';

/** Shows of `.words` files how many words they have, and how many came or went between two versions. */
const plugin: JupyterFrontEndPlugin<void> = {
  id: 'words-viewer:plugin',
  autoStart: true,
  optional: [IArtifactViewers],
  activate: (_: JupyterFrontEnd, viewers: IArtifactViewers | null) => {
    viewers?.addViewer({
      name: 'words-viewer:words',
      label: 'Words',
      rank: 50,
      accepts: ({ kind, path }) => kind === 'text' && path.endsWith('.words'),
      render: (_file, preview) => said(preview.kind === 'text' ? `${wordsIn(preview.text)} words` : '')
    });
    viewers?.addDiffer({
      name: 'words-viewer:words',
      label: 'Words',
      rank: 50,
      accepts: ({ path, inside }) => path.endsWith('.words') && 'kind' in inside && inside.kind === 'text',
      render: ({ before, after }) => {
        const widget = said('…');
        void Promise.all([before.bytes(), after.bytes()].map(async bytes => wordsIn(await (await bytes).text()))).then(
          ([one = 0, two = 0]) => {
            widget.node.textContent = `${two - one} words more`;
          }
        );
        return widget;
      }
    });
  }
};

export default plugin;

export function wordsIn(text: string): number {
  return text.split(/\s+/).filter(Boolean).length;
}

/** What is in files is only ever put into the page as text. */
function said(text: string): Widget {
  const widget = new Widget();
  widget.node.textContent = text;
  return widget;
}
