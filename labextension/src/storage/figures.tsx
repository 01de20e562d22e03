import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import { bytesText } from '../service/words';
import type { IStorage } from './requests';
import { lineText, roleText } from './words';

interface IFiguresProps {
  storage: IStorage;
  trans: TranslationBundle;
}

/** How much there is in all, beside what there may be. */
export function Total({ storage, trans }: IFiguresProps): React.ReactElement {
  const { total, quota, versions, hidden, disk_free: free } = storage;
  const counts = trans._n('%1 version', '%1 versions', versions);
  const deleted = hidden ? `, ${trans.__('%1 deleted', hidden)}` : '';
  return (
    <div className="jp-mlversion-Storage-total">
      <p>
        <b>{bytesText(total)}</b> {trans.__('of %1 that the store may take', bytesText(quota))} · {counts}
        {deleted}
      </p>
      <meter aria-label={trans.__('Room taken')} min={0} max={Math.max(quota, 1)} high={0.9 * quota} value={total} />
      <p className="jp-mlversion-note">{trans.__('%1 of the disk are free.', bytesText(free))}</p>
    </div>
  );
}

interface IRow {
  key: string;
  name: string;
  bytes: number;
  note?: string;
}

/** What takes the room: contents by what they are, and by who needs them. */
export function Breakdown({ storage, trans }: IFiguresProps): React.ReactElement {
  const roles: IRow[] = Object.entries(storage.roles).map(([role, bytes]) => ({
    key: role,
    name: roleText(trans, role),
    bytes
  }));
  if (storage.frees) {
    const note = trans.__('collecting garbage frees it');
    roles.push({ key: ' frees', name: trans.__('Nothing needs it'), bytes: storage.frees, note });
  }
  if (storage.quarantine) {
    const note = trans._n('%1 pack that can still be brought back', '%1 packs that can still be brought back', storage.quarantine);
    roles.push({ key: ' quarantine', name: trans.__('Quarantine'), bytes: storage.quarantine_bytes, note });
  }
  const lines: IRow[] = storage.lines.map(share => ({
    key: share.line,
    name: lineText(trans, share),
    bytes: share.bytes,
    note: `${trans._n('%1 version', '%1 versions', share.versions)}, ${trans.__('%1 of its own', bytesText(share.own))}`
  }));
  return (
    <>
      <Bars title={trans.__('By kind')} rows={roles} total={storage.total} trans={trans} />
      <Bars title={trans.__('By notebook')} rows={lines} total={storage.total} trans={trans} />
    </>
  );
}

function Bars(props: { title: string; rows: IRow[]; total: number; trans: TranslationBundle }): React.ReactElement | null {
  const { title, rows, total, trans } = props;
  if (!rows.length) {
    return null;
  }
  return (
    <table className="jp-mlversion-Bars">
      <caption>{title}</caption>
      <thead className="jp-mlversion-hidden">
        <tr>
          <th scope="col">{trans.__('What')}</th>
          <th scope="col">{trans.__('Size')}</th>
        </tr>
      </thead>
      <tbody>
        {rows.map(({ key, name, bytes, note }) => (
          <tr key={key}>
            <th scope="row">
              <bdi>{name}</bdi>
              {note ? <span className="jp-mlversion-note">{note}</span> : null}
              <span
                className="jp-mlversion-Bar"
                aria-hidden="true"
                style={{ width: `${Math.min(100, (100 * bytes) / Math.max(total, 1))}%` }}
              />
            </th>
            <td>{bytesText(bytes)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
