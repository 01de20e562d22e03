/** The plugins, one for each feature. */

import { annotate } from './plugins/annotate';
import { artifacts, artifactViewers } from './plugins/artifacts';
import { cells } from './plugins/cells';
import { compare } from './plugins/compare';
import { filter } from './plugins/filter';
import { jobs } from './plugins/jobs';
import { joining, loading, standIn } from './plugins/kernel';
import { metrics } from './plugins/metrics';
import { checkpoint, panel } from './plugins/panel';
import { restore, restoreCommands } from './plugins/restore';
import { service } from './plugins/service';
import { states } from './plugins/states';
import { storage } from './plugins/storage';
import { viewers } from './plugins/viewers';

// For other extensions; see docs/extending.md.
export { IArtifactViewers } from './artifacts/tokens';
export type { IArtifactDiffer, IArtifactFile, IArtifactPair, IArtifactViewer } from './artifacts/tokens';
export type { IDifferenceOfFile, Inside, Preview } from './artifacts/answers';
export { IHistory } from './history/tokens';

export default [
  service,
  loading,
  joining,
  standIn,
  cells,
  checkpoint,
  restore,
  panel,
  filter,
  restoreCommands,
  annotate,
  jobs,
  storage,
  compare,
  metrics,
  states,
  artifactViewers,
  artifacts,
  viewers
];
