"""A genuine workspace with very many versions, made in seconds: what benchmarks of lists and graphs work on.

Each notebook and its data are really checkpointed once, so that all contents are in the store and any version can be
shown, compared and restored; then one ``git fast-import`` makes the versions, by the code that writes every version.
As a program: ``python benchmarks/histories.py FOLDER [--versions N] [--notebooks N] [--branches N]``.
"""

from __future__ import annotations

import argparse
import math
import random
import time
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import nbformat

from jupyter_mlversion.domain.artifact import Artifact, by_folder
from jupyter_mlversion.domain.run import Metric, Run
from jupyter_mlversion.domain.version import Counts, Document, Trigger, Version
from jupyter_mlversion.history import commit, names, refs
from jupyter_mlversion.history.writer import Writer
from jupyter_mlversion.repository import Repository

if TYPE_CHECKING:
    from jupyter_mlversion.domain.snapshot import Snapshot

MODELS = ("forest", "boosting", "logistic", "mlp", "cnn")
OPTIMIZERS = ("adam", "adamw", "sgd", "lamb")
AUTHORS = ("Ada Lovelace <ada@example.com>", "Grace Hopper <grace@example.com>", "Ángel Núñez <angel@example.com>")
VERBS = ("deeper trees", "smaller steps", "more data", "without outliers", "new seed", "longer training")
CONTENTS = 6  # of each file of data, among which versions change
EVERY = timedelta(minutes=7)


@dataclass(slots=True)
class Lane:
    """A branch while it is written: its newest commit (a mark of the stream, 0 for none) and that one's artifacts."""

    name: str
    tip: int
    artifacts: dict[str, Artifact]


@dataclass(slots=True)
class Story:
    """One notebook's line while it is written; `first`: the checkpoint that its history takes the place of."""

    line: str
    first: str
    notebook: str
    snapshot: Snapshot
    lanes: list[Lane]

def make(root: Path, count: int = 10_000, *, notebooks: int = 1, branches: int = 3, seed: int = 7) -> Repository:
    """A workspace at `root` with `count` versions; the index is up to date.

    Parameters
    ----------
    notebooks : lines, ``work.ipynb``, ``work-2.ipynb`` …, of about equal length.
    branches : lanes of each line: ``main`` and others that leave it; now and then one is merged into another.
    """
    rng = random.Random(seed)
    root.mkdir(parents=True, exist_ok=True)
    (root / "mlversion.toml").write_text('track = ["data/**"]\n')
    repository, pools = Repository.init(root), _contents(root, rng)
    begun = datetime.now(UTC) - EVERY * count
    stories = [_begin(repository, number, branches) for number in range(notebooks)]
    writer = Writer()
    for number in range(count):
        story = stories[number % notebooks]
        _version(writer, story, rng, pools, begun + EVERY * number, number)
    with repository.history._writing() as git:
        ids = writer.write(git)
        transaction = refs.Transaction()
        for story in stories:
            _move(transaction, story, ids)
        for number in range(50, len(ids), 400):
            transaction.move(names.tag_ref(f"v{number}"), ids[number], None)
        repository.history._commit(git, transaction)
    repository.history.say(ids[::97], labels=("baseline",))
    repository.history.say(ids[::203], starred=True)
    repository.index.refresh(repository.history)
    return repository


def _contents(root: Path, rng: random.Random) -> dict[str, list[bytes]]:
    """The contents of each file of data, all of which get into the store by being checkpointed."""
    pools = {f"data/{name}.csv": [_csv(rng) for _ in range(CONTENTS)] for name in ("train", "test", "labels")}
    (root / "data").mkdir(exist_ok=True)
    for path, contents in pools.items():
        (root / path).write_bytes(contents[0])
        for number, content in enumerate(contents[1:], 1):
            (root / f"{path.removesuffix('.csv')}-{number}.csv").write_bytes(content)
    return pools


def _csv(rng: random.Random) -> bytes:
    return b"a,b,c\n" + b"".join(b"%d,%.4f,%.4f\n" % (row, rng.random(), rng.random()) for row in range(20))


