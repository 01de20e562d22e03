import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import { Figures } from '../figures/plot';
import type { IVersionService } from '../service/tokens';
import { fileRow, metricRow, splitRow, valueRow } from './cells';
import { Curves } from './curves';
import { Header } from './header';
import type { ComparisonModel } from './model';
import { type IShowing, NotebookSection } from './notebook';
import { type IComparison, type SectionName, WORKSPACE } from './requests';
import { sideName, SideTable } from './sideTable';

export interface IPageProps {
  model: ComparisonModel;
  service: IVersionService;
  showing: IShowing;
  /** Show how a file differs between two sides; absent where nothing can. */
  openFile?: ((versions: [string, string], path: string) => void) | undefined;
}

type Tab = 'values' | 'curves' | 'notebook' | 'artifacts' | 'splits' | 'environment';

/** The whole tab: what is compared, and the sections. */
export function Page(props: IPageProps): React.ReactElement {
  const { model, service } = props;
  const { trans } = service;
  const [tab, setTab] = React.useState<Tab>('values');
  const { state } = model;
  switch (state.kind) {
    case 'loading':
      return (
        <p className="jp-mlversion-Empty" role="status">
          {trans.__('Loading…')}
        </p>
      );
    case 'failed':
      return (
        <div className="jp-mlversion-Empty" role="alert">
          <p>{trans.__('These versions could not be compared.')}</p>
          <p>{state.failure.text}</p>
          <button type="button" className="jp-mlversion-Button" onClick={() => void model.refresh()}>
            {trans.__('Try again')}
          </button>
        </div>
      );
    case 'ready':
      return (
        <>
          <Header model={model} service={service} comparison={state.comparison} />
          <Tabs tab={tab} comparison={state.comparison} trans={trans} onTab={setTab} />
          <div
            role="tabpanel"
            id={panelId(model, tab)}
            aria-label={titles(trans)[tab]}
            className="jp-mlversion-Compare-panel"
            aria-busy={model.busy}
          >
            <Section {...props} tab={tab} comparison={state.comparison} />
          </div>
        </>
      );
  }
}

function panelId(model: ComparisonModel, tab: Tab): string {
  return `mlversion-compare-${model.versions.join('-')}-${tab}`;
}

function titles(trans: TranslationBundle): Record<Tab, string> {
  return {
    values: trans.__('Metrics & parameters'),
    curves: trans.__('Curves'),
    notebook: trans.__('Notebook'),
    artifacts: trans.__('Artifacts'),
    splits: trans.__('Splits'),
    environment: trans.__('Environment')
  };
}

const TABS: readonly Tab[] = ['values', 'curves', 'notebook', 'artifacts', 'splits', 'environment'];

/** The sections of an answer that a tab shows; whose differences are counted on it. */
const SHOWN: Record<Tab, readonly SectionName[]> = {
  values: ['metrics', 'params'],
  curves: [],
  notebook: [],
  artifacts: ['artifacts'],
  splits: ['splits'],
  environment: ['environment', 'code']
};

function Tabs(props: {
  tab: Tab;
  comparison: IComparison;
  trans: TranslationBundle;
  onTab: (tab: Tab) => void;
}): React.ReactElement {
  const { tab, comparison, trans, onTab } = props;
  const node = React.useRef<HTMLDivElement>(null);
  const move = (event: React.KeyboardEvent): void => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (step !== undefined) {
      const place = (TABS.indexOf(tab) + step + TABS.length) % TABS.length;
      onTab(TABS[place] ?? tab);
      node.current?.querySelectorAll('button')[place]?.focus();
      event.preventDefault();
    }
  };
  const words = titles(trans);
  return (
    <div ref={node} className="jp-mlversion-Tabs" role="tablist" onKeyDown={move}>
      {TABS.map(one => {
        const rows = SHOWN[one].flatMap<{ differs: boolean }>(name => comparison[name]);
        const differing = rows.filter(row => row.differs).length;
        return (
          <button
            key={one}
            type="button"
            role="tab"
            aria-selected={one === tab}
            tabIndex={one === tab ? 0 : -1}
            onClick={() => {
              onTab(one);
            }}
          >
            {words[one]}
            {SHOWN[one].length ? (
              <span
                className="jp-mlversion-count"
                title={trans._n('%1 difference', '%1 differences', differing)}
              >{` ${differing}`}</span>
            ) : null}
          </button>
        );
      })}
    </div>
  );
}

