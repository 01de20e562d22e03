"""Kill -9 at a random moment of a random verb, for as long as one likes; a dictionary knows what must still be there.

    python tests/crash/random_kills.py --kills 500 --seed 1

Each verb runs in a process of its own, which is killed somewhere between its begin and a little after its usual end.
After every kill another process opens the workspace as the next command would, and compares it with what had been
acknowledged.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import random
import shutil
import signal
import sys
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from nbformat.v4 import new_code_cell, new_notebook

from jupyter_mlversion.capture.notebook import document_bytes
from jupyter_mlversion.repository import Repository

Files = dict[str, str]
"""Workspace paths and the SHA-256 of what is there."""

SETTINGS = 'track = ["model.npy", "table.csv", "small/**"]\n'
SMALL = 30


@dataclass
class Model:
    """What must be true. `known` holds acknowledged versions; `doomed` those whose deletion was asked for."""

    known: dict[str, Files] = field(default_factory=dict)
    doomed: set[str] = field(default_factory=set)
    kills: Counter[str] = field(default_factory=Counter)
    acknowledged: int = 0
    seconds: dict[str, float] = field(default_factory=dict)

    @property
    def alive(self) -> list[str]:
        """Versions that nobody asked to delete."""
        return sorted(self.known.keys() - self.doomed)


def files(root: Path) -> Files:
    """What the user sees."""
    found = (path for path in sorted(root.rglob("*")) if path.is_file() and ".mlversion" not in path.parts)
    return {path.relative_to(root).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in found}


def edit(root: Path, chance: random.Random) -> None:
    """Train a little: the head of the model, or all of it; rows at the end or in the middle; some small files."""
    weights = np.load(root / "model.npy")
    if chance.random() < 0.5:
        weights[-5:] = np.random.default_rng(chance.randrange(2**32)).normal(size=weights[-5:].shape)
    else:
        weights += np.float32(1e-4)
    np.save(root / "model.npy", weights)
    rows = (root / "table.csv").read_text().splitlines()
    rows.insert(chance.randrange(1, len(rows) + 1), f"{chance.random()},{chance.randrange(100)}")
    (root / "table.csv").write_text("\n".join(rows))
    for number in chance.sample(range(SMALL), 3):
        path = root / "small" / f"{number}.txt"
        if path.exists() and chance.random() < 0.3:
            path.unlink()
        else:
            path.write_text(f"{chance.random()}\n" * chance.randrange(1, 200))
    cell = new_code_cell(f"score = {chance.random()}")
    cell["id"] = "cell"
    (root / "n.ipynb").write_bytes(document_bytes(new_notebook(cells=[cell])))


def prepare(root: Path, chance: random.Random) -> None:
    """A workspace that has something to lose."""
    (root / "small").mkdir(parents=True)
    (root / "mlversion.toml").write_text(SETTINGS)
    np.save(root / "model.npy", np.random.default_rng(0).normal(size=(100, 700)).astype(np.float32))
    (root / "table.csv").write_text("value,count\n" + "\n".join(f"{number / 7},{number}" for number in range(3000)))
    edit(root, chance)
    Repository.init(root)


def forked(work: Callable[[], object], kill_after: float | None = None, *, group: bool = False) -> tuple[object, bool]:
    """What `work` answers in a process of its own, None if it was killed before; and whether it was killed."""
    read, write = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.setpgid(0, 0)
        try:
            answer = json.dumps({"answer": work()})
        except BaseException:  # noqa: BLE001  # the parent tells it
            answer = json.dumps({"error": traceback.format_exc()})
        os.write(write, answer.encode() + b"\n")
        os._exit(0)
    os.close(write)
    with suppress(OSError):  # both do it, so that the group is there whoever is first
        os.setpgid(pid, pid)
    if kill_after is not None:
        time.sleep(kill_after)  # the moment is what is random
        (os.killpg if group else os.kill)(pid, signal.SIGKILL)
    with os.fdopen(read, "rb") as pipe:
        line = pipe.readline()
    _, status = os.waitpid(pid, 0)
    killed = os.WIFSIGNALED(status)
    if not line.endswith(b"\n"):
        return None, killed
    told = json.loads(line)
    if "error" in told:
        raise AssertionError(told["error"])
    return told["answer"], killed


def verbs(root: Path, model: Model, chance: random.Random) -> dict[str, Callable[[], object]]:
    """What may be done next; each answers what it acknowledges."""
    def checkpoint() -> object:
        version = Repository.open(root).checkpoint(root / "n.ipynb", "kills").version
        return version and version.id

    def gc(*, repack: bool) -> object:
        Repository.open(root).gc(at_once=True, repack=repack)
        return True

    found: dict[str, Callable[[], object]] = {"checkpoint": checkpoint}
    if len(model.alive) > 1:
        wanted, unwanted = chance.choice(model.alive), chance.choice(model.alive)
        found |= {
            "restore": lambda: Repository.open(root).restore(wanted).safety_version or wanted,
            "delete": lambda: bool(Repository.open(root).delete([unwanted])) and unwanted,
            "gc": lambda: gc(repack=False),
            "repack": lambda: gc(repack=True),
        }
        found["restore"].__dict__["version"] = wanted
        found["delete"].__dict__["version"] = unwanted
    return found


def check(root: Path, model: Model, sample: list[str]) -> object:
    """As the next command finds it: everything acknowledged is there, verify is clean, nothing is left over."""
    repository = Repository.open(root)
    repository.recover()
    listed = {version.id for version in repository.log(limit=None, safety=True)}
    lost = set(model.alive) - listed
    assert not lost, f"versions are lost: {lost}"
    damage = [each for each in repository.verify(read_data=True) if not set(each.versions) <= model.doomed]
    assert not damage, damage
    for version in sample:
        snapshot = repository.show(version).snapshot
        held = {each.path: hashlib.sha256(repository.store.read(each.digest)).hexdigest()
                for each in snapshot.artifacts if each.digest}
        assert held == {path: model.known[version][path] for path in held}, version
        assert set(held) == set(model.known[version]) - {"mlversion.toml"}, version
    assert not list((root / ".mlversion" / "journal").glob("*"))
    return True


def step(root: Path, model: Model, chance: random.Random) -> None:
    """One verb, killed or not, and the look at what it left."""
    possible = verbs(root, model, chance)
    verb = chance.choices(list(possible), [{"checkpoint": 4, "restore": 4}.get(name, 1) for name in possible])[0]
    if verb == "checkpoint":
        edit(root, chance)
    work, before = possible[verb], files(root)
    if verb == "delete":
        model.doomed.add(work.version)  # type: ignore[attr-defined]
    usual = model.seconds.get(verb)
    started = time.monotonic()
    moment = None if usual is None else chance.uniform(0, 1.1 * usual)
    answer, killed = forked(work, moment, group=chance.random() < 0.5)
    if usual is None or not killed:
        model.seconds[verb] = max(time.monotonic() - started, usual or 0.0)
    model.kills[verb] += killed
    if verb == "checkpoint" and isinstance(answer, str):
        model.known[answer] = before
        model.acknowledged += 1
    forked(lambda: check(root, model, chance.sample(model.alive, min(2, len(model.alive)))))
    now = files(root)
    if verb == "restore":
        wanted = {**before, **model.known[work.version]}  # type: ignore[attr-defined]
        present = {path: digest for path, digest in wanted.items() if path in now}
        old = now == before
        new = present == now and set(model.known[work.version]) <= set(now)  # type: ignore[attr-defined]
        assert old or new, f"half restored: {sorted(set(now.items()) ^ set(before.items()))}"
    else:
        assert now == before, verb


def run(kills: int, seed: int, tell: Callable[[Model], None] = lambda _model: None) -> Model:
    """Go on until `kills` processes were killed; the state that failed is kept for looking at it."""
    chance, model = random.Random(seed), Model()
    root = Path(tempfile.mkdtemp(prefix=f"kills-{seed}-"))
    forked(lambda: prepare(root, chance) and None)
    while model.kills.total() < kills:
        try:
            step(root, model, chance)
        except AssertionError as error:
            error.add_note(f"seed {seed}, after {model.kills.total()} kills; the workspace is {root}")
            raise
        tell(model)
    forked(lambda: Repository.open(root).gc(at_once=True) and None)
    forked(lambda: check(root, model, model.alive))
    shutil.rmtree(root)
    return model


def main() -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int, default=500)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10**6))
    given = parser.parse_args()

    def tell(model: Model) -> None:
        killed = ", ".join(f"{verb} {count}" for verb, count in model.kills.items())
        sys.stdout.write(f"\r{model.kills.total()} kills ({killed}), {model.acknowledged} versions acknowledged ")
        sys.stdout.flush()

    model = run(given.kills, given.seed, tell)
    sys.stdout.write(f"\nseed {given.seed}: {model.kills.total()} kills, nothing lost\n")


if __name__ == "__main__":
    main()
