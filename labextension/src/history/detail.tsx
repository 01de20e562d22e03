import { closeIcon } from '@jupyterlab/ui-components';
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import { Figures } from '../figures/plot';
import type { IDetail, IVersion } from '../service/contract';
import { SplitsSection } from '../splits/section';
import { VerdictIcon } from '../splits/verdict';
import { authorName, bytesText, countsText, numberText, secondsText, titleOf, valueText } from '../service/words';
import { Actions } from './actions';
import { Artifacts } from '../artifacts/list';
import { CellChanges } from './cellChanges';
import { useDifference } from './difference';
import { LoggedList } from './logged';
import type { IViewProps } from './panel';
import { leakText, triggerText } from './versionRow';

/** The version that is looked at: everything it holds, and what can be done with it. */
export function Detail(props: IViewProps & { head: string | null }): React.ReactElement | null {
  const { model, service } = props;
  const { trans } = service;
  const state = model.detail;
  if (state.kind === 'none') {
    return null;
  }
  return (
    <section className="jp-mlversion-Detail" aria-label={trans.__('Details of the version')}>
      <button
        type="button"
        className="jp-mlversion-IconButton jp-mlversion-Detail-close"
        title={trans.__('Close')}
        aria-label={trans.__('Close the details')}
        onClick={() => void model.select(null)}
      >
        <closeIcon.react tag="span" width="14px" height="14px" />
      </button>
      {state.kind === 'loading' ? <p className="jp-mlversion-note">{trans.__('Loading…')}</p> : null}
      {state.kind === 'failed' ? <p role="alert">{state.failure.text}</p> : null}
      {state.kind === 'ready' ? (
        <Content {...props} detail={annotated(state.detail, model.find(state.id))} key={state.id} />
      ) : null}
    </section>
  );
}

/** The details with what the list, which is newer, has of what may be said of a version. */
function annotated(detail: IDetail, listed: IVersion | null): IDetail {
  if (!listed) {
    return detail;
  }
  const { message, labels, tags } = listed;
  return { ...detail, message, labels, tags };
}

function Content(props: IViewProps & { detail: IDetail }): React.ReactElement {
  const { model, service, commands, detail } = props;
  const { api, trans } = service;
  const difference = useDifference(model, service, detail);
  // A single value is in the table.
  const figures = async () =>
    (await api.figures(model.path, detail.id, 'metrics')).filter(({ figure: { data } }) => data.length > 1 || isCurve(data[0]));
  return (
    <>
      <h3 title={detail.message}>{titleOf(detail.message) || triggerText(trans, detail.trigger)}</h3>
      <p className="jp-mlversion-note">
        <code>{detail.short}</code> · {new Date(detail.time).toLocaleString()} ·{' '}
        <span title={detail.author}>{authorName(detail.author)}</span>
        <br />
        {triggerText(trans, detail.trigger)} · {secondsText(detail.seconds)} · +{bytesText(detail.bytes_new)}
        <br />
        {countsText(trans, detail.counts)}
        {difference?.cells.length ? (
          <>
            {' '}
            · <CellChanges cells={difference.cells} trans={trans} />
          </>
        ) : null}
      </p>
      <Actions {...props} />
      {model.sections.in('details').map((Part, index) => (
        <Part key={index} />
      ))}
      {detail.leaks.length ? (
        <p className="jp-mlversion-Leaks" role="note">
          <VerdictIcon verdict="problem" />
          <span>{leakText(detail.leaks, trans)}</span>
        </p>
      ) : null}
      <Fold title={trans.__('Metrics')} count={Object.keys(detail.metrics).length} open>
        <Pairs pairs={Object.entries(detail.metrics).map(([name, value]) => [name, numberText(value)])} />
        <Figures
          load={figures}
          version={detail.id}
          empty={trans.__('No metric has more than one step.')}
          trans={trans}
        />
        <button
          type="button"
          className="jp-mlversion-Link"
          onClick={() => void commands.execute('mlversion:show-metrics', { versions: [detail.id] })}
        >
          {trans.__('Open in Metrics tab')}
        </button>
      </Fold>
      <Fold title={trans.__('Parameters')} count={Object.keys(detail.params).length} open>
        <Pairs pairs={Object.entries(detail.params).map(([name, value]) => [name, valueText(value)])} />
      </Fold>
      <Fold title={trans.__('Splits')} count={detail.splits.length} open>
        <SplitsSection api={api} path={model.path} detail={detail} trans={trans} />
      </Fold>
      <Fold title={trans.__('Files')} count={detail.artifacts.length} open>
        <Artifacts {...props} difference={difference} />
      </Fold>
      <Fold title={trans.__('Logged')} count={detail.runs.flatMap(run => run.logged ?? []).length}>
        <LoggedList model={model} service={service} version={detail.id} />
      </Fold>
      <Fold title={trans.__('Environment')} count={Object.keys(detail.environment.packages).length}>
        <Environment detail={detail} trans={trans} />
      </Fold>
      <Code detail={detail} trans={trans} />
    </>
  );
}

function isCurve(trace: Record<string, unknown> | undefined): boolean {
  return Array.isArray(trace?.x) && trace.x.length > 1;
}

/** A section that can be folded; nothing when it would be empty. Its content is made when it is opened. */
function Fold(props: React.PropsWithChildren<{ title: string; count: number; open?: boolean }>) {
  const { title, count, children } = props;
  const [open, setOpen] = React.useState(props.open ?? false);
  if (!count) {
    return null;
  }
  return (
    <details
      className="jp-mlversion-Fold"
      open={open}
      onToggle={event => {
        setOpen(event.currentTarget.open);
      }}
    >
      <summary>
        {title} <span className="jp-mlversion-count">{count}</span>
      </summary>
      {open ? children : null}
    </details>
  );
}

/** A table of names and values. */
function Pairs({ pairs }: { pairs: [string, string][] }): React.ReactElement {
  return (
    <table className="jp-mlversion-Pairs">
      <tbody>
        {pairs.map(([name, value]) => (
          <tr key={name}>
            <th scope="row" title={name}>
              {name}
            </th>
            <td title={value}>{value}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Environment({ detail, trans }: { detail: IDetail; trans: TranslationBundle }): React.ReactElement {
  const { environment } = detail;
  const facts: [string, string][] = [
    [trans.__('Python'), `${environment.python} ${environment.implementation}`],
    [trans.__('Platform'), environment.platform],
    ...Object.entries(environment.hardware),
    ...Object.entries(environment.seeds).map(([name, seed]): [string, string] => [trans.__('seed of %1', name), seed])
  ];
  return (
    <>
      <Pairs pairs={facts} />
      <div className="jp-mlversion-Packages">
        <Pairs pairs={Object.entries(environment.packages)} />
      </div>
    </>
  );
}

function Code({ detail, trans }: { detail: IDetail; trans: TranslationBundle }): React.ReactElement | null {
  const { commit, branch, dirty, modules } = detail.code;
  const facts: [string, string][] = [];
  if (commit) {
    const state = dirty ? trans.__('with uncommitted changes') : trans.__('clean');
    facts.push([trans.__('Git'), `${commit.slice(0, 10)} ${branch} (${state})`]);
  }
  facts.push(...modules.map((path): [string, string] => [trans.__('module'), path]));
  return facts.length ? (
    <Fold title={trans.__('Code')} count={facts.length}>
      <table className="jp-mlversion-Pairs">
        <tbody>
          {facts.map(([name, value]) => (
            <tr key={value}>
              <th scope="row">{name}</th>
              <td title={value}>{value}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Fold>
  ) : null;
}
