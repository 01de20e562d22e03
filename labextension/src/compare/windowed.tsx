import * as React from 'react';
import { inView } from './order';

interface IProps {
  count: number;
  /** Pixels of a row. */
  rowHeight: number;
  row: (index: number) => React.ReactElement;
  /** Stands above the rows and stays in view. */
  header: React.ReactElement;
  role: string;
  label: string;
  columns: string;
}

/** Rows of equal height of which only those in view are drawn. */
export function Windowed(props: IProps): React.ReactElement {
  const { count, rowHeight, row, header, role, label, columns } = props;
  const node = React.useRef<HTMLDivElement>(null);
  const [view, setView] = React.useState({ top: 0, height: 600 });
  React.useLayoutEffect(() => {
    const element = node.current;
    if (!element) {
      return undefined;
    }
    const look = (): void => {
      setView({ top: element.scrollTop, height: element.clientHeight });
    };
    look();
    const sizes = new ResizeObserver(look);
    sizes.observe(element);
    element.addEventListener('scroll', look, { passive: true });
    return () => {
      sizes.disconnect();
      element.removeEventListener('scroll', look);
    };
  }, []);
  const { first, end } = inView(count, rowHeight, view.top, view.height);
  const rows = Array.from({ length: Math.max(0, end - first) }, (_, index) => row(first + index));
  return (
    <div
      ref={node}
      className="jp-mlversion-Rows"
      role={role}
      aria-label={label}
      aria-rowcount={count + 1}
      tabIndex={0}
      style={{ '--mlversion-columns': columns, '--mlversion-row': `${rowHeight}px` } as React.CSSProperties}
    >
      {header}
      <div role="rowgroup" className="jp-mlversion-Rows-body">
        <div role="presentation" style={{ height: first * rowHeight }} />
        {rows}
        <div role="presentation" style={{ height: Math.max(0, count - end) * rowHeight }} />
      </div>
    </div>
  );
}
