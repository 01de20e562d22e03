import { readFileSync } from 'node:fs';
import type { JupyterFrontEnd } from '@jupyterlab/application';
import { describe, expect, it, vi } from 'vitest';
import type { IDifferenceOfFile, ITextPreview } from '../src/artifacts/answers';
import { ArtifactViewers } from '../src/artifacts/registry';
import type { IArtifactViewer } from '../src/artifacts/tokens';
import plugin, { wordsIn } from './wordsViewer';

// Widgets need a page as soon as they are imported; the browser tests have one.
vi.mock('@lumino/widgets', () => ({ Widget: Object }));

const preview: ITextPreview = {
  kind: 'text',
  path: 'a.words',
  size: 1,
  digest: null,
  text: 'one two',
  encoding: 'utf-8',
  first: 0,
  next: null
};
const difference: IDifferenceOfFile = {
  path: 'a.words',
  change: 'modified',
  before: null,
  after: null,
  inside: { kind: 'text', hunks: [], hunk_count: 0, added: 0, removed: 0, complete: true }
};

function viewer(name: string, rank: number, accepts = true): IArtifactViewer {
  return {
    name,
    label: name,
    rank,
    accepts: () => accepts,
    render: () => {
      throw new Error('not asked for');
    }
  };
}

describe('the example of docs/extending.md', () => {
  it('is what the page shows', () => {
    const page = readFileSync('docs/extending.md', 'utf-8');
    expect(page).toContain(readFileSync('labextension/tests/wordsViewer.ts', 'utf-8').trim());
  });

  it('adds a viewer and a differ, which come before ours', () => {
    const viewers = new ArtifactViewers();
    viewers.addViewer(viewer('text', 5));
    void plugin.activate({} as JupyterFrontEnd, viewers);
    expect(viewers.viewers(preview).map(one => one.name)).toEqual(['words-viewer:words', 'text']);
    expect(viewers.viewers({ ...preview, path: 'a.py' }).map(one => one.name)).toEqual(['text']);
    expect(viewers.differs(difference).map(one => one.name)).toEqual(['words-viewer:words']);
    expect(wordsIn(' one  two\n')).toBe(2);
  });
});

describe('the registry', () => {
  it('refuses a name twice, until the first is gone', () => {
    const viewers = new ArtifactViewers();
    const added = viewers.addViewer(viewer('a', 1));
    expect(() => viewers.addViewer(viewer('a', 2))).toThrow(/the name a/);
    added.dispose();
    viewers.addViewer(viewer('a', 2));
    expect(viewers.viewers(preview).map(one => one.rank)).toEqual([2]);
  });

  it('passes over those that do not accept, or fail to say', () => {
    const viewers = new ArtifactViewers();
    viewers.addViewer(viewer('no', 9, false));
    viewers.addViewer({
      ...viewer('broken', 8),
      accepts: () => {
        throw new Error('broken');
      }
    });
    viewers.addViewer(viewer('yes', 0));
    expect(viewers.viewers(preview).map(one => one.name)).toEqual(['yes']);
  });
});
