"""Restoring any tree over any other gives exactly that tree, and loses nothing."""

from __future__ import annotations

import importlib.util
import tempfile
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

_SCENE = Path(__file__).parents[1] / "unit" / "restore" / "restore_scene.py"
_SPEC = importlib.util.spec_from_file_location("restore_scene", _SCENE)
restore_scene = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(restore_scene)
Scene = restore_scene.Scene

FEW = settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much]
)

# Few names, so that files, folders and links meet at the same paths; then odd ones.
odd = [
    "c d",
    "é",
    "e\u0301",
    "line\nbreak",
    "-rf",
    "tab\t",
    "\U0001d6fc.ipynb",
    "..x",
    "x" * 200,
    "q'\"$(;)",
    "raw\udcff",
]
forbidden = {".", "..", ".git", ".mlversion"}
texts = st.text(st.characters(exclude_characters="/\0", exclude_categories=["Cs"]), min_size=1, max_size=12)
names = st.sampled_from(["a", "b", *odd]) | texts.filter(lambda name: name.casefold() not in forbidden)
paths = st.lists(names, min_size=1, max_size=5).map("/".join)
files = st.tuples(st.binary(max_size=40), st.sampled_from([0o644, 0o755, 0o600, 0o400, 0o444]))
links = st.sampled_from(["-> a", "-> ../../etc/passwd", "-> /etc/passwd", "-> nowhere", "-> .", "-> b/c d"])


def without_clashes(entries):
    """The tree without paths that need a folder where another has a file."""
    tree = {}
    for path, value in entries:
        parts = path.split("/")
        above = {"/".join(parts[:end]) for end in range(1, len(parts))}
        if not above & tree.keys() and path not in tree and not any(other.startswith(f"{path}/") for other in tree):
            tree[path] = value
    return tree


trees = st.lists(st.tuples(paths, files | links), max_size=8).map(without_clashes)


class Fresh:
    """A new workspace for each example."""

    def __enter__(self):
        self._folder = tempfile.TemporaryDirectory()
        return Scene(Path(self._folder.name))

    def __exit__(self, *_):
        self._folder.cleanup()


@FEW
@given(old=trees, new=trees)
def test_restore_is_exact_in_both_directions(old, new):
    with Fresh() as scene:
        scene.fill(new)
        target, wanted = scene.capture(), scene.tree()
        scene.fill(old)
        current, before = scene.capture(), scene.tree()
        scene.restore(target, current)
        assert scene.tree() == wanted
        assert scene.plan(target, current).empty
        scene.restore(current, target)
        assert scene.tree() == before
        assert scene.journal_names() == []


@FEW
@given(old=trees, new=trees, unknown=trees)
def test_unknown_files_are_left_alone(old, new, unknown):
    with Fresh() as scene:
        scene.fill(new)
        target = scene.capture()
        mixed = without_clashes([*old.items(), *unknown.items()])
        strangers = mixed.keys() - old.keys()
        scene.fill(mixed)
        current = scene.capture(skip=strangers)
        before = scene.tree()
        plan = scene.plan(target, current)
        if not plan.conflicts:
            scene.restore(target, current)
        after = scene.tree()
        overwritten = {artifact.path for artifact in target.artifacts} & strangers
        for path in strangers - overwritten:
            assert after[path] == before[path]
        if not plan.conflicts:
            for artifact in target.artifacts:
                assert scene.digest(artifact.path) == artifact.digest


@FEW
@given(old=trees, new=trees, data=st.data())
def test_bytes_that_changed_after_they_were_kept_are_found_again(old, new, data):
    with Fresh() as scene:
        scene.fill(new)
        target = scene.capture()
        scene.fill(old)
        current = scene.capture()
        prepared = scene.prepare(target, current)
        regular = [path for path in old if not isinstance(old[path], str)]
        changed = data.draw(st.sets(st.sampled_from(regular), max_size=3)) if regular else set()
        fresh = {path: f"changed after all {number}".encode() for number, path in enumerate(sorted(changed))}
        for path, content in fresh.items():
            (scene.root / path).chmod(0o644)
            (scene.root / path).write_bytes(content)
        scene.journal.apply(prepared, move_head=scene.move_head)
        held = {entry[3] for entry in scene.tree().values() if entry[0] == "file"}
        assert set(fresh.values()) <= held
        switched = {step.path for step in prepared.record.steps}
        for artifact in target.artifacts:
            if artifact.path in switched or artifact.path not in changed:
                assert scene.digest(artifact.path) == artifact.digest


@FEW
@given(old=trees, new=trees)
def test_a_restore_that_fails_at_the_head_changes_nothing(old, new):
    with Fresh() as scene:
        scene.fill(new)
        target = scene.capture()
        scene.fill(old)
        current, before = scene.capture(), scene.tree()

        def refuse(plain):
            if plain == restore_scene.AFTER:
                raise RuntimeError

        try:
            scene.journal.apply(scene.prepare(target, current), move_head=refuse)
        except RuntimeError:
            pass
        else:
            raise AssertionError
        assert scene.tree() == before
        assert scene.journal_names() == []
