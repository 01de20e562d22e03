import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import type { ITensorChange, ITensorsDifference, TensorChange } from './answers';
import { byChange, changeText, countText, measureText, shapeText } from './numbers';

const STEP = 300;
const SIGNS: Record<TensorChange, string> = {
  added: '+',
  removed: '−',
  reshaped: '~',
  retyped: '~',
  changed: '~',
  unknown: '?'
};

interface IProps {
  difference: ITensorsDifference;
  trans: TranslationBundle;
}

/** How two models differ: which tensors, and by how much; those that changed most first. */
export function TensorsDifference({ difference, trans }: IProps): React.ReactElement {
  const [filter, setFilter] = React.useState('');
  const [most, setMost] = React.useState(STEP);
  const sorted = React.useMemo(() => [...difference.tensors].sort(byChange), [difference]);
  const found = sorted.filter(({ name }) => name.toLowerCase().includes(filter.toLowerCase()));
  return (
    <div className="jp-mlversion-Inside-differing">
      <div className="jp-mlversion-Inside-bar">
        <Counts difference={difference} trans={trans} />
        <input
          className="jp-mlversion-Inside-input jp-mod-wide"
          type="search"
          value={filter}
          placeholder={trans.__('Filter by name')}
          aria-label={trans.__('Filter the tensors')}
          onChange={event => {
            setFilter(event.currentTarget.value);
          }}
        />
      </div>
      <div className="jp-mlversion-Inside-scroll" tabIndex={0} role="region" aria-label={trans.__('Tensors')}>
        <table className="jp-mlversion-Inside-grid jp-mod-tensors">
          <thead>
            <tr>
              <th scope="col">{trans.__('Name')}</th>
              <th scope="col">{trans.__('Change')}</th>
              <th scope="col">{trans.__('Type and shape')}</th>
              <th scope="col" title={trans.__('The norm of the change, relative to the norm before')}>
                {trans.__('Relative change')}
              </th>
              <th scope="col" title={trans.__('The largest change of a value')}>
                {trans.__('Largest')}
              </th>
              <th scope="col" title={trans.__('The cosine of the angle between before and after; 1: the same direction')}>
                {trans.__('Cosine')}
              </th>
            </tr>
          </thead>
          <tbody>
            {found.slice(0, most).map(tensor => (
              <Row key={tensor.name} tensor={tensor} trans={trans} />
            ))}
          </tbody>
        </table>
        {found.length > most ? (
          <button
            type="button"
            className="jp-mlversion-Link"
            onClick={() => {
              setMost(most + STEP);
            }}
          >
            {trans.__('%1 more', countText(found.length - most))}
          </button>
        ) : null}
      </div>
    </div>
  );
}

function Counts({ difference, trans }: IProps): React.ReactElement {
  const { counts, parameters } = difference;
  const kinds: TensorChange[] = ['added', 'removed', 'reshaped', 'retyped', 'changed', 'unknown'];
  const { before, after } = parameters;
  return (
    <ul className="jp-mlversion-Inside-counts">
      {kinds
        .filter(kind => counts[kind])
        .map(kind => (
          <li key={kind} data-sign={SIGNS[kind]}>
            <b aria-hidden="true">{SIGNS[kind]}</b> {countText(counts[kind])} {changeText(trans, kind)}
          </li>
        ))}
      <li>
        <b aria-hidden="true">=</b> {trans.__('%1 the same', countText(counts.same))}
      </li>
      <li>
        {before === after
          ? trans.__('%1 values', countText(after))
          : trans.__('%1 → %2 values', countText(before), countText(after))}
      </li>
    </ul>
  );
}

function Row({ tensor, trans }: { tensor: ITensorChange; trans: TranslationBundle }): React.ReactElement {
  const { name, change, before, after, relative, largest, cosine, not_finite } = tensor;
  const text = (side: ITensorChange['before']): string => (side ? `${side.dtype} (${shapeText(trans, side.shape)})` : '');
  const sides = [text(before), text(after)].filter(Boolean);
  return (
    <tr data-sign={SIGNS[change]}>
      <th scope="row" title={name}>
        {name}
      </th>
      <td>
        {changeText(trans, change)}
        {not_finite ? (
          <span className="jp-mlversion-Inside-type">
            {trans._n('%1 value is not finite', '%1 values are not finite', not_finite)}
          </span>
        ) : null}
      </td>
      <td>{sides[0] === sides[1] ? sides[0] : sides.join(' → ')}</td>
      <td className="jp-mod-number">{measureText(relative)}</td>
      <td className="jp-mod-number">{measureText(largest)}</td>
      <td className="jp-mod-number">{typeof cosine === 'number' ? cosine.toFixed(6) : measureText(cosine)}</td>
    </tr>
  );
}
