import type { ILogged } from '../service/contract';

/** What one run of a version logged under a name, by step. */
export interface IItem {
  readonly version: string;
  readonly label: string;
  readonly name: string;
  /** In the order of the steps; `number` is the place in what the version logged. */
  readonly steps: readonly { readonly number: number; readonly step: number | null }[];
}

/** A version with what it logged. */
export interface IAnswer {
  version: string;
  label: string;
  logged: readonly ILogged[];
}

/** The items by name. One that several versions hold is the oldest one's, which comes last. */
export function itemsByName(answers: readonly IAnswer[]): Map<string, IItem[]> {
  const names = new Map<string, Map<string, IItem>>();
  for (const { version, label, logged } of answers) {
    for (const [name, of] of byRun(logged)) {
      const steps = of.map(({ number, step }) => ({ number, step }));
      const content = of.map(({ digest }) => digest).join();
      const items = names.get(name) ?? new Map<string, IItem>();
      items.delete(content);
      names.set(name, items.set(content, { version, label, name, steps }));
    }
  }
  return new Map([...names].sort(([a], [b]) => a.localeCompare(b)).map(([name, items]) => [name, [...items.values()]]));
}

/** All steps of some items, in order; those that say none count as before the first. */
export function stepsOf(items: readonly IItem[]): number[] {
  const steps = new Set(items.flatMap(item => item.steps.map(({ step }) => step ?? -1)));
  return [...steps].sort((a, b) => a - b);
}

/** What an item shows at a step: the last that was logged until then, else the first. */
export function shownAt({ steps }: IItem, step: number): IItem['steps'][number] | undefined {
  return steps.filter(one => (one.step ?? -1) <= step).at(-1) ?? steps[0];
}

type Numbered = ILogged & { number: number };

function byRun(logged: readonly ILogged[]): [name: string, of: Numbered[]][] {
  const runs = new Map<string, Numbered[]>();
  logged.forEach((one, number) => {
    if (one.kind !== 'file') {
      const key = JSON.stringify([one.run, one.name]);
      const of = runs.get(key) ?? [];
      of.push({ ...one, number });
      runs.set(key, of);
    }
  });
  return [...runs.values()].map(of => [of[0]?.name ?? '', of.sort((a, b) => (a.step ?? -1) - (b.step ?? -1))]);
}
