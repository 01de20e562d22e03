import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import { FigurePages } from '../figures/pages';
import { Figures } from '../figures/plot';
import type { Api } from '../service/api';
import type { IDetail, ISplit, SplitView } from '../service/contract';
import { Checks } from './checks';
import { SizeStrip, sizesText } from './strip';

interface ISectionProps {
  api: Api;
  path: string;
  detail: IDetail;
  trans: TranslationBundle;
}

/** The splits of a version: sizes, checks, and pictures that are fetched when they are opened. */
export function SplitsSection(props: ISectionProps): React.ReactElement {
  const { api, path, detail, trans } = props;
  const parent = detail.parents[0];
  return (
    <>
      {detail.splits.map((split, number) => (
        <SplitView key={number} {...props} split={split} number={number} />
      ))}
      {parent === undefined ? null : (
        <View title={trans.__('Against the version before')}>
          <Figures
            load={() => api.splitsCompared(path, parent, detail.id)}
            version={detail.id}
            empty={trans.__('No split differs.')}
            trans={trans}
          />
        </View>
      )}
    </>
  );
}

function SplitView(props: ISectionProps & { split: ISplit; number: number }): React.ReactElement {
  const { split, trans } = props;
  const seed = split.seeded ? ` · ${trans.__('seed %1', split.seed)}` : '';
  const looked = Boolean(split.summary);
  return (
    <section className="jp-mlversion-Split" aria-label={split.name}>
      <p className="jp-mlversion-note">
        <b>{split.name}</b> · {split.strategy}
        {seed}
      </p>
      <SizeStrip parts={split.parts} label={sizesText(split.parts)} legend />
      {split.checks?.length ? <Checks checks={split.checks} trans={trans} /> : null}
      <View title={trans.__('Class balance')} open>
        <Pictures {...props} view="balance" />
      </View>
      {looked ? (
        <>
          <View title={trans.__('Where the rows are')}>
            <Pictures {...props} view="membership" />
          </View>
          <View title={trans.__('Drift of features')}>
            <Pictures {...props} view="drift" />
          </View>
          <View title={trans.__('Leakage of the target')}>
            <Pictures {...props} view="leakage" />
          </View>
          <View title={trans.__('Distributions')}>
            <Pictures {...props} view="distributions" />
          </View>
        </>
      ) : null}
    </section>
  );
}

/** Figures that are drawn at a time. */
const PAGE = 6;

function Pictures(props: ISectionProps & { split: ISplit; number: number; view: SplitView }): React.ReactElement {
  const { api, path, detail, trans, split, number, view } = props;
  return (
    <FigurePages
      load={(first, limit) => api.splitFigures(path, detail.id, number, view, first, limit)}
      size={PAGE}
      version={detail.id}
      empty={trans.__('There is nothing to show.')}
      trans={trans}
      under={split.name}
    />
  );
}

/** A picture that can be folded; fetched when it is opened first. */
function View(props: React.PropsWithChildren<{ title: string; open?: boolean }>): React.ReactElement {
  const [open, setOpen] = React.useState(props.open ?? false);
  return (
    <details
      className="jp-mlversion-View"
      open={open}
      onToggle={event => {
        setOpen(event.currentTarget.open);
      }}
    >
      <summary>{props.title}</summary>
      {open ? props.children : null}
    </details>
  );
}
