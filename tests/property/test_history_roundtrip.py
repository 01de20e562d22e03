"""Whatever a snapshot holds, the history gives back."""

from __future__ import annotations

import os
import shutil
import tempfile
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from jupyter_mlversion.domain.artifact import Access, Artifact, Role, State
from jupyter_mlversion.domain.environment import CodeState, Environment
from jupyter_mlversion.domain.run import Metric, Run
from jupyter_mlversion.domain.snapshot import Snapshot
from jupyter_mlversion.domain.split import Part, Split
from jupyter_mlversion.domain.version import Counts, Document, Head, Trigger, Version
from jupyter_mlversion.history import History
from jupyter_mlversion.history.folder import escape, unescape

ODD = ["in", "files.json", "artifacts", "outside.json", "version.json", ".git", ".GIT", "git~1", ".git ", ".gitmodules",
       "..a", "a..", "...", "%2E", "%", "a\\b", 'q"q', "new\nline", " ", "-", "--all", "con", "nul.txt", ":", "é",
       "e\u0301", ".g\u200cit", "\u202e", "\ufeff.git", os.fsdecode(b"\xff\xfe"), os.fsdecode(b"caf\xe9"),
       "\x01", "*", "x" * 200]

# What a POSIX file system can hold: any bytes but / and NUL; what is not UTF-8 comes as lone surrogates.
plain_names = st.one_of(
    st.sampled_from(ODD),
    st.binary(min_size=1, max_size=12).map(lambda raw: os.fsdecode(raw.replace(b"/", b"_").replace(b"\0", b"_"))),
    st.text(st.characters(exclude_characters="/\0", exclude_categories=["Cs"]), min_size=1, max_size=12))
part_names = plain_names.filter(lambda name: name not in (".", ".."))
paths = st.lists(part_names, min_size=1, max_size=5).map("/".join)
absolute = paths.map(lambda path: "/" + path)
digests = st.binary(min_size=32, max_size=32).map(lambda raw: f"blake3:{raw.hex()}")
numbers = st.integers(0, 2**63 - 1)
finite = st.floats(allow_nan=False)
words = st.text(st.characters(), max_size=20)  # lone surrogates too
values = st.one_of(st.none(), st.booleans(), st.integers(-2**63, 2**63 - 1),
                   st.floats(allow_nan=False, allow_infinity=False), words)
artifacts = st.builds(Artifact, st.one_of(paths, paths, absolute), st.sampled_from(Role), st.sampled_from(Access),
                      st.none() | digests, numbers, st.integers(0, 2**16), numbers, st.sampled_from(State), words)
metrics = st.builds(Metric, finite, finite, finite, numbers, st.integers(-5, 2**40))
runs = st.builds(Run, words, words, finite, st.dictionaries(words, values, max_size=3),
                 st.dictionaries(words, metrics, max_size=3), st.none() | digests)
parts = st.builds(Part, words, numbers, st.dictionaries(words, numbers, max_size=3), st.none() | digests)
splits = st.builds(Split, words, words, numbers, st.dictionaries(words, values, max_size=2), st.none() | digests, words,
                   st.lists(parts, max_size=3).map(tuple))
strings = st.dictionaries(words, words, max_size=3)
snapshots = st.builds(
    Snapshot,
    st.lists(artifacts, max_size=8, unique_by=lambda artifact: artifact.path).map(
        lambda found: tuple(sorted(found, key=lambda artifact: artifact.path))),
    st.lists(runs, max_size=2).map(tuple), st.lists(splits, max_size=2).map(tuple),
    st.builds(Environment, words, words, words, strings, strings, strings),
    st.builds(CodeState, words, words, st.booleans(), st.none() | digests, st.lists(paths, max_size=3).map(tuple)))


@pytest.fixture(scope="module")
def history():
    folder = Path(tempfile.mkdtemp()) / ".mlversion"
    folder.mkdir()
    history = History(folder / "history.git")
    history.create()
    yield history
    shutil.rmtree(folder.parent)


def artifact(path):
    return Artifact(path, Role.DATA, Access.READ, None, 0, 0, 0)


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@example(snapshot=Snapshot(tuple(artifact(path) for path in sorted((*ODD, *(f"{name}/{name}" for name in ODD),
                                                                    *(f"deep/{name}/x" for name in ODD))))), message="",
         key="k", params={}, metrics={})
@given(snapshot=snapshots, message=st.text(max_size=40), key=words, params=st.dictionaries(words, values, max_size=3),
       metrics=st.dictionaries(words, finite, max_size=3))
def test_what_goes_in_comes_out(history, snapshot, message, key, params, metrics):
    head = history.head("l1")
    draft = Version("", "", "l1", "main", (head.version,) if head.version else (), message, "A <a@b>",
                    datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC), "n.ipynb", "c", Trigger.CELL, Document.LIVE, metrics,
                    params, Counts(1, 2, 3, 4), 5, 0.5)
    version = history.append(draft, snapshot, key=key, equality="e", head=head)
    assert history.snapshot(version.id) == snapshot
    assert history.read(version.id) == version
    assert history.key_of(version.id) == key
    kept = version.message if "\0" in message else message
    assert version == replace(draft, id=version.id, short=version.short, message=kept)
    assert history.head("l1") == Head("l1", "main", version.id)


def test_the_examples_left_nothing_that_git_complains_of(history):
    head = history.head("l1")
    draft = Version("", "", "l1", "main", (), "m", "A", datetime(2026, 1, 2, tzinfo=UTC), None, "",
                    Trigger.CLI, Document.NONE)
    odd = Snapshot(tuple(artifact(path) for path in sorted(f"{name}/x" for name in ODD)))
    history.append(draft, odd, key="k", equality="e", head=head)
    assert history.verify() == []
    strict = history._git.ask("fsck", "--strict", "--full", "--no-dangling", "--no-progress")
    assert (strict.code, strict.err.replace("notice: HEAD points to an unborn branch (main)\n", "")) == (0, "")


@given(plain_names, plain_names)
def test_escaped_names_are_safe_and_distinct(a, b):
    assert unescape(escape(a)) == a
    assert (escape(a) == escape(b)) == (a == b)
    assert not set(escape(a)) & set(b'/\0"\\\n~:')
    assert not escape(a).startswith(b".")
    assert escape(a).lower() not in (b".git", b"git~1", b".", b"..")
