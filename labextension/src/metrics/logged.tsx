import * as React from 'react';
import { undrawable } from '../figures/drawable';
import { Plot } from '../figures/plot';
import { inert } from '../figures/theme';
import type { ILogged, ILoggedContent } from '../service/contract';
import { Failure } from '../service/failure';
import type { IVersionService } from '../service/tokens';
import type { IRow, ITableAnswer } from './requests';

/** Versions whose figures are shown, the newest. */
const MOST = 8;

interface IItem {
  readonly version: string;
  readonly label: string;
  /** Its place in what the version logged. */
  readonly number: number;
  readonly logged: ILogged;
}

interface IProps {
  service: IVersionService;
  path: string;
  table: ITableAnswer;
  onVersion: (version: string) => void;
}

/** The figures that the versions logged (confusion, ROC, the user's own), those of one name side by side. */
export function LoggedFigures({ service, path, table, onVersion }: IProps): React.ReactElement {
  const { trans } = service;
  const [names, setNames] = React.useState<Map<string, IItem[]> | string | null>(null);
  const versions = newest(table.rows);
  const key = [...versions.keys()].join();
  const latest = React.useRef(versions);
  latest.current = versions;
  React.useEffect(() => {
    let current = true;
    const take = (answer: Map<string, IItem[]> | string): void => {
      if (current) {
        setNames(answer);
      }
    };
    gathered(service, path, latest.current).then(take, (reason: unknown) => { take(Failure.of(reason).text); });
    return () => {
      current = false;
    };
  }, [service, path, key]);
  if (names === null || typeof names === 'string') {
    return <p className="jp-mlversion-Empty" role="status">{names ?? trans.__('Loading…')}</p>;
  }
  if (!names.size) {
    return (
      <div className="jp-mlversion-Empty">
        <p>{trans.__('These versions logged no figures. In a cell:')}</p>
        <pre>{'mlversion.log_confusion(true, predicted)\nmlversion.log_roc(true, scores)\nmlversion.log_figure("name", figure)'}</pre>
      </div>
    );
  }
  return (
    <>
      {[...names].map(([name, items]) => (
        <section key={name} className="jp-mlversion-LoggedFigures" aria-label={name}>
          <h3>{name}</h3>
          <div className="jp-mlversion-Charts">
            {items.map(item => (
              <LoggedFigure key={`${item.version} ${item.number}`} service={service} path={path} item={item} onVersion={onVersion} />
            ))}
          </div>
        </section>
      ))}
    </>
  );
}

function LoggedFigure(props: { service: IVersionService; path: string; item: IItem; onVersion: (version: string) => void }) {
  const { service, path, item, onVersion } = props;
  const { trans } = service;
  const [content, setContent] = React.useState<ILoggedContent['content'] | Failure>(null);
  React.useEffect(() => {
    let current = true;
    service.api
      .loggedContent(path, item.version, item.number)
      .then(answer => answer.content, Failure.of)
      .then(
        answer => {
          if (current) {
            setContent(answer);
          }
        },
        () => undefined
      );
    return () => {
      current = false;
    };
  }, [service, path, item.version, item.number]);
  const { step } = item.logged;
  return (
    <div className="jp-mlversion-Chart">
      <div className="jp-mlversion-Chart-head">
        <button type="button" className="jp-mlversion-Link" title={item.label} onClick={() => { onVersion(item.version); }}>
          {item.label}
        </button>
        <span className="jp-mlversion-note">{step === null ? '' : trans.__('step %1', step)}</span>
      </div>
      {content === null ? <p className="jp-mlversion-note">{trans.__('Loading…')}</p> : null}
      {content instanceof Failure ? <p role="alert">{content.text}</p> : null}
      {content !== null && typeof content === 'object' && 'layout' in content ? (
        undrawable(content.data) === null ? (
          <Plot figure={{ name: item.logged.name, figure: inert(content) }} trans={trans} under={item.logged.name} told={`${item.logged.name} ${item.label}`} />
        ) : (
          <p className="jp-mlversion-note">{trans.__('It is kept, and cannot be drawn here.')}</p>
        )
      ) : null}
    </div>
  );
}

/** The newest versions of the rows, with their labels. */
function newest(rows: readonly IRow[]): Map<string, string> {
  const found = new Map<string, string>();
  for (const { version, label } of rows) {
    if (version && !found.has(version) && found.size < MOST) {
      found.set(version, label);
    }
  }
  return found;
}

/** The figures by name. One that several versions hold is the oldest one's; of several steps the last is taken. */
async function gathered(service: IVersionService, path: string, versions: ReadonlyMap<string, string>): Promise<Map<string, IItem[]>> {
  const answers = await Promise.all(
    [...versions].map(async ([version, label]) => ({ version, label, logged: await service.api.logged(path, version) }))
  );
  const names = new Map<string, Map<string, IItem>>();
  for (const { version, label, logged } of answers) {
    const last = new Map<string, IItem>();
    logged.forEach((one, number) => {
      if (one.kind === 'figure') {
        last.set(`${one.run_name} ${one.name}`, { version, label, number, logged: one });
      }
    });
    for (const item of last.values()) {
      const items = names.get(item.logged.name) ?? new Map<string, IItem>();
      const content = 'digest' in item.logged ? String(item.logged.digest) : `${version} ${item.number}`;
      items.delete(content);
      names.set(item.logged.name, items.set(content, item));
    }
  }
  return new Map([...names].sort(([a], [b]) => a.localeCompare(b)).map(([name, items]) => [name, [...items.values()]]));
}
