import type { INotebookContent } from '@jupyterlab/nbformat';
import type { Api } from '../service/api';
import type { IArtifact, IJob, IPlan, IRestored } from '../service/contract';

/** What a file is. */
export type Role = IArtifact['role'];

/** Which files of a version; nothing named is all of them. */
export interface IWanted {
  /** Workspace paths of files or folders. */
  paths?: string[];
  parts?: Role[];
  /** To go on with when all of the version is wanted and several branches end there. */
  branch?: string;
}

/** What is restored; `notebook` is a contents path without a drive, `document` the open notebook. */
export interface IRestoreRequest extends IWanted {
  notebook: string;
  version: string;
  document?: INotebookContent;
}

/** What a restore would do. */
export interface IRestorePlan extends IPlan {
  /** What each of the files is that the plan names. */
  roles: Record<string, Role>;
  /** Bytes of the files that are there now. */
  present: Record<string, number>;
}

/** What a restore as copy wrote; contents paths. */
export interface ICopied extends IRestored {
  folder: string | null;
  notebook: string | null;
}

/** What a restore would do; with the new folder `as_copy`, what a copy would. */
export async function plan(api: Api, request: IRestoreRequest & { as_copy?: string }): Promise<IRestorePlan> {
  return (await api.send<{ plan: IRestorePlan }>('POST', 'restores/plan', request)).plan;
}

/** Begin a restore; `open_documents` are the contents paths of the notebooks that this front end can apply it to. */
export function startRestore(
  api: Api,
  request: IRestoreRequest & { open_documents: string[]; confirm_busy: boolean }
): Promise<IJob> {
  return api.start('restores', request);
}

/** Begin a restore as copy below the workspace path `as_copy`, where nothing is yet. */
export function startCopy(api: Api, request: IRestoreRequest & { as_copy: string }): Promise<IJob> {
  return api.start('restores', request);
}

/** The front end applied and saved every document of the restore. */
export async function acknowledge(api: Api, restore: string, notebook: string): Promise<void> {
  await api.send('POST', `restores/${encodeURIComponent(restore)}/acknowledgement`, { notebook });
}
