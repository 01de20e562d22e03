import type { IOutput } from '@jupyterlab/nbformat';
import { OutputModel, type IRenderMimeRegistry } from '@jupyterlab/rendermime';
import type { TranslationBundle } from '@jupyterlab/translation';
import { Widget } from '@lumino/widgets';
import * as React from 'react';
import { Failure } from '../service/failure';
import type { ComparisonModel } from './model';
import { type ICellPair, WORKSPACE } from './requests';

interface IProps {
  model: ComparisonModel;
  cell: ICellPair;
  sides: readonly [string, string];
  rendermime: IRenderMimeRegistry | null;
  trans: TranslationBundle;
}

type Both = [IOutput[] | null, IOutput[] | null];

/** The outputs of a cell, before and after, side by side; fetched when they are asked for, and never trusted. */
export function Outputs(props: IProps): React.ReactElement {
  const { model, cell, sides, rendermime, trans } = props;
  const [open, setOpen] = React.useState(false);
  const [both, setBoth] = React.useState<Both | Failure | null>(null);
  const [before, after] = sides;
  React.useEffect(() => {
    let current = true;
    if (open) {
      const like = before === WORKSPACE ? after : before;
      const one = (side: string, place: number | null): Promise<IOutput[]> | null =>
        place === null ? null : model.requests.outputs(side, place, like);
      Promise.all([one(before, cell.before), one(after, cell.after)])
        .catch((reason: unknown) => Failure.of(reason))
        .then(
          answer => {
            if (current) {
              setBoth(answer);
            }
          },
          () => undefined
        );
    }
    return () => {
      current = false;
    };
  }, [open, model, cell, before, after]);
  const [first, second] = cell.outputs;
  if (!first && !second) {
    return <></>;
  }
  const counts = cell.change === 'added' ? `${second}` : cell.change === 'removed' ? `${first}` : `${first} → ${second}`;
  return (
    <details
      className="jp-mlversion-View"
      open={open}
      onToggle={event => {
        setOpen(event.currentTarget.open);
      }}
    >
      <summary>
        {cell.outputs_differ ? trans.__('Outputs (%1), different', counts) : trans.__('Outputs (%1), the same', counts)}
      </summary>
      {open ? <Sides both={both} same={!cell.outputs_differ} rendermime={rendermime} trans={trans} /> : null}
    </details>
  );
}

function Sides(props: {
  both: Both | Failure | null;
  same: boolean;
  rendermime: IRenderMimeRegistry | null;
  trans: TranslationBundle;
}): React.ReactElement {
  const { both, same, rendermime, trans } = props;
  if (both === null) {
    return (
      <p className="jp-mlversion-note" role="status">
        {trans.__('Loading…')}
      </p>
    );
  }
  if (both instanceof Failure) {
    return <p className="jp-mlversion-note">{both.text}</p>;
  }
  const [before, after] = both;
  return (
    <div className="jp-mlversion-Outputs">
      {same || !before ? null : <Side title={trans.__('before')} outputs={before} rendermime={rendermime} trans={trans} />}
      {after ? (
        <Side title={same ? '' : trans.__('after')} outputs={after} rendermime={rendermime} trans={trans} />
      ) : null}
    </div>
  );
}

function Side(props: {
  title: string;
  outputs: IOutput[];
  rendermime: IRenderMimeRegistry | null;
  trans: TranslationBundle;
}): React.ReactElement {
  const { title, outputs, rendermime, trans } = props;
  return (
    <section aria-label={title}>
      {title ? <h4>{title}</h4> : null}
      {outputs.length ? null : <p className="jp-mlversion-note">{trans.__('No outputs.')}</p>}
      {outputs.map((output, place) => (
        <Output key={place} output={output} rendermime={rendermime} trans={trans} />
      ))}
    </section>
  );
}

/** One output as Lab draws what it does not trust: no scripts, HTML sanitised. */
function Output(props: {
  output: IOutput;
  rendermime: IRenderMimeRegistry | null;
  trans: TranslationBundle;
}): React.ReactElement {
  const { output, rendermime, trans } = props;
  const node = React.useRef<HTMLDivElement>(null);
  const [plain, setPlain] = React.useState<string | null>(null);
  // Not useEffect: its cleaning up comes when the node is gone from the page, which Lumino does not allow.
  React.useLayoutEffect(() => {
    const host = node.current;
    if (!host) {
      return undefined;
    }
    const model = new OutputModel({ value: output, trusted: false });
    const mime = rendermime?.preferredMimeType(model.data, 'ensure');
    if (!rendermime || !mime) {
      const text = model.data['text/plain'];
      setPlain(typeof text === 'string' ? text : trans.__('This output cannot be shown here.'));
      model.dispose();
      return undefined;
    }
    const renderer = rendermime.createRenderer(mime);
    renderer.addClass('jp-OutputArea-output');
    Widget.attach(renderer, host);
    renderer.renderModel(model).catch(() => {
      setPlain(trans.__('This output cannot be shown here.'));
    });
    return () => {
      Widget.detach(renderer);
      renderer.dispose();
      model.dispose();
    };
  }, [output, rendermime, trans]);
  return (
    <>
      <div ref={node} className="jp-mlversion-Output" />
      {plain === null ? null : <pre className="jp-mlversion-Plain">{plain}</pre>}
    </>
  );
}
