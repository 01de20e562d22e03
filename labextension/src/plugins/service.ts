import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { ISettingRegistry } from '@jupyterlab/settingregistry';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';
import { TrustedOutputs } from '../restore/trust';
import { Api } from '../service/api';
import { Events } from '../service/events';
import { Jobs } from '../service/jobs';
import { Preferences } from '../service/settings';
import { Statuses } from '../service/statuses';
import { Toasts } from '../service/toasts';
import { IVersionService } from '../service/tokens';

/** The way to the server, shared by the other plugins. */
export const service: JupyterFrontEndPlugin<IVersionService> = {
  id: 'jupyter-mlversion:service',
  description: 'Requests, events and jobs of the server part; the settings of all plugins.',
  autoStart: true,
  provides: IVersionService,
  optional: [ISettingRegistry, ITranslator],
  activate: (app: JupyterFrontEnd, registry: ISettingRegistry | null, translator: ITranslator | null) => {
    const { contents, events: bus, serverSettings } = app.serviceManager;
    const trans = (translator ?? nullTranslator).load('jupyter_mlversion');
    const preferences = new Preferences();
    const api = new Api(serverSettings);
    const events = new Events(bus.stream);
    registry?.load(service.id).then(
      settings => {
        preferences.follow(settings);
      },
      (reason: unknown) => {
        console.warn('The settings of jupyter-mlversion could not be read; the defaults are used.', reason);
      }
    );
    return {
      api,
      events,
      jobs: new Jobs(api, events.jobProgress),
      preferences,
      statuses: new Statuses(api, events),
      toasts: new Toasts(trans, preferences),
      trans,
      trusted: new TrustedOutputs(),
      localPath: path => contents.localPath(path)
    };
  }
};
