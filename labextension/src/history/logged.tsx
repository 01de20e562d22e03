import * as React from 'react';
import { LoggedContent } from '../figures/logged';
import type { ILogged, ILoggedContent } from '../service/contract';
import { Failure } from '../service/failure';
import type { IVersionService } from '../service/tokens';
import { bytesText } from '../service/words';
import type { HistoryModel } from './model';

interface IProps {
  model: HistoryModel;
  service: IVersionService;
  version: string;
}

/** What the runs of a version logged besides numbers; each is fetched when it is opened. */
export function LoggedList(props: IProps): React.ReactElement {
  const { model, service, version } = props;
  const [list, setList] = React.useState<ILogged[] | string | null>(null);
  React.useEffect(() => {
    let current = true;
    service.api.logged(model.path, version).then(
      answer => {
        if (current) {
          setList(answer);
        }
      },
      (reason: unknown) => {
        if (current) {
          setList(Failure.of(reason).text);
        }
      }
    );
    return () => {
      current = false;
    };
  }, [service, model, version]);
  if (list === null || typeof list === 'string') {
    return <p className="jp-mlversion-note">{list ?? service.trans.__('Loading…')}</p>;
  }
  return (
    <>
      {list.map((logged, number) => (
        <Item key={number} {...props} logged={logged} number={number} />
      ))}
    </>
  );
}

function Item(props: IProps & { logged: ILogged; number: number }): React.ReactElement {
  const { model, service, version, logged, number } = props;
  const { trans } = service;
  const [content, setContent] = React.useState<ILoggedContent | string | null>(null);
  const open = (): void => {
    setContent(trans.__('Loading…'));
    service.api.loggedContent(model.path, version, number).then(setContent, (reason: unknown) => {
      setContent(Failure.of(reason).text);
    });
  };
  const facts = [logged.run_name, logged.step === null ? '' : trans.__('step %1', logged.step), bytesText(logged.size)];
  return (
    <details
      className="jp-mlversion-Logged"
      onToggle={event => {
        if (event.currentTarget.open && content === null) {
          open();
        }
      }}
    >
      <summary>
        {logged.name} <span className="jp-mlversion-note">{facts.filter(Boolean).join(' · ')}</span>
      </summary>
      {typeof content === 'string' ? <p className="jp-mlversion-note">{content}</p> : null}
      {content !== null && typeof content !== 'string' ? <LoggedContent shown={content} trans={trans} /> : null}
    </details>
  );
}