function Section(props: IPageProps & { tab: Tab; comparison: IComparison }): React.ReactElement {
  const { tab, model, comparison, service, showing } = props;
  const { trans } = service;
  const { sides } = comparison;
  switch (tab) {
    case 'values':
      return <Values {...props} />;
    case 'curves':
      return <Curves key={model.versions.join(',')} model={model} trans={trans} />;
    case 'notebook':
      return <NotebookSection model={model} sides={sides} showing={showing} trans={trans} />;
    case 'artifacts':
      return <Artifacts {...props} />;
    case 'splits':
      return <Splits {...props} />;
    case 'environment':
      return <Environment {...props} />;
  }
}

interface ISectionProps extends IPageProps {
  comparison: IComparison;
}

/** What the tables of all sections are given. */
function useTable({ model, comparison, service }: ISectionProps): {
  sides: IComparison['sides'];
  trans: TranslationBundle;
  onPin: (version: string) => void;
  onRemove: (version: string) => void;
} {
  return {
    sides: comparison.sides,
    trans: service.trans,
    onPin: version => {
      model.pin(version);
    },
    onRemove: version => {
      model.remove(version);
    }
  };
}

function Values(props: ISectionProps): React.ReactElement {
  const { model, comparison, service } = props;
  const { trans } = service;
  const { statistic } = model;
  const rows = React.useMemo(
    () => [
      ...comparison.metrics.map(row => metricRow(row, statistic, trans)),
      ...comparison.params.map(row => valueRow(row, trans.__('parameter'), trans))
    ],
    [comparison, statistic, trans]
  );
  return (
    <SideTable
      {...useTable(props)}
      rows={rows}
      label={trans.__('Metrics and parameters')}
      same={comparison.same.metrics + comparison.same.params}
      cut={comparison.cut.metrics + comparison.cut.params}
      empty={trans.__('None of these versions has logged a metric or a parameter.')}
    />
  );
}

function Artifacts(props: ISectionProps): React.ReactElement {
  const { comparison, service, openFile } = props;
  const { trans } = service;
  const rows = React.useMemo(
    () =>
      comparison.artifacts.map(row => {
        const here = row.values.flatMap((state, place) => (state ? [comparison.sides[place]?.id ?? ''] : []));
        const [first, last] = [here[0], here.at(-1)];
        const both = openFile && first && last && first !== last ? ([first, last] as [string, string]) : null;
        return fileRow(row, trans, both && openFile ? () => { openFile(both, row.path); } : undefined);
      }),
    [comparison, trans, openFile]
  );
  return (
    <SideTable
      {...useTable(props)}
      rows={rows}
      label={trans.__('Artifacts')}
      same={comparison.same.artifacts}
      cut={comparison.cut.artifacts}
      empty={trans.__('None of these versions has files.')}
    />
  );
}

function Splits(props: ISectionProps): React.ReactElement {
  const { model, comparison, service } = props;
  const { trans } = service;
  const rows = React.useMemo(() => comparison.splits.map(row => splitRow(row, trans)), [comparison, trans]);
  const [base, other] = comparison.sides.filter(side => side.id !== WORKSPACE);
  return (
    <div className="jp-mlversion-Compare-splits">
      <SideTable
        {...useTable(props)}
        rows={rows}
        label={trans.__('Splits')}
        same={comparison.same.splits}
        cut={comparison.cut.splits}
        empty={trans.__('None of these versions has a split.')}
      />
      {base && other && rows.length ? (
        <section>
          <h3>{trans.__('Where the rows went, from %1 to %2', sideName(base, trans), sideName(other, trans))}</h3>
          <Figures
            load={() => model.requests.splits(base.id, other.id)}
            version={`${base.id} ${other.id}`}
            empty={trans.__('No row is in another part.')}
            trans={trans}
          />
        </section>
      ) : null}
    </div>
  );
}

function Environment(props: ISectionProps): React.ReactElement {
  const { comparison, service } = props;
  const { trans } = service;
  const rows = React.useMemo(
    () => [
      ...comparison.code.map(row => valueRow(row, trans.__('code'), trans)),
      ...comparison.environment.map(row => valueRow(row, trans.__('environment'), trans))
    ],
    [comparison, trans]
  );
  return (
    <SideTable
      {...useTable(props)}
      rows={rows}
      label={trans.__('Environment and code')}
      same={comparison.same.environment + comparison.same.code}
      cut={comparison.cut.environment + comparison.cut.code}
      empty={trans.__('Nothing is known of the environments.')}
    />
  );
}

