import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import type { MetricsModel } from './model';
import { Names } from './names';
import { BANDS, CHARTS, type IOptions, OFS, OVERS, SMOOTHEST, TOLD } from './options';
import type { ITableAnswer } from './requests';

interface IProps {
  model: MetricsModel;
  table: ITableAnswer;
  trans: TranslationBundle;
}

/** What is drawn, and how. */
export function Controls({ model, table, trans }: IProps): React.ReactElement {
  const { options } = model;
  const { chart, over, group } = options;
  const set = (changes: Partial<IOptions>): void => {
    model.options = { ...options, ...changes };
  };
  const none: [string, string] = ['', trans.__('(none)')];
  const params = table.params.map((name): [string, string] => [name, name]);
  const metrics = table.metrics.map((name): [string, string] => [name, name]);
  const lines = chart === 'lines';
  const scatter = chart === 'scatter';
  return (
    <form className="jp-mlversion-Controls" aria-label={trans.__('What is drawn')} onSubmit={event => { event.preventDefault(); }}>
      <Choice label={trans.__('Show')} value={chart} of={words(CHARTS, chartWords(trans))} onChange={value => { set({ chart: value }); }} />
      <Choice
        label={trans.__('Versions')}
        value={options.of}
        of={words(OFS, ofWords(trans, model.chosenCount))}
        onChange={value => { set({ of: value }); }}
      />
      {lines ? (
        <Choice label={trans.__('Over')} value={over} of={words(OVERS, overWords(trans))} onChange={value => { set({ over: value }); }} />
      ) : null}
      {scatter ? (
        <Choice
          label={trans.__('Against')}
          value={options.against}
          of={[['', trans.__('(first that varies)')], ...params]}
          onChange={value => { set({ against: value }); }}
        />
      ) : null}
      {lines || scatter ? (
        <div className="jp-mlversion-Controls-pair">
          <Check label={trans.__('Log x')} checked={options.logX} disabled={lines && over === 'time'} onChange={logX => { set({ logX }); }} />
          <Check label={trans.__('Log y')} checked={options.logY} onChange={logY => { set({ logY }); }} />
        </div>
      ) : null}
      {lines ? <Smoothing smooth={options.smooth} trans={trans} onChange={smooth => { set({ smooth }); }} /> : null}
      {lines || scatter ? (
        <Choice label={trans.__('Group by')} value={group} of={[none, ...params]} onChange={value => { set({ group: value }); }} />
      ) : null}
      {lines && group && over !== 'version' ? (
        <Choice label={trans.__('Band')} value={options.band} of={words(BANDS, bandWords(trans))} onChange={band => { set({ band }); }} />
      ) : null}
      {chart === 'parallel' || scatter ? (
        <Choice label={trans.__('Colour')} value={options.colour} of={[none, ...metrics]} onChange={value => { set({ colour: value }); }} />
      ) : null}
      {chart === 'table' ? (
        <Choice label={trans.__('Values')} value={options.told} of={words(TOLD, toldWords(trans))} onChange={told => { set({ told }); }} />
      ) : null}
      {chart === 'logged' ? null : (
        <Names
          title={trans.__('Metrics')}
          names={table.metrics}
          chosen={options.metrics}
          trans={trans}
          onChange={chosen => { set({ metrics: chosen }); }}
        />
      )}
      {chart === 'table' ? (
        <Names
          title={trans.__('Parameters')}
          names={table.params}
          chosen={options.columns}
          trans={trans}
          onChange={columns => { set({ columns }); }}
        />
      ) : null}
    </form>
  );
}

function Smoothing(props: { smooth: number; trans: TranslationBundle; onChange: (smooth: number) => void }): React.ReactElement {
  return (
    <label className="jp-mlversion-Controls-field">
      <span>{props.trans.__('Smoothing')}</span>
      <input
        type="range"
        min={0}
        max={SMOOTHEST}
        step={0.01}
        value={props.smooth}
        onChange={event => { props.onChange(Number(event.currentTarget.value)); }}
      />
      <output>{props.smooth.toFixed(2)}</output>
    </label>
  );
}

function Choice<T extends string>(props: {
  label: string;
  value: T;
  of: readonly (readonly [T, string])[];
  onChange: (value: T) => void;
}): React.ReactElement {
  const { label, value, of, onChange } = props;
  // A parameter that these versions lack stays chosen.
  const known = of.some(([one]) => one === value) ? of : [...of, [value, value] as const];
  return (
    <label className="jp-mlversion-Controls-field">
      <span>{label}</span>
      <select
        value={value}
        onChange={event => {
          const chosen = known[event.currentTarget.selectedIndex];
          if (chosen) {
            onChange(chosen[0]);
          }
        }}
      >
        {known.map(([one, word]) => (
          <option key={one} value={one}>
            {word}
          </option>
        ))}
      </select>
    </label>
  );
}

function Check(props: { label: string; checked: boolean; disabled?: boolean; onChange: (checked: boolean) => void }): React.ReactElement {
  return (
    <label className="jp-mlversion-Controls-check">
      <input
        type="checkbox"
        checked={props.checked}
        disabled={props.disabled ?? false}
        onChange={event => { props.onChange(event.currentTarget.checked); }}
      />
      <span>{props.label}</span>
    </label>
  );
}

function words<T extends string>(values: readonly T[], of: Record<T, string>): [T, string][] {
  return values.map(value => [value, of[value]]);
}

function chartWords(trans: TranslationBundle): Record<(typeof CHARTS)[number], string> {
  return {
    lines: trans.__('Lines'),
    scatter: trans.__('Scatter'),
    parallel: trans.__('Parallel axes'),
    table: trans.__('Table'),
    logged: trans.__('Pictures, tables')
  };
}

function ofWords(trans: TranslationBundle, chosen: number): Record<(typeof OFS)[number], string> {
  return {
    listed: trans.__('All listed'),
    chosen: chosen ? trans.__('Chosen (%1)', chosen) : trans.__('Chosen'),
    running: trans.__('Logged now')
  };
}

function overWords(trans: TranslationBundle): Record<(typeof OVERS)[number], string> {
  return {
    step: trans.__('Step'),
    relative: trans.__('Run time'),
    time: trans.__('Time of day'),
    version: trans.__('Version')
  };
}

function bandWords(trans: TranslationBundle): Record<(typeof BANDS)[number], string> {
  return { std: trans.__('Std. deviation'), range: trans.__('Least to largest') };
}

function toldWords(trans: TranslationBundle): Record<(typeof TOLD)[number], string> {
  return { last: trans.__('Last'), best: trans.__('Best'), low: trans.__('Smallest'), high: trans.__('Largest') };
}
