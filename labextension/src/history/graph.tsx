import * as React from 'react';
import type { Edge, IRow } from './requests';

/** Pixels between two lanes, and from the edge to the first. */
const PITCH = 11;
const MARGIN = 10;

/** Lanes that are told apart; the others are drawn as one. */
const MOST = 8;

/** Pixels from a version to where a line that leaves it has reached its lane. */
const BEND = 18;

/** Pixels that the graph takes beside rows with so many lanes. */
export function graphWidth(lanes: number): number {
  return MARGIN + (Math.min(lanes, MOST) - 1) * PITCH + MARGIN - 2;
}

/** How many lanes there are in a row. */
export function lanesOf({ lane, edges }: IRow): number {
  return 1 + Math.max(lane, ...edges.flatMap(([from, to]) => [from, to]));
}

interface IProps {
  row: IRow;
  /** How many lanes have room. */
  lanes: number;
  /** Pixels from the top to the middle of the version. */
  middle: number;
  head: boolean;
  safety: boolean;
}

/** A row's part of the graph: the version, and the lines that come to it, leave it or pass it. */
export function Graph({ row, lanes, middle, head, safety }: IProps): React.ReactElement {
  const x = xOf(row.lane);
  const mark = `jp-mlversion-Graph-version jp-mod-lane${colourOf(row.lane)}`;
  return (
    <svg className="jp-mlversion-Graph" width={graphWidth(lanes)} aria-hidden="true">
      {row.edges.map((edge, index) => (
        <Line key={index} edge={edge} middle={middle} />
      ))}
      {head ? <circle className={`${mark} jp-mod-ring`} cx={x} cy={middle} r={7} /> : null}
      <circle className={safety ? `${mark} jp-mod-hollow` : mark} cx={x} cy={middle} r={4} />
    </svg>
  );
}

function Line({ edge: [from, to, kind], middle }: { edge: Edge; middle: number }): React.ReactElement {
  const [x, end] = [xOf(from), xOf(to)];
  const colour = `jp-mod-lane${colourOf(kind === 'parent' ? to : from)}`;
  if (kind === 'by') {
    return <line className={colour} x1={x} y1={0} x2={x} y2="100%" />;
  }
  if (kind === 'child') {
    return <path className={colour} d={`M${x} 0C${x} ${middle * 0.7} ${end} ${middle * 0.3} ${end} ${middle}`} />;
  }
  const bend = x === end ? middle : middle + BEND;
  return (
    <>
      {x === end ? null : (
        <path
          className={colour}
          d={`M${x} ${middle}C${x} ${middle + BEND * 0.7} ${end} ${middle + BEND * 0.3} ${end} ${bend}`}
        />
      )}
      <line className={colour} x1={end} y1={bend} x2={end} y2="100%" />
    </>
  );
}

function xOf(lane: number): number {
  return MARGIN + Math.min(lane, MOST - 1) * PITCH;
}

function colourOf(lane: number): number {
  return lane % 6;
}
