import { downloadIcon, LabIcon, refreshIcon } from '@jupyterlab/ui-components';
import * as React from 'react';
import { saveText } from '../service/saving';
import type { IVersionService } from '../service/tokens';
import { titleOf } from '../service/words';
import type { ComparisonModel } from './model';
import type { Statistic } from './order';
import { type IComparison, type ISide, WORKSPACE } from './requests';
import { sideName } from './sideTable';

const swapIcon = new LabIcon({
  name: 'jupyter-mlversion:swap',
  svgstr: `<svg xmlns="http://www.w3.org/2000/svg" width="16" viewBox="0 0 24 24">
  <path class="jp-icon3" fill="#616161" d="M7 5 3 9l4 4v-3h9V8H7zm10 6v3H8v2h9v3l4-4z"/>
</svg>`
});

interface IProps {
  model: ComparisonModel;
  service: IVersionService;
  comparison: IComparison;
}

/** What is compared, and what can be done with it. */
export function Header({ model, service, comparison }: IProps): React.ReactElement {
  const { trans } = service;
  const [saving, setSaving] = React.useState(false);
  const save = async (format: 'html' | 'csv'): Promise<void> => {
    setSaving(true);
    try {
      const { name, content } = await model.requests.export(model.versions, format, model.differencesOnly);
      saveText(content, name, format === 'html' ? 'text/html' : 'text/csv');
    } catch (reason) {
      service.toasts.failure(trans.__('Export'), reason);
    } finally {
      setSaving(false);
    }
  };
  const statistics: Record<Statistic, string> = {
    last: trans.__('last value'),
    best: trans.__('best value'),
    low: trans.__('smallest'),
    high: trans.__('largest')
  };
  return (
    <div className="jp-mlversion-Compare-header">
      <h2>
        {comparison.sides.map((side, place) => (
          <React.Fragment key={side.id}>
            {place ? <span className="jp-mlversion-Compare-arrow"> ↔ </span> : null}
            <Name side={side} service={service} />
          </React.Fragment>
        ))}
      </h2>
      <div className="jp-mlversion-Compare-tools" role="toolbar" aria-label={trans.__('Comparison')}>
        <label>
          <input
            type="checkbox"
            checked={model.differencesOnly}
            onChange={event => {
              model.differencesOnly = event.target.checked;
            }}
          />{' '}
          {trans.__('Differences only')}
        </label>
        <label>
          {trans.__('Metrics:')}{' '}
          <select
            value={model.statistic}
            onChange={event => {
              model.statistic = event.target.value as Statistic;
            }}
          >
            {Object.entries(statistics).map(([statistic, words]) => (
              <option key={statistic} value={statistic}>
                {words}
              </option>
            ))}
          </select>
        </label>
        <Tool
          icon={swapIcon}
          label={trans.__('Swap')}
          caption={trans.__('Compare the other way round')}
          onClick={() => {
            model.swap();
          }}
        />
        <Tool
          icon={refreshIcon}
          label={trans.__('Refresh')}
          caption={trans.__('Compare again, with the workspace as it is now')}
          disabled={model.busy}
          onClick={() => void model.refresh()}
        />
        <Tool
          icon={downloadIcon}
          label="HTML"
          caption={trans.__('Save as a page that needs no network')}
          disabled={saving}
          onClick={() => void save('html')}
        />
        <Tool
          icon={downloadIcon}
          label="CSV"
          caption={trans.__('Save the tables as a sheet')}
          disabled={saving}
          onClick={() => void save('csv')}
        />
      </div>
    </div>
  );
}

function Name({ side, service }: { side: ISide; service: IVersionService }): React.ReactElement {
  const { trans } = service;
  if (side.id === WORKSPACE) {
    const meaning = trans.__('The files as they are saved now; metrics, parameters and environment of the last version.');
    return <span title={meaning}>{sideName(side, trans)}</span>;
  }
  const when = side.time === null ? '' : new Date(side.time).toLocaleString();
  return (
    <span title={`${side.message}\n${side.author}, ${when}\n${side.branch}`}>
      <code>{side.short}</code>
      <small>{titleOf(side.message)}</small>
    </span>
  );
}

function Tool(props: {
  icon: LabIcon;
  label: string;
  caption: string;
  disabled?: boolean;
  onClick: () => void;
}): React.ReactElement {
  const { icon, label, caption, disabled, onClick } = props;
  return (
    <button
      type="button"
      className="jp-mlversion-Button"
      title={caption}
      disabled={disabled ?? false}
      onClick={onClick}
    >
      <icon.react tag="span" width="14px" height="14px" />
      {label}
    </button>
  );
}
