import * as React from 'react';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { FilterModel } from './model';
import { completed } from './query';
import { detailOf } from './words';

/** Milliseconds of rest after which completions are asked for. */
const REST = 120;

const LIST = 'mlversion-filter-options';

/** Something that the list offers: it takes the place of the characters from `start` to `end`, or of the whole query. */
interface IOption {
  readonly text: string;
  readonly start: number;
  readonly end: number;
  readonly whole: boolean;
  readonly detail: string;
}

interface IOffer {
  readonly options: readonly IOption[];
  readonly active: number;
}

const CLOSED: IOffer = { options: [], active: -1 };

/** The box for a query, with what could be written there. */
export function Combobox({ model, trans }: { model: FilterModel; trans: TranslationBundle }): React.ReactElement {
  const [offer, setOffer] = React.useState(CLOSED);
  const input = React.useRef<HTMLInputElement>(null);
  const timer = React.useRef<ReturnType<typeof setTimeout>>();
  const turn = React.useRef(0);
  const caret = React.useRef<number | null>(null);
  const open = offer.options.length > 0;

  React.useEffect(() => {
    const focus = (): void => {
      input.current?.focus();
      input.current?.select();
    };
    model.wanted.connect(focus);
    return () => {
      model.wanted.disconnect(focus);
      clearTimeout(timer.current);
    };
  }, [model]);
  React.useLayoutEffect(() => {
    if (caret.current !== null) {
      input.current?.setSelectionRange(caret.current, caret.current);
      caret.current = null;
    }
  });

  const close = (): void => {
    clearTimeout(timer.current);
    turn.current += 1;
    setOffer(CLOSED);
  };
  const ask = async (): Promise<void> => {
    const mine = (turn.current += 1);
    const place = input.current?.selectionStart ?? model.draft.length;
    const past = model.draft.trim() ? [] : model.past.slice(0, 5);
    await model.learn();
    const found = await model.complete(place).catch(() => ({ start: 0, end: 0, options: [] }));
    if (mine === turn.current && document.activeElement === input.current) {
      const { start, end } = found;
      setOffer({
        active: -1,
        options: [
          ...past.map(text => ({ text, start: 0, end: 0, whole: true, detail: trans.__('asked before') })),
          ...found.options.map(text => ({ text, start, end, whole: false, detail: detailOf(text, model.names, trans) }))
        ]
      });
    }
  };
  const soon = (): void => {
    clearTimeout(timer.current);
    timer.current = setTimeout(() => void ask(), REST);
  };
  const take = (option: IOption): void => {
    close();
    if (option.whole) {
      void model.apply(option.text);
      return;
    }
    const next = completed(model.draft, option.text, option.start, option.end);
    caret.current = next.caret;
    model.write(next.text);
    soon();
  };
  const move = (by: number): void => {
    const count = offer.options.length;
    setOffer({ ...offer, active: offer.active < 0 && by < 0 ? count - 1 : (offer.active + by + count) % count });
  };
  const onKeyDown = (event: React.KeyboardEvent): void => {
    const chosen = offer.options[offer.active];
    if (event.nativeEvent.isComposing) {
      return;
    }
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      if (open) {
        move(event.key === 'ArrowDown' ? 1 : -1);
      } else {
        void ask();
      }
    } else if (event.key === 'Enter') {
      if (chosen) {
        take(chosen);
      } else {
        close();
        void model.apply(model.draft);
      }
    } else if (event.key === 'Tab' && open && !event.shiftKey) {
      const first = chosen ?? offer.options[0];
      if (first) {
        take(first);
      }
    } else if (event.key === 'Escape' && (open || model.draft)) {
      if (open) {
        close();
      } else {
        void model.apply('', false);
      }
    } else if (event.key === ' ' && event.ctrlKey) {
      void ask();
    } else {
      return;
    }
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <div className="jp-mlversion-FilterBar-combobox">
      <input
        ref={input}
        className="jp-mlversion-Message"
        type="text"
        role="combobox"
        spellCheck={false}
        autoComplete="off"
        value={model.draft}
        placeholder={trans.__('Filter: acc > 0.9, a word, …')}
        aria-label={trans.__('Filter the versions by a query')}
        aria-autocomplete="list"
        aria-expanded={open}
        aria-controls={LIST}
        aria-invalid={model.mistake !== null}
        aria-describedby={model.mistake ? 'mlversion-filter-mistake' : undefined}
        aria-activedescendant={offer.active >= 0 ? `${LIST}-${offer.active}` : undefined}
        onChange={event => {
          model.write(event.target.value);
          soon();
        }}
        onKeyDown={onKeyDown}
        onBlur={close}
      />
      <ul
        id={LIST}
        className="jp-mlversion-FilterBar-options"
        role="listbox"
        aria-label={trans.__('What could be written')}
        hidden={!open}
      >
        {offer.options.map((option, index) => (
          <Option
            key={`${option.whole ? 'past' : 'new'} ${option.text}`}
            id={`${LIST}-${index}`}
            option={option}
            active={index === offer.active}
            onTake={take}
          />
        ))}
      </ul>
    </div>
  );
}

interface IOptionProps {
  id: string;
  option: IOption;
  active: boolean;
  onTake: (option: IOption) => void;
}

function Option({ id, option, active, onTake }: IOptionProps): React.ReactElement {
  const node = React.useRef<HTMLLIElement>(null);
  React.useEffect(() => {
    if (active) {
      node.current?.scrollIntoView({ block: 'nearest' });
    }
  }, [active]);
  return (
    <li
      id={id}
      ref={node}
      role="option"
      aria-selected={active}
      // The box keeps the keyboard.
      onMouseDown={event => {
        event.preventDefault();
      }}
      onClick={() => {
        onTake(option);
      }}
    >
      <span>{option.text}</span>
      {option.detail ? <span className="jp-mlversion-note">{option.detail}</span> : null}
    </li>
  );
}
