/** What is chosen in a list: ids in the order in which they were, where a range begins, and where the keyboard is. */
export interface IChoice {
  readonly ids: readonly string[];
  readonly anchor: string | null;
  readonly focus: string | null;
}

export const NOTHING: IChoice = { ids: [], anchor: null, focus: null };

/** Just one. */
export function only(id: string): IChoice {
  return { ids: [id], anchor: id, focus: id };
}

/** One more, or one less. */
export function toggled({ ids }: IChoice, id: string): IChoice {
  return { ids: ids.includes(id) ? ids.filter(other => other !== id) : [...ids, id], anchor: id, focus: id };
}

/** From the anchor to the last of `range`, which begins there; what was chosen before stays first where `more`. */
export function ranged({ ids, anchor }: IChoice, range: readonly string[], more: boolean): IChoice {
  const before = more ? ids.filter(id => !range.includes(id)) : [];
  return { ids: [...before, ...range], anchor: anchor ?? range[0] ?? null, focus: range.at(-1) ?? null };
}

/** The keyboard goes elsewhere; what is chosen stays. */
export function focused(choice: IChoice, focus: string): IChoice {
  return { ...choice, focus };
}
