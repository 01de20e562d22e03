import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import type { IFigure } from '../service/contract';
import { Failure } from '../service/failure';
import { Drawing, heightOf, type IReactions } from './drawing';

interface IPlotProps {
  figure: IFigure;
  trans: TranslationBundle;
  /** What stands above the figure already, and is not said again. */
  under?: string;
  /** What the figure says, for who cannot see it; default: its name. */
  told?: string;
  /** What happens when it is used. */
  reactions?: IReactions;
}

/** One figure; given another one, it changes to that. */
export function Plot({ figure, trans, under, told, reactions }: IPlotProps): React.ReactElement {
  const node = React.useRef<HTMLDivElement>(null);
  const drawing = React.useRef<Drawing | null>(null);
  const [failed, setFailed] = React.useState(false);
  const latest = React.useRef(reactions);
  latest.current = reactions;
  React.useEffect(() => {
    if (!node.current) {
      return undefined;
    }
    const made = new Drawing(
      node.current,
      () => {
        setFailed(true);
      },
      {
        onVersion: version => latest.current?.onVersion?.(version),
        onPart: part => latest.current?.onPart?.(part)
      }
    );
    drawing.current = made;
    return () => {
      drawing.current = null;
      made.dispose();
    };
  }, []);
  React.useEffect(() => {
    drawing.current?.show(figure);
  }, [figure]);
  return failed ? (
    <p className="jp-mlversion-note">{trans.__('The figure %1 could not be drawn.', figure.name)}</p>
  ) : (
    <figure className="jp-mlversion-Figure">
      {figure.name === under ? null : <figcaption title={figure.name}>{figure.name}</figcaption>}
      <div
        className="jp-mlversion-Plot"
        ref={node}
        role="img"
        aria-label={told ?? figure.name}
        style={{ height: heightOf(figure) }}
      />
    </figure>
  );
}

/** Figures that `load` asks the server for, when this is first shown and whenever `version` changes. */
export function Figures(props: {
  load: () => Promise<IFigure[]>;
  version: string;
  empty: string;
  trans: TranslationBundle;
  under?: string;
}): React.ReactElement {
  const { load, version, empty, trans, under } = props;
  const [figures, setFigures] = React.useState<IFigure[] | string | null>(null);
  const latest = React.useRef(load);
  latest.current = load;
  React.useEffect(() => {
    let current = true;
    latest
      .current()
      .catch((reason: unknown) => Failure.of(reason).text)
      .then(
        answer => {
          if (current) {
            setFigures(answer);
          }
        },
        () => undefined
      );
    return () => {
      current = false;
    };
  }, [version]);
  if (figures === null) {
    return <p className="jp-mlversion-note">{trans.__('Loading…')}</p>;
  }
  if (typeof figures === 'string' || !figures.length) {
    return <p className="jp-mlversion-note">{typeof figures === 'string' ? figures : empty}</p>;
  }
  return (
    <>
      {figures.map(figure => (
        <Plot key={figure.name} figure={figure} trans={trans} {...(under === undefined ? {} : { under })} />
      ))}
    </>
  );
}
