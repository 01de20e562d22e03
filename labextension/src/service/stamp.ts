import type { LabIcon } from '@jupyterlab/ui-components';

/** Draws an icon into an element: a `ref` of it. */
export type Stamp = (element: Element | null) => void;

/** An icon that is drawn very often: parsed once and copied, where `LabIcon.react` parses and styles each one. */
export function stampOf(icon: LabIcon, size = 14): Stamp {
  let parsed: Element | undefined;
  return element => {
    if (!element) {
      return;
    }
    if (!parsed) {
      parsed = new DOMParser().parseFromString(icon.svgstr, 'image/svg+xml').documentElement;
      parsed.setAttribute('width', String(size));
      parsed.setAttribute('height', String(size));
      parsed.setAttribute('aria-hidden', 'true');
    }
    element.replaceChildren(parsed.cloneNode(true));
  };
}
