import { ReactWidget, UseSignal } from '@jupyterlab/ui-components';
import * as React from 'react';
import type { Part } from '../figures/part';
import { Failure } from '../service/failure';
import type { IVersionService } from '../service/tokens';
import { Chart } from './chart';
import { Controls } from './controls';
import { metricsIcon } from './icon';
import { Logged } from './logged';
import { type MetricsModel, PARALLEL } from './model';
import { shownMetrics } from './options';
import type { ITableAnswer } from './requests';
import { Runs } from './runs';
import { Table } from './table';
import { roundedWidth } from './wants';

/** Pixels. */
const HEIGHT = 240;
const HEIGHT_ALONE = 420;

export interface ITabProps {
  model: MetricsModel;
  service: IVersionService;
  /** Show a version in the panel. */
  onVersion: (version: string) => void;
}

/** The charts of the active notebook's metrics, in the main area. */
export class MetricsTab extends ReactWidget {
  constructor(props: ITabProps) {
    super();
    const { trans } = props.service;
    this._props = props;
    this.id = 'mlversion-metrics';
    this.addClass('jp-mlversion-Metrics');
    this.title.label = trans.__('Metrics');
    this.title.caption = trans.__('Charts of the metrics of versions');
    this.title.icon = metricsIcon;
    this.title.closable = true;
    this.node.setAttribute('role', 'region');
    this.node.setAttribute('aria-label', trans.__('Metrics of versions'));
  }

  get model(): MetricsModel {
    return this._props.model;
  }

  override dispose(): void {
    this._props.model.dispose();
    super.dispose();
  }

  protected override onAfterShow(): void {
    this._props.model.visible = true;
  }

  protected override onAfterHide(): void {
    this._props.model.visible = false;
  }

  protected override render(): React.ReactElement {
    return <UseSignal signal={this._props.model.changed}>{() => <View {...this._props} />}</UseSignal>;
  }

  private readonly _props: ITabProps;
}

function View(props: ITabProps): React.ReactElement {
  const { model, service } = props;
  const { trans } = service;
  const { state } = model;
  switch (state.kind) {
    case 'no-notebook':
      return <p className="jp-mlversion-Empty">{trans.__('Open a notebook: its metrics are drawn here.')}</p>;
    case 'loading':
      return (
        <p className="jp-mlversion-Empty" role="status">
          {trans.__('Loading…')}
        </p>
      );
    case 'failed':
      return (
        <div className="jp-mlversion-Empty" role="alert">
          <p>{state.failure.text}</p>
          <button type="button" className="jp-mlversion-Button" onClick={() => { model.refresh(); }}>
            {trans.__('Try again')}
          </button>
        </div>
      );
    case 'ready':
      return (
        <div className="jp-mlversion-Metrics-page">
          <div className="jp-mlversion-Metrics-side">
            <Controls model={model} table={state.table} trans={trans} />
            {['lines', 'scatter'].includes(model.options.chart) ? (
              <UseSignal signal={model.drawn}>{() => <Runs model={model} trans={trans} />}</UseSignal>
            ) : null}
          </div>
          <div className="jp-mlversion-Metrics-main">
            <Content {...props} table={state.table} />
          </div>
        </div>
      );
  }
}

function Content(props: ITabProps & { table: ITableAnswer }): React.ReactElement {
  const { model, service, table, onVersion } = props;
  const { trans } = service;
  const { chart } = model.options;
  if (chart === 'logged') {
    return <Logged service={service} path={model.subject?.notebook ?? ''} table={table} onVersion={onVersion} />;
  }
  if (!table.metrics.length) {
    return (
      <div className="jp-mlversion-Empty">
        <p>{trans.__('No metrics yet. Log some in a cell, and they are drawn while it runs:')}</p>
        <pre>{'import jupyter_mlversion as mlversion\nmlversion.log(loss=0.3, step=1)'}</pre>
      </div>
    );
  }
  if (chart === 'table') {
    return <Table model={model} table={table} trans={trans} onVersion={onVersion} />;
  }
  const names = chart === 'parallel' ? [PARALLEL] : shownMetrics(model.options, table.metrics);
  return names.length ? (
    <UseSignal signal={model.drawn}>{() => <Charts {...props} names={names} />}</UseSignal>
  ) : (
    <p className="jp-mlversion-Empty">{trans.__('No metric is chosen.')}</p>
  );
}

function Charts({ model, service, onVersion, names }: ITabProps & { names: readonly string[] }): React.ReactElement {
  const { trans } = service;
  const height = names.length < 3 ? HEIGHT_ALONE : HEIGHT;
  const widths = React.useRef(new Map<string, number>());
  const want = (name: string, part: Part | null): void => {
    const width = widths.current.get(name);
    if (width !== undefined) {
      model.want({ name, width, part });
    }
  };
  return (
    <>
      {model.failure ? <p role="alert">{model.failure.text}</p> : null}
      <div className={`jp-mlversion-Charts${names.length === 1 ? ' jp-mod-alone' : ''}`} aria-busy={model.busy}>
        {names.map(name => (
          <Chart
            key={name}
            name={name}
            figure={model.figures.get(name) ?? null}
            answered={!model.busy}
            leftOut={model.leftOut.get(name) ?? 0}
            height={height}
            hidden={model.hidden}
            part={model.partOf(name)}
            trans={trans}
            onLook={width => {
              if (width === null) {
                widths.current.delete(name);
                model.unwant(name);
              } else {
                widths.current.set(name, roundedWidth(width));
                want(name, model.partOf(name));
              }
            }}
            onPart={part => { want(name, part); }}
            onVersion={onVersion}
            onFailure={reason => { service.toasts.failure(trans.__('Save chart'), Failure.of(reason)); }}
          />
        ))}
      </div>
    </>
  );
}