def _begin(repository: Repository, number: int, branches: int) -> Story:
    name = f"work-{number + 1}.ipynb" if number else "work.ipynb"
    notebook = nbformat.v4.new_notebook(cells=[
        nbformat.v4.new_markdown_cell(f"# Work {number + 1}", id=f"title{number}"),
        nbformat.v4.new_code_cell(f"import pandas\npandas.read_csv('data/train.csv')  # {number}", id=f"read{number}"),
        nbformat.v4.new_code_cell("mlversion.log(acc=0.9)", id=f"fit{number}", metadata={"tags": ["checkpoint"]})])
    nbformat.write(notebook, repository.root / name)
    first = repository.checkpoint(name, "The first try").version
    if first is None:
        message = f"{name}: no version was made"
        raise RuntimeError(message)
    snapshot = repository.history.snapshot(first.id)
    artifacts = {artifact.path: artifact for artifact in snapshot.artifacts}
    lanes = [Lane("main" if lane == 0 else f"branch-{lane + 1}", 0, artifacts) for lane in range(branches)]
    return Story(first.line, first.id, name, snapshot, lanes)


def _version(writer: Writer, story: Story, rng: random.Random, pools: dict[str, list[bytes]], when: datetime,
             number: int) -> None:
    lane = rng.choices(story.lanes, [4, *[1] * (len(story.lanes) - 1)])[0] if story.lanes[0].tip else story.lanes[0]
    merged = rng.choice([other for other in story.lanes if other.tip != lane.tip] or [None])
    merged = merged if rng.random() < 0.01 else None
    parents = [f":{tip}" for tip in (lane.tip, merged.tip if merged else 0) if tip]
    changed = _edited(lane, rng, pools) if parents and rng.random() < 0.2 else None
    snapshot = replace(story.snapshot, runs=(_run(rng, number, when),))
    draft = Version(
        id="", short="", line=story.line, branch=lane.name, parents=tuple(parents), author=rng.choice(AUTHORS),
        message=f"{rng.choice(VERBS)}, try {number}", time=when, notebook=story.notebook, cell_id="fit0",
        trigger=rng.choice((Trigger.CELL, Trigger.CELL, Trigger.MAGIC)), document=Document.LIVE,
        metrics=snapshot.metrics, params=snapshot.params, bytes_new=rng.randrange(200, 2_000_000),
        counts=Counts(len(lane.artifacts), modified=int(changed is not None)), seconds=rng.uniform(0.05, 2))
    key, folders = f"{story.line}:{number}", by_folder(lane.artifacts.values())
    if parents:
        folders = {} if changed is None else {"data": folders["data"]}
    writer.commit(author=commit.person(draft.author), seconds=int(when.timestamp()), parents=parents,
                  message=commit.message_bytes(draft.message, key), keep=bool(parents),
                  files=commit.files(draft, snapshot, key, f"made {number}", folders))
    for other in story.lanes if not parents else [lane, *([merged] if merged else [])]:  # a merged one begins anew
        other.tip, other.artifacts = number + 1, lane.artifacts


def _edited(lane: Lane, rng: random.Random, pools: dict[str, list[bytes]]) -> str:
    """Let one file of data have another of its contents; the path."""
    path = rng.choice(sorted(pools))
    other = lane.artifacts[f"{path.removesuffix('.csv')}-{rng.randrange(1, CONTENTS)}.csv"]
    lane.artifacts = {**lane.artifacts, path: replace(other, path=path)}
    return path


def _run(rng: random.Random, number: int, when: datetime) -> Run:
    acc = 1 - math.exp(-rng.random() * 3)
    last = {"acc": acc, "loss": -math.log(acc + 1e-3), "val/acc": acc * rng.uniform(0.9, 1), "f1": acc**2}
    if number % 500 == 0:
        last["loss"] = math.nan
    if number % 10 == 0:
        last["auc"] = acc * 0.99
    params = {"lr": 10 ** rng.uniform(-5, -1), "batch": rng.choice((16, 32, 64, 128)), "model": rng.choice(MODELS),
              "optimizer": rng.choice(OPTIMIZERS), "seed": number, "augment": rng.random() < 0.5}
    started = when.timestamp()
    return Run("", "fit0", started, params=params, metrics={name: Metric(value, value, value, 1, 0)
                                                            for name, value in last.items()})


def _move(transaction: refs.Transaction, story: Story, ids: list[str]) -> None:
    """Each branch to its newest version."""
    for lane in story.lanes:
        old = story.first if lane.name == "main" else None
        transaction.move(names.branch_ref(story.line, lane.name), ids[lane.tip - 1], old)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--versions", type=int, default=10_000)
    parser.add_argument("--notebooks", type=int, default=1)
    parser.add_argument("--branches", type=int, default=3)
    asked = parser.parse_args()
    started = time.monotonic()
    repository = make(asked.folder, asked.versions, notebooks=asked.notebooks, branches=asked.branches)
    print(f"{len(repository.log()):,} versions in {asked.folder}, {time.monotonic() - started:.1f} s")


if __name__ == "__main__":
    main()
