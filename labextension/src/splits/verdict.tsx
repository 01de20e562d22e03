import { LabIcon } from '@jupyterlab/ui-components';
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import type { Verdict } from '../service/contract';

function icon(name: string, path: string): LabIcon {
  return new LabIcon({
    name: `jupyter-mlversion:${name}`,
    svgstr: `<svg xmlns="http://www.w3.org/2000/svg" width="16" viewBox="0 0 24 24">
  <path class="jp-mlversion-ink" fill="#616161" d="${path}"/>
</svg>`
  });
}

/** Shapes that differ without their colour: a tick, a triangle, an octagon with a cross, dots, a dash. */
const ICONS: Record<Verdict, LabIcon> = {
  ok: icon('check-ok', 'M9 16.2 4.8 12l-1.9 1.9L9 20 21.1 7.9l-1.9-1.9z'),
  warning: icon('check-warning', 'M12 2 1 21h22zm-1 7h2v6h-2zm0 8h2v2h-2z'),
  problem: icon(
    'check-problem',
    'M8 2h8l6 6v8l-6 6H8l-6-6V8zm.4 4.9L6.9 8.4l3.6 3.6-3.6 3.6 1.5 1.5 3.6-3.6 3.6 3.6 1.5-1.5-3.6-3.6 3.6-3.6-1.5-1.5-3.6 3.6z'
  ),
  skipped: icon('check-skipped', 'M4 10h4v4H4zm6 0h4v4h-4zm6 0h4v4h-4z'),
  'not-applicable': icon('check-none', 'M5 11h14v2H5z')
};

/** A verdict that this front end does not know is one that nothing was made of. */
function known(verdict: string): Verdict {
  return verdict in ICONS ? (verdict as Verdict) : 'not-applicable';
}

export function isFound(verdict: string): boolean {
  return verdict === 'warning' || verdict === 'problem';
}

export function VerdictIcon({ verdict }: { verdict: string }): React.ReactElement {
  const Icon = ICONS[known(verdict)];
  return (
    <span className={`jp-mlversion-Verdict jp-mod-${known(verdict)}`} aria-hidden="true">
      <Icon.react tag="span" width="14px" height="14px" />
    </span>
  );
}

export function verdictText(trans: TranslationBundle, verdict: string): string {
  const words: Record<Verdict, string> = {
    ok: trans.__('ok'),
    warning: trans.__('warning'),
    problem: trans.__('problem'),
    skipped: trans.__('skipped'),
    'not-applicable': trans.__('not applicable')
  };
  return words[known(verdict)];
}
