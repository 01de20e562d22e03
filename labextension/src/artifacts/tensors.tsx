import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import { bytesText } from '../service/words';
import type { ITensor, ITensorsPreview } from './answers';
import { countText, shapeText } from './numbers';

/** Tensors that are drawn at a time. */
const STEP = 300;

interface IProps {
  preview: ITensorsPreview;
  trans: TranslationBundle;
}

type Order = 'file' | 'name' | 'nbytes';

/** The tensors of a model, or the arrays of a file. */
export function TensorsView({ preview, trans }: IProps): React.ReactElement {
  const [filter, setFilter] = React.useState('');
  const [order, setOrder] = React.useState<Order>('file');
  const [most, setMost] = React.useState(STEP);
  const found = React.useMemo(() => chosen(preview.tensors, filter, order), [preview, filter, order]);
  const largest = Math.max(1, ...preview.tensors.map(tensor => tensor.nbytes));
  return (
    <div className="jp-mlversion-Inside-tensors">
      <div className="jp-mlversion-Inside-bar">
        <span>{totalsText(preview, trans)}</span>
        <input
          className="jp-mlversion-Inside-input jp-mod-wide"
          type="search"
          value={filter}
          placeholder={trans.__('Filter by name, type or shape')}
          aria-label={trans.__('Filter the tensors')}
          onChange={event => {
            setFilter(event.currentTarget.value);
            setMost(STEP);
          }}
        />
        <span role="status">{filter ? trans._n('%1 fits', '%1 fit', found.length) : ''}</span>
      </div>
      {preview.note ? <p className="jp-mlversion-note">{preview.note}</p> : null}
      <div className="jp-mlversion-Inside-scroll" tabIndex={0} role="region" aria-label={trans.__('Tensors')}>
        <table className="jp-mlversion-Inside-grid jp-mod-tensors">
          <thead>
            <tr>
              <Heading label={trans.__('Name')} mine="name" order={order} onOrder={setOrder} />
              <th scope="col">{trans.__('Type')}</th>
              <th scope="col">{trans.__('Shape')}</th>
              <th scope="col">{trans.__('Values')}</th>
              <Heading label={trans.__('Size')} mine="nbytes" order={order} onOrder={setOrder} />
            </tr>
          </thead>
          <tbody>
            {found.slice(0, most).map((tensor, index) => (
              <tr key={`${index} ${tensor.name}`}>
                <th scope="row" title={tensor.name}>
                  {tensor.name}
                </th>
                <td>{tensor.dtype}</td>
                <td>{shapeText(trans, tensor.shape)}</td>
                <td className="jp-mod-number">{countText(tensor.count)}</td>
                <td className="jp-mod-number">
                  <meter min={0} max={largest} value={tensor.nbytes} aria-hidden="true" />
                  {bytesText(tensor.nbytes)}
                </td>
              </tr>
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
        <Metadata metadata={preview.metadata} trans={trans} />
      </div>
    </div>
  );
}

function totalsText({ format, tensor_count, parameters, nbytes }: ITensorsPreview, trans: TranslationBundle): string {
  return [
    trans._n('%1 tensor', '%1 tensors', tensor_count),
    trans.__('%1 values', countText(parameters)),
    bytesText(nbytes),
    format
  ].join(' · ');
}

function chosen(tensors: readonly ITensor[], filter: string, order: Order): ITensor[] {
  const words = filter.toLowerCase().split(/\s+/).filter(Boolean);
  const fits = ({ name, dtype, shape }: ITensor): boolean => {
    const text = `${name} ${dtype} ${shape.join('x')}`.toLowerCase();
    return words.every(word => text.includes(word));
  };
  const found = tensors.filter(fits);
  if (order === 'name') {
    found.sort((a, b) => (a.name < b.name ? -1 : 1));
  } else if (order === 'nbytes') {
    found.sort((a, b) => b.nbytes - a.nbytes);
  }
  return found;
}

function Heading(props: { label: string; mine: Order; order: Order; onOrder: (order: Order) => void }) {
  const { label, mine, order, onOrder } = props;
  const active = mine === order;
  return (
    <th scope="col" aria-sort={active ? (mine === 'name' ? 'ascending' : 'descending') : 'none'}>
      <button
        type="button"
        onClick={() => {
          onOrder(active ? 'file' : mine);
        }}
      >
        {label} <span aria-hidden="true">{active ? (mine === 'name' ? '↑' : '↓') : ''}</span>
      </button>
    </th>
  );
}

function Metadata({ metadata, trans }: { metadata: Record<string, string>; trans: TranslationBundle }) {
  const facts = Object.entries(metadata);
  return facts.length ? (
    <>
      <h3>{trans.__('Metadata')}</h3>
      <table className="jp-mlversion-Pairs">
        <tbody>
          {facts.map(([name, value]) => (
            <tr key={name}>
              <th scope="row">{name}</th>
              <td>{value}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </>
  ) : null;
}
