/** Which files of a plan are wanted: pure, without Jupyter. */

import type { Change } from '../service/contract';
import type { IRestorePlan, IWanted, Role } from './requests';

/** The order in which the parts of a version are shown. */
const ROLES: readonly Role[] = ['notebook', 'data', 'model', 'other'];

/** A file that a restore writes or removes. */
export interface IFile {
  path: string;
  change: Change;
  /** Bytes that are there now; null where nothing is. */
  before: number | null;
  /** Bytes that are there afterwards; null where nothing is. */
  after: number | null;
}

/** The files of one part of a version. */
export interface IGroup {
  role: Role;
  files: readonly IFile[];
}

/** How much of a group is chosen. */
export type Share = 'all' | 'some' | 'none';

/** What a choice amounts to. */
export interface ITotals {
  written: number;
  /** Bytes of the files that are written. */
  bytes: number;
  removed: number;
}

/** The files of a plan by what they are, sorted by path; parts without files are left out. */
export function groupsOf(plan: IRestorePlan): IGroup[] {
  const files: IFile[] = [
    ...plan.writes.map(({ path, size, change }) => ({ path, change, before: plan.present[path] ?? null, after: size })),
    ...plan.removes.map(path => ({ path, change: 'removed' as const, before: plan.present[path] ?? 0, after: null }))
  ];
  const roleOf = ({ path }: IFile): Role => plan.roles[path] ?? 'other';
  return ROLES.map(role => ({ role, files: files.filter(file => roleOf(file) === role).sort(byPath) })).filter(
    ({ files: some }) => some.length > 0
  );
}

/** The files that are chosen among those of a plan; at first all. */
export class Choice {
  constructor(
    readonly groups: readonly IGroup[],
    chosen?: ReadonlySet<string>
  ) {
    this._chosen = chosen ?? new Set(groups.flatMap(group => group.files.map(({ path }) => path)));
  }

  has(path: string): boolean {
    return this._chosen.has(path);
  }

  /** How much of the group is chosen. */
  share(group: IGroup): Share {
    const count = group.files.filter(({ path }) => this.has(path)).length;
    return count === 0 ? 'none' : count === group.files.length ? 'all' : 'some';
  }

  /** The choice with these files in it, or without them. */
  with(files: readonly IFile[], chosen: boolean): Choice {
    const next = new Set(this._chosen);
    for (const { path } of files) {
      if (chosen) {
        next.add(path);
      } else {
        next.delete(path);
      }
    }
    return new Choice(this.groups, next);
  }

  get isWhole(): boolean {
    return this.groups.every(group => this.share(group) === 'all');
  }

  get isEmpty(): boolean {
    return this.groups.every(group => this.share(group) === 'none');
  }

  get totals(): ITotals {
    const chosen = this.groups.flatMap(({ files }) => files.filter(({ path }) => this.has(path)));
    const written = chosen.flatMap(({ after }) => (after === null ? [] : [after]));
    return {
      written: written.length,
      bytes: written.reduce((sum, size) => sum + size, 0),
      removed: chosen.length - written.length
    };
  }

  /** What to ask the server for, of what was `asked` for in the first place. */
  wanted(asked: IWanted): IWanted {
    return this.isWhole ? asked : { paths: [...this._chosen].sort() };
  }

  private readonly _chosen: ReadonlySet<string>;
}

function byPath(a: IFile, b: IFile): number {
  return a.path < b.path ? -1 : 1;
}
