import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import type { IFigure } from '../service/contract';
import { More } from '../service/more';
import { Figures } from './plot';

interface IProps {
  /** Asks for some of the figures, and how many there are in all. */
  load: (first: number, limit: number) => Promise<{ figures: IFigure[]; total: number }>;
  /** How many are drawn at a time. */
  size: number;
  /** When it changes, they are asked for again. */
  version: string;
  empty: string;
  trans: TranslationBundle;
  under?: string;
}

/** Figures of which there may be very many: some at first, and more when that is wanted. */
export function FigurePages({ load, size, ...rest }: IProps): React.ReactElement {
  const [pages, setPages] = React.useState(1);
  const [total, setTotal] = React.useState(0);
  return (
    <>
      {Array.from({ length: pages }, (_, page) => (
        <Figures
          key={page}
          load={async () => {
            const answer = await load(page * size, size);
            setTotal(answer.total);
            return answer.figures;
          }}
          {...rest}
        />
      ))}
      <More
        shown={pages * size}
        total={total}
        onMore={() => {
          setPages(pages + 1);
        }}
        trans={rest.trans}
      />
    </>
  );
}
