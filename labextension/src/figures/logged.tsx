import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import type { ILoggedContent, ITable } from '../service/contract';
import { valueText } from '../service/words';
import { undrawable } from './drawable';
import { Plot } from './plot';
import { inert } from './theme';

/** Rows of a table that are shown. */
const ROWS = 100;

/** Pixels across a picture that is enlarged. */
const SMALL = 112;

/** Pictures that hold no script. */
const PICTURES = ['image/png', 'image/jpeg', 'image/gif', 'image/webp', 'image/bmp'];

interface IProps {
  shown: ILoggedContent;
  /** Its name for who cannot see it; else that under which it was logged. */
  told?: string;
  trans: TranslationBundle;
}

/** What a run logged besides numbers. Nothing of it is ever taken for markup or run. */
export function LoggedContent({ shown, told, trans }: IProps): React.ReactElement {
  const { content, kind, media, name } = shown;
  if (kind === 'text' && typeof content === 'string') {
    return <pre className="jp-mlversion-Text">{content}</pre>;
  }
  if (kind === 'image' && typeof content === 'string' && PICTURES.includes(media)) {
    return (
      <img
        className="jp-mlversion-Picture"
        src={`data:${media};base64,${content}`}
        alt={told ?? name}
        onLoad={event => {
          // Of digits and the like every pixel is to be seen.
          event.currentTarget.classList.toggle('jp-mod-small', event.currentTarget.naturalWidth < SMALL);
        }}
      />
    );
  }
  if (kind === 'table' && content !== null && typeof content === 'object' && 'columns' in content) {
    return <Table table={content} trans={trans} />;
  }
  if (kind === 'figure' && content !== null && typeof content === 'object' && 'layout' in content) {
    const foreign = undrawable(content.data);
    if (foreign !== null) {
      const words = trans.__('It is kept. What can be drawn here has two dimensions and no map, and this has: %1', foreign);
      return <p className="jp-mlversion-note">{words}</p>;
    }
    return <Plot figure={{ name, figure: inert(content) }} trans={trans} under={name} {...(told === undefined ? {} : { told })} />;
  }
  return <p className="jp-mlversion-note">{trans.__('It is kept, and not shown here.')}</p>;
}

function Table({ table, trans }: { table: ITable; trans: TranslationBundle }): React.ReactElement {
  const { length } = table.data;
  return (
    <div className="jp-mlversion-Table" role="region" tabIndex={0} aria-label={trans.__('Table')}>
      <table>
        <thead>
          <tr>
            {table.columns.map((column, at) => (
              <th key={at} scope="col">
                {column}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {table.data.slice(0, ROWS).map((row, at) => (
            <tr key={at}>
              {row.map((value, column) => (
                <td key={column}>{valueText(value)}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
      {length > ROWS ? (
        <p className="jp-mlversion-note">
          {trans.__('The first %1 of %2 rows', ROWS, length.toLocaleString())}
        </p>
      ) : null}
    </div>
  );
}
