import * as React from 'react';
import { undrawable } from '../figures/drawable';
import { Plot } from '../figures/plot';
import { inert } from '../figures/theme';
import type { IFigure, ILogged, ILoggedContent, ITable } from '../service/contract';
import { Failure } from '../service/failure';
import type { IVersionService } from '../service/tokens';
import { bytesText, valueText } from '../service/words';
import type { HistoryModel } from './model';

/** Rows of a table that are shown. */
const ROWS = 100;

/** Pictures that hold no script. */
const PICTURES = ['image/png', 'image/jpeg', 'image/gif', 'image/webp', 'image/bmp'];

interface IProps {
  model: HistoryModel;
  service: IVersionService;
  version: string;
}

/** What the runs of a version logged besides numbers; each is fetched when it is opened. */
export function LoggedList(props: IProps): React.ReactElement {
  const { model, service, version } = props;
  const [list, setList] = React.useState<ILogged[] | string | null>(null);
  React.useEffect(() => {
    let current = true;
    service.api.logged(model.path, version).then(
      answer => {
        if (current) {
          setList(answer);
        }
      },
      (reason: unknown) => {
        if (current) {
          setList(Failure.of(reason).text);
        }
      }
    );
    return () => {
      current = false;
    };
  }, [service, model, version]);
  if (list === null || typeof list === 'string') {
    return <p className="jp-mlversion-note">{list ?? service.trans.__('Loading…')}</p>;
  }
  return (
    <>
      {list.map((logged, number) => (
        <Item key={number} {...props} logged={logged} number={number} />
      ))}
    </>
  );
}

function Item(props: IProps & { logged: ILogged; number: number }): React.ReactElement {
  const { model, service, version, logged, number } = props;
  const { trans } = service;
  const [content, setContent] = React.useState<ILoggedContent | string | null>(null);
  const open = (): void => {
    setContent(trans.__('Loading…'));
    service.api.loggedContent(model.path, version, number).then(setContent, (reason: unknown) => {
      setContent(Failure.of(reason).text);
    });
  };
  const facts = [logged.run_name, logged.step === null ? '' : trans.__('step %1', logged.step), bytesText(logged.size)];
  return (
    <details
      className="jp-mlversion-Logged"
      onToggle={event => {
        if (event.currentTarget.open && content === null) {
          open();
        }
      }}
    >
      <summary>
        {logged.name} <span className="jp-mlversion-note">{facts.filter(Boolean).join(' · ')}</span>
      </summary>
      {typeof content === 'string' ? <p className="jp-mlversion-note">{content}</p> : null}
      {content !== null && typeof content !== 'string' ? <Content service={service} shown={content} /> : null}
    </details>
  );
}

/** Nothing of it is ever taken for markup or run. */
function Content({ service, shown }: { service: IVersionService; shown: ILoggedContent }): React.ReactElement {
  const { content, kind, media, name } = shown;
  if (kind === 'text' && typeof content === 'string') {
    return <pre className="jp-mlversion-Text">{content}</pre>;
  }
  if (kind === 'image' && typeof content === 'string' && PICTURES.includes(media)) {
    return <img className="jp-mlversion-Picture" src={`data:${media};base64,${content}`} alt={name} />;
  }
  if (kind === 'table' && content !== null && typeof content === 'object' && 'columns' in content) {
    return <Table table={content} service={service} />;
  }
  if (kind === 'figure' && content !== null && typeof content === 'object' && 'layout' in content) {
    const foreign = undrawable(content.data);
    if (foreign !== null) {
      const told = service.trans.__('It is kept. What can be drawn here has two dimensions and no map, and this has: %1', foreign);
      return <p className="jp-mlversion-note">{told}</p>;
    }
    return <Plot figure={{ name, figure: inert(content) } satisfies IFigure} trans={service.trans} under={name} />;
  }
  return <p className="jp-mlversion-note">{service.trans.__('It is kept, and not shown here.')}</p>;
}

function Table({ table, service: { trans } }: { table: ITable; service: IVersionService }): React.ReactElement {
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
