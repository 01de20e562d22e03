import { describe, expect, it } from 'vitest';
import { undrawable } from '../src/figures/drawable';
import { partIn } from '../src/figures/part';
import { fileName } from '../src/figures/saving';
import { keyOf, legendOf, unescaped, without } from '../src/metrics/legend';
import { itemsByName, shownAt, stepsOf } from '../src/metrics/loggedSteps';
import { DEFAULTS, optionsFrom, shownMetrics, toggled } from '../src/metrics/options';
import { chartQuery, type IRow } from '../src/metrics/requests';
import { bestRow, cameTo, chartCsv, csv, sorted } from '../src/metrics/sheet';
import { roundedWidth, together } from '../src/metrics/wants';
import type { ILogged } from '../src/service/contract';

const SUBJECT = { notebook: 'n.ipynb', versions: null, where: '', all: false };

describe('options', () => {
  it('takes what was remembered, and nothing that cannot be used', () => {
    expect(optionsFrom(null)).toEqual(DEFAULTS);
    expect(optionsFrom({ chart: 'pie', smooth: 7, logX: 'yes', metrics: ['a', 1], columns: 3, over: 'time' })).toEqual({
      ...DEFAULTS,
      smooth: 0.99,
      metrics: ['a'],
      over: 'time'
    });
    expect(optionsFrom({ smooth: Number.NaN }).smooth).toBe(0);
    const chosen = { ...DEFAULTS, chart: 'table' as const, metrics: ['b'], group: 'lr', logY: true };
    expect(optionsFrom(JSON.parse(JSON.stringify(chosen)))).toEqual(chosen);
  });

  it('keeps all as all, so that metrics that come are shown, too', () => {
    expect(toggled(null, 'a', ['a', 'b'])).toEqual(['b']);
    expect(toggled(['b'], 'a', ['a', 'b'])).toBeNull();
    expect(toggled(['gone', 'a'], 'a', ['a', 'b'])).toEqual(['gone']);
    expect(shownMetrics({ ...DEFAULTS, metrics: ['b', 'gone'] }, ['a', 'b'])).toEqual(['b']);
  });
});

describe('requests', () => {
  it('says only what is not as by default', () => {
    const query = chartQuery(SUBJECT, { ...DEFAULTS, logY: true, band: 'range' }, ['a"b'], 400, null);
    expect(Object.fromEntries(Object.entries(query).filter(([, value]) => value !== null))).toEqual({
      notebook: 'n.ipynb',
      live: 1,
      metrics: '["a\\"b"]',
      kind: 'lines',
      x: 'step',
      log: 'y',
      width: 400
    });
    expect(chartQuery(SUBJECT, DEFAULTS, [], 400, [1, 2])).toMatchObject({ first: 1, last: 2 });
  });

  it('asks together for charts of one width that are not zoomed', () => {
    const asks = together([
      { name: 'a', width: 400, part: null },
      { name: 'b', width: 400, part: [1, 2] },
      { name: 'c', width: 400, part: null }
    ]);
    expect(asks.map(({ names }) => names)).toEqual([['a', 'c'], ['b']]);
    expect([roundedWidth(3), roundedWidth(341), roundedWidth(99_999)]).toEqual([100, 400, 8192]);
  });
});

describe('the part of an axis', () => {
  it('is in the units of the axis', () => {
    expect(partIn({ 'xaxis.range[0]': 1, 'xaxis.range[1]': 2 }, 'linear')).toEqual([1, 2]);
    expect(partIn({ 'xaxis.range': [0, 3] }, 'log')).toEqual([1, 1000]);
    expect(partIn({ 'xaxis.range[0]': '2026-01-01 00:00:01.5', 'xaxis.range[1]': '2026-01-02' }, 'date')).toEqual([
      Date.UTC(2026, 0, 1, 0, 0, 1, 500),
      Date.UTC(2026, 0, 2)
    ]);
  });

  it('is all after a double click, and of no concern otherwise', () => {
    expect(partIn({ 'xaxis.autorange': true, 'yaxis.autorange': true }, 'linear')).toBeNull();
    expect(partIn({ 'yaxis.range[0]': 1, 'yaxis.range[1]': 2 }, 'linear')).toBeUndefined();
    expect(partIn({ 'xaxis.range[0]': 'x', 'xaxis.range[1]': 2 }, 'date')).toBeUndefined();
  });
});

