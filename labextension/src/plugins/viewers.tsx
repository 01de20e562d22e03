import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { CodeEditor, IEditorServices } from '@jupyterlab/codeeditor';
import { NotebookPanel } from '@jupyterlab/notebook';
import { IRenderMimeRegistry } from '@jupyterlab/rendermime';
import { ReactWidget } from '@jupyterlab/ui-components';
import * as React from 'react';
import { FailureNote } from '../artifacts/answer';
import { BytesView } from '../artifacts/bytes';
import { ImageView } from '../artifacts/image';
import { ImageDifference } from '../artifacts/imageDifference';
import { NotebookView } from '../artifacts/notebook';
import { LaterText, TextView } from '../artifacts/text';
import { TableView } from '../artifacts/table';
import { TableDifference } from '../artifacts/tableDifference';
import { TensorsView } from '../artifacts/tensors';
import { TensorsDifference } from '../artifacts/tensorsDifference';
import { TextDifference } from '../artifacts/textDifference';
import { IArtifactViewers } from '../artifacts/tokens';
import { IVersionService } from '../service/tokens';

/** Our own viewers, added as those of any extension are. */
export const viewers: JupyterFrontEndPlugin<void> = {
  id: 'jupyter-mlversion:viewers',
  description: 'Shows tables, texts, pictures, notebooks and tensors of versions.',
  autoStart: true,
  requires: [IArtifactViewers, IVersionService],
  optional: [IEditorServices, IRenderMimeRegistry, NotebookPanel.IContentFactory],
  activate: (
    _: JupyterFrontEnd,
    registry: IArtifactViewers,
    { trans }: IVersionService,
    editors: IEditorServices | null,
    rendermime: IRenderMimeRegistry | null,
    contentFactory: NotebookPanel.IContentFactory | null
  ): void => {
    const text = { trans, editors, createModel: (mimeType: string) => new CodeEditor.Model({ mimeType }) };
    const of = (element: React.ReactElement): ReactWidget => ReactWidget.create(element);
    registry.addViewer({
      name: 'table',
      label: trans.__('Table'),
      rank: 10,
      accepts: ({ kind }) => kind === 'table',
      render: (file, preview) =>
        preview.kind === 'table' ? of(<TableView file={file} preview={preview} trans={trans} />) : nothing()
    });
    registry.addViewer({
      name: 'image',
      label: trans.__('Picture'),
      rank: 10,
      accepts: ({ kind }) => kind === 'image',
      render: (file, preview) =>
        preview.kind === 'image' ? of(<ImageView file={file} facts={preview} trans={trans} />) : nothing()
    });
    registry.addViewer({
      name: 'tensors',
      label: trans.__('Tensors'),
      rank: 10,
      accepts: ({ kind }) => kind === 'tensors',
      render: (_file, preview) =>
        preview.kind === 'tensors' ? of(<TensorsView preview={preview} trans={trans} />) : nothing()
    });
    if (editors && rendermime && contentFactory) {
      registry.addViewer({
        name: 'notebook',
        label: trans.__('Notebook'),
        rank: 10,
        accepts: ({ kind }) => kind === 'notebook',
        render: file => new NotebookView(file, { rendermime, contentFactory, editors }, trans)
      });
    }
    registry.addViewer({
      name: 'text',
      label: trans.__('Text'),
      rank: 5,
      accepts: preview => isText(preview),
      render: (file, preview) =>
        preview.kind === 'text' ? new TextView(file, preview, text) : new LaterText(file, text)
    });
    registry.addViewer({
      name: 'bytes',
      label: trans.__('Bytes'),
      rank: 0,
      accepts: ({ kind }) => kind === 'unknown' || kind === 'pickle',
      render: (_file, preview) =>
        preview.kind === 'unknown' || preview.kind === 'pickle'
          ? of(<BytesView preview={preview} trans={trans} />)
          : nothing()
    });
    addDiffers(registry, trans);
  }
};

function addDiffers(registry: IArtifactViewers, trans: IVersionService['trans']): void {
  const kinds = [
    ['table', trans.__('Table')],
    ['text', trans.__('Text')],
    ['image', trans.__('Picture')],
    ['tensors', trans.__('Tensors')],
    ['unknown', trans.__('Bytes')]
  ] as const;
  for (const [name, label] of kinds) {
    registry.addDiffer({
      name,
      label,
      rank: name === 'unknown' ? 0 : 10,
      accepts: ({ inside }) => 'kind' in inside && inside.kind === name,
      render: (pair, whole) => {
        const { inside } = whole;
        if (!('kind' in inside)) {
          return nothing();
        }
        switch (inside.kind) {
          case 'table':
            return ReactWidget.create(<TableDifference pair={pair} difference={inside} trans={trans} />);
          case 'text':
            return ReactWidget.create(<TextDifference difference={inside} trans={trans} />);
          case 'image':
            return ReactWidget.create(<ImageDifference pair={pair} whole={whole} difference={inside} trans={trans} />);
          case 'tensors':
            return ReactWidget.create(<TensorsDifference difference={inside} trans={trans} />);
          case 'unknown': {
            const message = inside.problem || trans.__('The bytes differ; what they mean is not known.');
            return ReactWidget.create(<FailureNote failure={{ message, hint: inside.hint }} />);
          }
        }
      }
    });
  }
}

function isText(preview: Parameters<Parameters<IArtifactViewers['addViewer']>[0]['accepts']>[0]): boolean {
  const { kind } = preview;
  const drawn = kind === 'image' && preview.format === 'svg';
  return kind === 'text' || kind === 'notebook' || drawn || (kind === 'table' && preview.format !== 'parquet');
}

/** For a viewer that was asked to show what it does not accept. */
function nothing(): ReactWidget {
  return ReactWidget.create(<></>);
}
