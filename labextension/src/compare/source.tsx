import type { CodeEditor } from '@jupyterlab/codeeditor';
import type { TranslationBundle } from '@jupyterlab/translation';
import { Widget } from '@lumino/widgets';
import * as React from 'react';
import type { ICellPair } from './requests';
import { Turns } from './turns';

interface IProps {
  cell: ICellPair;
  mime: string;
  factory: CodeEditor.Factory | null;
  trans: TranslationBundle;
}

/** Pixels: of a line of code, and the distance from the view at which editors are made. */
const LINE = 17;
const AHEAD = '400px';

/** Editors are made one after the other: those that were scrolled past meanwhile are not made at all. */
const turns = new Turns();

/** The change of a cell's source; editors exist only while it is in view or near, its height stays. */
export function Source({ cell, mime, factory, trans }: IProps): React.ReactElement {
  const node = React.useRef<HTMLDivElement>(null);
  const [failed, setFailed] = React.useState(false);
  // While there are no editors: what they will need, later what they needed.
  const [height, setHeight] = React.useState<number | undefined>(estimated(cell));
  // Not useEffect: its cleaning up comes when the node is gone from the page, which Lumino does not allow.
  React.useLayoutEffect(() => {
    const host = node.current;
    if (!host) {
      return undefined;
    }
    let view: Widget | null = null;
    let near = false;
    let takeBack = (): void => undefined;
    const show = async (): Promise<void> => {
      const { mergeView } = await import('./merging');
      takeBack();
      takeBack = turns.add(() => {
        if (near && !view) {
          view = mergeView(cell, mime, factory);
          Widget.attach(view, host);
          name(host, cell, trans);
          setHeight(undefined);
        }
      });
    };
    const hide = (): void => {
      takeBack();
      if (view) {
        setHeight(host.offsetHeight);
        Widget.detach(view);
        view.dispose();
        view = null;
      }
    };
    const watch = new IntersectionObserver(
      entries => {
        near = entries.at(-1)?.isIntersecting ?? false;
        if (near) {
          show().catch(() => {
            setFailed(true);
          });
        } else {
          hide();
        }
      },
      { rootMargin: AHEAD }
    );
    watch.observe(host);
    return () => {
      watch.disconnect();
      takeBack();
      near = false;
      if (view) {
        Widget.detach(view);
        view.dispose();
      }
    };
  }, [cell, mime, factory, trans]);
  if (failed) {
    return (
      <>
        <p className="jp-mlversion-note">{trans.__('The editors could not be loaded; this is the text.')}</p>
        {cell.earlier === null ? null : <pre className="jp-mlversion-Plain jp-mod-gone">{cell.earlier}</pre>}
        <pre className="jp-mlversion-Plain">{cell.source}</pre>
      </>
    );
  }
  return <div ref={node} className="nbdime-root jp-Notebook-diff jp-mlversion-Source" style={{ minHeight: height }} />;
}

/** Say what the editors show, which nbdime leaves to be seen. */
function name(host: HTMLElement, cell: ICellPair, trans: TranslationBundle): void {
  const [first, second] = cell.earlier === null ? [cell.id, ''] : [trans.__('before'), trans.__('after')];
  host.querySelectorAll('.cm-content').forEach((editor, place) => {
    editor.setAttribute('aria-label', place === 0 ? first : second);
    editor.setAttribute('aria-readonly', 'true');
  });
}

function estimated(cell: ICellPair): number {
  const lines = Math.max(cell.source.split('\n').length, cell.earlier?.split('\n').length ?? 0);
  return Math.min(lines, 40) * LINE + 8;
}