describe('legend', () => {
  const run = (key: string, name: string, more: object = {}) => ({
    name,
    x: [1],
    y: [2],
    legendgroup: '0',
    meta: { version: 'v', key },
    line: { color: '#123456', dash: 'dot' },
    ...more
  });
  const figure = { name: 'loss', figure: { data: [run('1', 'a &lt;b&gt;', { showlegend: false }), run('1', 'a &lt;b&gt;')], layout: {} } };

  it('has each line once, in the words of the user', () => {
    expect(legendOf([figure, figure])).toEqual([
      { key: keyOf(figure.figure.data[0] ?? {}), label: 'a <b>', colour: '#123456', dash: 'dot', version: 'v' }
    ]);
    expect(unescaped('&amp;lt; &#36; &unknown;')).toBe('&lt; $ &unknown;');
  });

  it('hides what is not ticked, with its raw line and its band', () => {
    const { figure: left } = without(figure, new Set(['run 1 v']));
    expect(left.data.map(({ visible }) => visible)).toEqual([false, false]);
    expect(left.layout.showlegend).toBe(false);
    expect(without(figure, new Set(['run 2 v'])).figure.data).toEqual(figure.figure.data);
  });
});

describe('table', () => {
  const row = (label: string, last: number | string, count = 2): IRow => ({
    version: label,
    run: '',
    label,
    name: '',
    branch: 'main',
    time: 0,
    params: {},
    metrics: { loss: { last, low: 1, high: 9, count, last_step: 1 } }
  });
  const rows = [row('a', 3), row('b', 'NaN'), row('c', 2), { ...row('d', 0), metrics: {} }];

  it('tells the best by the direction of the metric, and nothing that is not known', () => {
    expect(bestRow(rows, 'loss', 'last', true)?.label).toBe('c');
    expect(bestRow(rows, 'loss', 'last', false)?.label).toBe('a');
    expect([cameTo(row('a', 3), 'loss', 'best', true), cameTo(row('a', 3), 'loss', 'best', false)]).toEqual([1, 9]);
    expect(cameTo(row('a', 3, 0), 'loss', 'low', true)).toBeNull();
    expect([bestRow(rows, 'loss', 'last', null), cameTo(row('a', 3), 'loss', 'best', null)]).toEqual([null, 3]);
  });

  it('sorts numbers before texts, and what is missing last, both ways', () => {
    const value = ({ metrics }: IRow) => metrics.loss?.last ?? null;
    expect(sorted(rows, value, true).map(({ label }) => label)).toEqual(['c', 'a', 'b', 'd']);
    expect(sorted(rows, value, false).map(({ label }) => label)).toEqual(['a', 'c', 'b', 'd']);
  });

  it('writes CSV that is a table to every program, and a formula to none', () => {
    expect(csv([['a,b', 'c"d', null, -1.5, '=1+1', '-2', 'x\ny']])).toBe(`"a,b","c""d",,-1.5,'=1+1,-2,"x\ny"\r\n`);
    const data = [
      { name: 'raw', hoverinfo: 'skip', x: [0], y: [1] },
      { name: 'a &amp; b', x: [0, 1], y: [1, null] }
    ];
    expect(chartCsv({ name: 'loss', figure: { data, layout: {} } })).toBe('line,x,y\r\na & b,0,1\r\na & b,1,\r\n');
  });
});

describe('figures of users', () => {
  it('are drawn when they need neither maps nor WebGL', () => {
    expect(undrawable([{}, { type: 'heatmap' }, { type: 'violin' }])).toBeNull();
    expect(undrawable([{ type: 'scatter' }, { type: 'scatter3d' }])).toBe('scatter3d');
  });

  it('are saved under names that files can have', () => {
    expect(fileName('val/loss: <b>', 'png')).toBe('val-loss-b.png');
    expect(fileName('../..', 'csv')).toBe('chart.csv');
  });
});

describe('what was logged', () => {
  const one = (name: string, step: number | null, digest: string, run = 'r1'): ILogged => ({
    name, step, digest, run, kind: 'image', media: 'image/png', size: 1, run_name: ''
  });

  it('is gathered by name, by run, by step', () => {
    const items = itemsByName([
      { version: 'b', label: 'B', logged: [one('x', 5, 'd5'), one('x', 1, 'd1'), one('y', null, 'e')] },
      { version: 'a', label: 'A', logged: [one('x', 2, 'd2', 'r0'), { ...one('z', 0, 'f'), kind: 'file' }, one('y', null, 'e')] }
    ]);
    expect([...items.keys()]).toEqual(['x', 'y']);
    const x = items.get('x') ?? [];
    expect(x.map(({ version }) => version)).toEqual(['b', 'a']);
    expect(stepsOf(x)).toEqual([1, 2, 5]);
    expect(items.get('y')?.map(({ version }) => version)).toEqual(['a']);
    expect(stepsOf(items.get('y') ?? [])).toEqual([-1]);
  });

  it('shows what was logged last until a step', () => {
    const [item] = itemsByName([{ version: 'b', label: 'B', logged: [one('x', 5, 'd5'), one('x', 1, 'd1')] }]).get('x') ?? [];
    const at = (step: number) => item && shownAt(item, step)?.step;
    expect([0, 1, 4, 5, 9].map(at)).toEqual([1, 1, 1, 5, 5]);
  });
});
