import * as React from 'react';
import { LoggedContent } from '../figures/logged';
import type { ILoggedContent } from '../service/contract';
import { Failure } from '../service/failure';
import type { IVersionService } from '../service/tokens';
import { type IItem, itemsByName, shownAt, stepsOf } from './loggedSteps';
import type { ITableAnswer } from './requests';

/** Milliseconds that a step is looked at before it is asked for. */
const PAUSE = 80;

interface IProps {
  service: IVersionService;
  path: string;
  table: ITableAnswer;
  onVersion: (version: string) => void;
}

/** What the versions logged besides numbers (confusion, ROC, samples, the user's own), that of one name side by side. */
export function Logged({ service, path, table, onVersion }: IProps): React.ReactElement {
  const { trans } = service;
  const [names, setNames] = React.useState<Map<string, IItem[]> | string | null>(null);
  const key = table.logging.map(({ version }) => version).join();
  const latest = React.useRef(table.logging);
  latest.current = table.logging;
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
        <p>{trans.__('These versions logged no figures, pictures or tables. In a cell:')}</p>
        <pre>{'mlversion.log_confusion(true, predicted)\nmlversion.log_roc(true, scores)\nmlversion.log_figure("name", figure, step=epoch)'}</pre>
      </div>
    );
  }
  return (
    <>
      {[...names].map(([name, items]) => (
        <Section key={name} name={name} items={items} service={service} path={path} onVersion={onVersion} />
      ))}
    </>
  );
}

interface ISectionProps extends Omit<IProps, 'table'> {
  name: string;
  items: readonly IItem[];
}

/** All of one name, at the step that the user chose; at the last one otherwise. */
function Section({ name, items, service, path, onVersion }: ISectionProps): React.ReactElement {
  const { trans } = service;
  const steps = React.useMemo(() => stepsOf(items), [items]);
  const [at, setAt] = React.useState<number | null>(null);
  const last = steps.length - 1;
  const place = Math.min(at ?? last, last);
  const step = steps[place] ?? -1;
  return (
    <section className="jp-mlversion-LoggedFigures" aria-label={name}>
      <h3>{name}</h3>
      {last > 0 ? (
        <label className="jp-mlversion-LoggedStep">
          {trans.__('Step')}
          <input
            type="range"
            min={0}
            max={last}
            value={place}
            aria-valuetext={stepText(step)}
            onChange={event => {
              const to = event.currentTarget.valueAsNumber;
              setAt(to < last ? to : null);
            }}
          />
          <output>{stepText(step)}</output>
        </label>
      ) : null}
      <div className="jp-mlversion-Charts">
        {items.map(item => (
          <Card key={`${item.version} ${item.steps[0]?.number ?? ''}`} service={service} path={path} item={item} step={step} onVersion={onVersion} />
        ))}
      </div>
    </section>
  );
}

function stepText(step: number): string {
  return step < 0 ? '–' : String(step);
}

/** What one version has to show at a step; until it is there, what was shown before. */
function Card(props: Omit<ISectionProps, 'name' | 'items'> & { item: IItem; step: number }): React.ReactElement {
  const { service, path, item, step, onVersion } = props;
  const { trans } = service;
  const shown = shownAt(item, step);
  const number = shown?.number;
  const [content, setContent] = React.useState<ILoggedContent | Failure | null>(null);
  const begun = React.useRef(false);
  React.useEffect(() => {
    let current = true;
    const take = (answer: ILoggedContent | Failure): void => {
      if (current) {
        setContent(answer);
      }
    };
    const ask = (): void => {
      if (number !== undefined) {
        service.api.loggedContent(path, item.version, number).then(take, (reason: unknown) => { take(Failure.of(reason)); });
      }
    };
    // A slider that is drawn passes many steps.
    const timer = window.setTimeout(ask, begun.current ? PAUSE : 0);
    begun.current = true;
    return () => {
      current = false;
      window.clearTimeout(timer);
    };
  }, [service, path, item.version, number]);
  const at = shown?.step ?? null;
  return (
    <div className="jp-mlversion-Chart">
      <div className="jp-mlversion-Chart-head">
        <button type="button" className="jp-mlversion-Link" title={item.label} onClick={() => { onVersion(item.version); }}>
          {item.label}
        </button>
        <span className="jp-mlversion-note">{at === null ? '' : trans.__('step %1', at)}</span>
      </div>
      {content === null ? <p className="jp-mlversion-note">{trans.__('Loading…')}</p> : null}
      {content instanceof Failure ? <p role="alert">{content.text}</p> : null}
      {content === null || content instanceof Failure ? null : (
        <LoggedContent shown={content} told={`${item.name} ${item.label}`} trans={trans} />
      )}
    </div>
  );
}

async function gathered(
  service: IVersionService,
  path: string,
  versions: ITableAnswer['logging']
): Promise<Map<string, IItem[]>> {
  const ask = async (one: ITableAnswer['logging'][number]) => ({ ...one, logged: await service.api.logged(path, one.version) });
  return itemsByName(await Promise.all(versions.map(ask)));
}
