import { describe, expect, it } from 'vitest';
import { Choice, groupsOf, type IGroup } from '../src/restore/choice';
import { Company, type IAwareness, type IAwarenessChange } from '../src/restore/collaborators';
import { installLine } from '../src/restore/packages';
import { folderFor, workspacePath } from '../src/restore/place';
import type { IRestorePlan } from '../src/restore/requests';

const PLAN: IRestorePlan = {
  version: 'a'.repeat(40),
  writes: [
    { path: 'n.ipynb', size: 30, change: 'modified' },
    { path: 'data/b.csv', size: 5, change: 'added' },
    { path: 'data/a.csv', size: 7, change: 'modified' }
  ],
  removes: ['model.pt'],
  missing: [],
  conflicts: [],
  environment: {},
  cells: [],
  shared: {},
  unsaved: false,
  roles: { 'n.ipynb': 'notebook', 'data/b.csv': 'data', 'data/a.csv': 'data', 'model.pt': 'model' },
  present: { 'n.ipynb': 20, 'data/a.csv': 9, 'model.pt': 100 }
};

const group = (choice: Choice, role: string): IGroup =>
  choice.groups.find(one => one.role === role) ?? { role: 'other', files: [] };

describe('the choice of files', () => {
  it('groups the files by what they are, in a fixed order, sorted by path', () => {
    expect(groupsOf(PLAN).map(({ role, files }) => [role, files.map(({ path }) => path)])).toEqual([
      ['notebook', ['n.ipynb']],
      ['data', ['data/a.csv', 'data/b.csv']],
      ['model', ['model.pt']]
    ]);
  });

  it('knows the sizes before and after', () => {
    const [, data, model] = groupsOf(PLAN);
    expect(data?.files).toEqual([
      { path: 'data/a.csv', change: 'modified', before: 9, after: 7 },
      { path: 'data/b.csv', change: 'added', before: null, after: 5 }
    ]);
    expect(model?.files).toEqual([{ path: 'model.pt', change: 'removed', before: 100, after: null }]);
  });

  it('is all of the plan at first, and asks for what was asked', () => {
    const choice = new Choice(groupsOf(PLAN));
    expect([choice.isWhole, choice.isEmpty, choice.totals]).toEqual([true, false, { written: 3, bytes: 42, removed: 1 }]);
    expect(choice.wanted({})).toEqual({});
    expect(choice.wanted({ parts: ['data'] })).toEqual({ parts: ['data'] });
  });

  it('names the paths when only some are chosen, and counts those', () => {
    const whole = new Choice(groupsOf(PLAN));
    const some = whole.with(group(whole, 'model').files, false).with([{ path: 'data/b.csv', change: 'added', before: null, after: 5 }], false);
    expect([some.share(group(some, 'data')), some.share(group(some, 'model')), some.share(group(some, 'notebook'))]).toEqual([
      'some',
      'none',
      'all'
    ]);
    expect(some.totals).toEqual({ written: 2, bytes: 37, removed: 0 });
    expect(some.wanted({ parts: ['data'] })).toEqual({ paths: ['data/a.csv', 'n.ipynb'] });
    expect(whole.isWhole).toBe(true);
    expect(some.with(group(some, 'data').files, true).with(group(some, 'model').files, true).isWhole).toBe(true);
  });

  it('is empty when nothing is chosen', () => {
    const whole = new Choice(groupsOf(PLAN));
    const none = whole.groups.reduce((choice, one) => choice.with(one.files, false), whole);
    expect([none.isEmpty, none.isWhole, none.totals.written]).toEqual([true, false, 0]);
  });
});

/** Awareness as a shared document has it, with clients that the test moves. */
class Awareness implements IAwareness {
  readonly clientID = 1;
  readonly states = new Map<number, Record<string, unknown>>([[1, { user: { name: 'me' } }]]);
  getStates(): Map<number, Record<string, unknown>> {
    return this.states;
  }
  on(_: 'change', handler: (changes: IAwarenessChange, origin: unknown) => void): void {
    this.tell = changes => {
      handler({ added: [], updated: [], removed: [], ...changes }, null);
    };
  }
  off(): void {
    this.tell = () => undefined;
  }
  tell: (changes: Partial<IAwarenessChange>) => void = () => undefined;
}

describe('company', () => {
  it('counts those who edit, not those who look, for a minute', () => {
    const awareness = new Awareness();
    let now = 0;
    const company = new Company(awareness, () => now);
    awareness.states.set(2, { user: { display_name: 'Ada' } });
    awareness.tell({ added: [2] });
    expect(company.editing).toEqual([]);
    awareness.tell({ updated: [2, 1] });
    expect(company.editing).toEqual(['Ada']);
    now = 60_001;
    expect(company.editing).toEqual([]);
  });

  it('suspects everybody else of a change that nobody signed', () => {
    const awareness = new Awareness();
    const company = new Company(awareness, () => 5);
    company.sawChange();
    expect(company.editing).toEqual([]);
    awareness.states.set(3, {});
    expect(company.editing).toEqual(['']);
  });

  it('forgets who left', () => {
    const awareness = new Awareness();
    const company = new Company(awareness, () => 5);
    awareness.states.set(2, { user: { name: 'Ada' } });
    awareness.tell({ updated: [2] });
    awareness.tell({ removed: [2] });
    expect(company.editing).toEqual([]);
  });
});

describe('what is proposed', () => {
  it('names a folder beside the notebook', () => {
    expect(folderFor('a b/study.ipynb', 'abc123')).toBe('a b/study-abc123');
    expect(folderFor('study.ipynb', 'abc123')).toBe('study-abc123');
  });

  it('takes the prefix of the workspace off', () => {
    expect(workspacePath('work/x', 'work')).toBe('x');
    expect(workspacePath('other/x', 'work')).toBeNull();
    expect(workspacePath('other/x', '')).toBe('other/x');
  });

  it('is a line that installs the packages of then, and nothing that is no package', () => {
    expect(installLine({ python: ['3.11', '3.12'], numpy: ['1.26.0', '2.0'], gone: ['1!2.0+cpu', ''], new: ['', '1'] })).toBe(
      '%pip install numpy==1.26.0 gone==1!2.0+cpu'
    );
    expect(installLine({ 'x; import os': ['1', '2'], y: ['1 && rm', '2'] })).toBeNull();
  });
});
