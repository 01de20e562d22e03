import { type ISignal, Signal } from '@lumino/signaling';
import type * as React from 'react';

/** Where in the panel: between its header and the list, in the details under their title, or under the list. */
export type Place = 'above' | 'details' | 'below';

/** The parts of the panel that plugins add to it, in the order of their ranks. */
export class Sections {
  get changed(): ISignal<this, void> {
    return this._changed;
  }

  add(place: Place, part: React.ComponentType, rank = 500): void {
    this._parts.push({ place, part, rank });
    this._parts.sort((a, b) => a.rank - b.rank);
    this._changed.emit();
  }

  in(place: Place): React.ComponentType[] {
    return this._parts.filter(one => one.place === place).map(one => one.part);
  }

  private readonly _changed = new Signal<this, void>(this);
  private readonly _parts: { place: Place; part: React.ComponentType; rank: number }[] = [];
}
