"""Versions added, and read again."""

from __future__ import annotations

import math
import subprocess
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from jupyter_mlversion.domain.annotation import Annotation
from jupyter_mlversion.domain.artifact import Access, Artifact, Role, State
from jupyter_mlversion.domain.environment import CodeState, Environment
from jupyter_mlversion.domain.run import Metric, Run
from jupyter_mlversion.domain.snapshot import Snapshot
from jupyter_mlversion.domain.split import Part, Split
from jupyter_mlversion.domain.version import Counts, Document, Head, Trigger, Version
from jupyter_mlversion.errors import CorruptHistory, Moved, OutsideWorkspace, UnknownVersion, UsageError
from jupyter_mlversion.history import History

DIGEST = "blake3:" + "0" * 64


def artifact(path, number=0):
    return Artifact(path, Role.DATA, Access.READ, f"blake3:{number:064x}", number, 0o100644, 1_700_000_000_000_000_007)


def snapshot(*paths, number=0):
    return Snapshot(tuple(artifact(path, number) for path in sorted(paths)))


def draft(head, message="trained", branch="main", **changes):
    version = Version("", "", head.line, branch, (head.version,) if head.version else (), message, "",
                      datetime(2026, 11, 22, 6, 0, 1, 999, UTC), "a.ipynb", "cell-1", Trigger.CELL, Document.LIVE,
                      metrics={"loss": 0.5, "bad": math.inf}, params={"lr": 0.1, "n": 3, "on": True, "no": None},
                      counts=Counts(1, 1, 0, 0), bytes_new=10, seconds=0.25)
    return replace(version, **changes)


def append(history, line="l1", message="trained", branch="main", key="key", **changes):
    head = history.head(line)
    return history.append(draft(head, message, branch, **changes), snapshot("x.csv"), key=key, equality="eq", head=head)


def test_what_was_appended_is_read_again(history):
    whole = Snapshot(
        (artifact("/data/outside.csv"), artifact("a.ipynb"), replace(artifact("deep/er/x.csv"), digest=None,
                                                                   state=State.UNSTABLE, reason="it kept changing")),
        (Run("r", "c", 1.5, {"lr": 0.1}, {"loss": Metric(math.nan, -math.inf, 2.0, 3, 2)}, DIGEST),),
        (Split("s", "random", 7, {"size": 0.2}, DIGEST, "c", (Part("train", 10, {"0": 4, "1": 6}, DIGEST),)),),
        Environment("3.11.7", "CPython", "Linux", {"numpy": "2"}, {"cores": "2"}, {"numpy": "1"}),
        CodeState("a" * 40, "main", True, DIGEST, ("m.py",)))
    head = history.head("l1")
    version = history.append(draft(head), whole, key="the key", equality="eq", head=head)
    read = History(history.git_dir)
    assert read.read(version.id) == version
    assert version == replace(draft(head), id=version.id, short=version.id[:8], author="Tester <tester@example.org>",
                              time=datetime(2026, 11, 22, 6, 0, 1, 999, UTC))
    again = read.snapshot(version.id)
    assert math.isnan(again.runs[0].metrics["loss"].last)
    assert repr(again) == repr(whole)
    assert (read.key_of(version.id), read.equality_of(version.id)) == ("the key", "eq")
    assert read.head("l1") == Head("l1", "main", version.id)
    assert read.verify() == []


@pytest.mark.parametrize("message", ["", "one", "two\nlines\n\n", "\n\nMlversion-Key: no\n", " é\u4e2d\U0001f600 ",
                                     "a\n\n\n"])
@pytest.mark.parametrize("key", ["k", "a key\nwith: lines"])
def test_messages_and_keys_survive_exactly(history, message, key):
    version = append(history, message=message, key=key)
    assert history.read(version.id).message == message
    assert history.key_of(version.id) == key


@pytest.mark.parametrize(("author", "kept"), [
    ("Ann <ann@x.org>", "Ann <ann@x.org>"), ("Ann", "Ann"), ("A<b>c\nauthor evil <e> 1 +0000", None),
    ("Zoë Ø", "Zoë Ø")])
def test_authors_survive_or_are_made_harmless(history, author, kept):
    version = append(history, author=author)
    assert history.read(version.id).author == version.author
    assert kept is None or version.author == kept
    assert history.verify() == []


def test_the_commit_is_one_that_git_shows(history):
    version = append(history, message="for people")
    shown = subprocess.run(["git", "--git-dir", history.git_dir, "log", "--format=%s|%(trailers:key=Mlversion-Key)|%at",
                            version.id], check=True, capture_output=True, text=True).stdout
    assert shown.strip().split("|")[0] == "for people"
    assert "Mlversion-Key: key" in shown
    assert str(int(version.time.timestamp())) in shown


def test_unchanged_folders_are_the_same_objects(history):
    trees = []
    for number in (1, 2):
        head = history.head("l1")
        files = Snapshot((artifact("changes/x", number), artifact("stays/deep/y", 0)))
        version = history.append(draft(head), files, key="k", equality="e", head=head)
        out = subprocess.run(["git", "--git-dir", history.git_dir, "ls-tree", f"{version.id}:artifacts/in"], check=True,
                             capture_output=True, text=True).stdout
        trees.append({line.split("\t")[1]: line.split()[2] for line in out.splitlines()})
    assert trees[0]["stays"] == trees[1]["stays"]
    assert trees[0]["changes"] != trees[1]["changes"]
    packs = list((history.git_dir / "objects" / "pack").glob("*.idx"))
    listed = [subprocess.run(["git", "show-index"], input=pack.read_bytes(), check=True,
                             capture_output=True).stdout.decode() for pack in packs]
    assert sum(trees[0]["stays"] in text for text in listed) == 1


@pytest.mark.parametrize("path", ["../x", "a/../x", "./x", "a//b", "a/", "", "nul\0"])
def test_paths_that_lead_out_are_refused(history, path):
    head = history.head("l1")
    with pytest.raises(OutsideWorkspace):
        history.append(draft(head), Snapshot((artifact(path),)), key="k", equality="e", head=head)
    assert history.refs() == {}


def test_an_old_head_is_refused(history):
    old = history.head("l1")
    first = append(history)
    for seen in (old, Head("l1", "main", "0" * 40), Head("l1", None, first.id)):
        with pytest.raises(Moved):
            history.append(draft(seen, parents=()), snapshot("x"), key="k", equality="e", head=seen)
    assert history.refs() == {"refs/heads/l1/main": first.id}


def test_an_old_head_is_refused_though_this_object_saw_it(history):
    other = History(history.git_dir)
    seen = history.head("l1")
    first = append(other)
    with pytest.raises(Moved):
        history.append(draft(seen), snapshot("x"), key="k", equality="e", head=seen)
    seen = history.head("l1")
    second = append(other, message="second")
    other.set_head(Head("l1", None, first.id), expected=Head("l1", "main", second.id))
    with pytest.raises(Moved):
        history.append(draft(seen), snapshot("x"), key="k", equality="e", head=seen)
    assert set(history.refs().values()) == {second.id}


def test_safety_versions_leave_the_head(history):
    first = append(history)
    safety = append(history, trigger=Trigger.SAFETY, key="s")
    assert history.head("l1") == Head("l1", "main", first.id)
    assert history.refs()[f"refs/safety/l1/{safety.id}"] == safety.id
    assert append(history, trigger=Trigger.SAFETY, key="s") == safety
    assert history.resolve(safety.id[:10], line="l1") == safety.id


def test_going_back_opens_a_branch(history):
    first = append(history)
    second = append(history, message="second")
    history.set_head(Head("l1", None, first.id), expected=Head("l1", "main", second.id))
    assert history.head("l1") == Head("l1", None, first.id)
    third = append(history, branch="main-2")
    assert third.parents == (first.id,)
    assert history.head("l1") == Head("l1", "main-2", third.id)
    assert history.branches("l1") == {"main": second.id, "main-2": third.id}
    history.set_head(Head("l1", "main", second.id), expected=Head("l1", "main-2", third.id))
    assert append(history).parents == (second.id,)
    assert history.heads().keys() == {"l1"}


def test_a_branch_is_never_opened_over_another(history):
    first = append(history)
    second = append(history)
    history.set_head(Head("l1", None, first.id), expected=Head("l1", "main", second.id))
    with pytest.raises(Moved):
        append(history, branch="main")
    assert history.branches("l1") == {"main": second.id}


def test_set_head_is_refused_when_something_moved(history):
    first = append(history)
    second = append(history)
    with pytest.raises(Moved):
        history.set_head(Head("l1", None, first.id), expected=Head("l1", "main", first.id))
    with pytest.raises(Moved):
        history.set_head(Head("l1", "main", first.id), expected=Head("l1", "main", second.id))
    with pytest.raises(UnknownVersion):
        history.set_head(Head("l1", None, "1" * 40), expected=Head("l1", "main", second.id))


def test_lines_are_apart(history):
    assert history.head("l2") == Head("l2", "main", None)
    assert history.heads() == {}
    a, b = append(history, "l1"), append(history, "l2")
    assert history.heads() == {"l1": Head("l1", "main", a.id), "l2": Head("l2", "main", b.id)}


@pytest.mark.parametrize("name", ["", "a b", "-x", "../x", "a/b", "a..b", "x.lock", "HEAD", ".x", "x.", "a\n", "a~1",
                                  "a^", "a:b", "*", "@{0}", "0" * 40, "é" * 200, "e\u0301"])
def test_unsafe_names_are_refused(history, name):
    version = append(history)
    with pytest.raises(UsageError):
        history.tag(name, version.id)
    with pytest.raises(UsageError):
        append(history, branch=name)
    with pytest.raises(UsageError):
        history.head(name)


@pytest.mark.parametrize("name", ["v1.0", "beste_Größe", "2024", "tmp_x", "a+b-c", "packed-refs", "in"])
def test_safe_names_are_kept(history, name):
    version = append(history, branch=name)
    history.tag(name, version.id)
    history.tag(name, version.id)
    history.recover()
    assert history.tags() == {name: version.id}
    assert history.branches("l1") == {name: version.id}
    assert history.read(version.id).tags == (name,)
    other = append(history, branch=name)
    with pytest.raises(Moved):
        history.tag(name, other.id)
    assert history.tags() == {name: version.id}


def test_labels_replace_each_other_and_are_kept(history):
    a, b = append(history, "l1"), append(history, "l2")
    assert history.annotations() == {}
    history.say([a.id], labels=("best", "prod"))
    history.say([b.id], labels=("é",))
    history.say([a.id], labels=("old",))
    assert history.annotations() == {a.id: Annotation(("old",)), b.id: Annotation(("é",))}
    assert [entry.version.labels for entry in history.entries([a.id, b.id])] == [("old",), ("é",)]
    log = subprocess.run(["git", "--git-dir", history.git_dir, "show", f"refs/notes/mlversion:{a.id[:2]}/{a.id[2:]}"],
                         check=True, capture_output=True, text=True).stdout
    assert [label in log for label in ("best", "prod", "old")] == [True, True, True]
    assert history.verify() == []


def test_what_is_said_last_counts_whatever_the_clock_says(history, monkeypatch):
    version = append(history)
    monkeypatch.setattr("jupyter_mlversion.history.annotation.time.time", lambda: 2e9)
    history.say([version.id], hidden=True)
    monkeypatch.setattr("jupyter_mlversion.history.annotation.time.time", lambda: 1.0)
    history.say([version.id], hidden=False, starred=True)
    history.say([version.id], labels=("best",))
    assert history.annotations() == {version.id: Annotation(("best",), starred=True)}
    assert history.read(version.id).starred


def test_saying_what_is_said_already_changes_nothing(history):
    versions = [append(history, line).id for line in ("l1", "l2")]
    history.say(versions, hidden=True)
    before = history.every_ref()
    history.say(versions, hidden=True)
    assert history.every_ref() == before
    assert {said.hidden for said in history.annotations().values()} == {True}
    with pytest.raises(UnknownVersion):
        history.say([versions[0], "1" * 40], hidden=False)
    assert history.every_ref() == before


def test_a_note_that_cannot_be_read_is_told(history):
    version = append(history)
    git = ["git", "--git-dir", history.git_dir]
    blob = subprocess.run([*git, "hash-object", "-w", "--stdin"], input=b"[]", check=True, capture_output=True)
    tree = f"100644 blob {blob.stdout.decode().strip()}\t{version.id[:2]}{version.id[2:]}\n"
    made = subprocess.run([*git, "mktree"], input=tree.encode(), check=True, capture_output=True).stdout.decode()
    commit = subprocess.run([*git, "commit-tree", made.strip(), "-m", "x"], check=True, capture_output=True, text=True)
    subprocess.run([*git, "update-ref", "refs/notes/mlversion", commit.stdout.strip()], check=True)
    with pytest.raises(CorruptHistory, match="note on version"):
        history.annotations()


def test_files_of_many_versions_are_read_once(history):
    versions = [append(history, line).id for line in ("l1", "l2")]
    seen = set()
    found = list(history.files(versions, seen))
    assert [path for path, _ in found].count(b"version.json") == 2
    assert [path for path, _ in found].count(b"environment.json") == 1
    assert list(history.files(versions, seen)) == []
    with pytest.raises(CorruptHistory, match="lacks"):
        list(history.files(["1" * 40], set()))


def test_unknown_versions_are_said_to_be(history):
    for ask in (history.read, history.snapshot, history.key_of):
        with pytest.raises(UnknownVersion):
            ask("1" * 40)
        with pytest.raises(UsageError):
            ask("--all")


def test_an_abbreviation_is_as_long_as_needed(history):
    """Any object that begins alike makes it longer; a tag that looks like an abbreviation is not mistaken for one."""
    first = append(history)
    second = append(history)
    history.tag(first.id[:8], second.id)
    assert history.read(first.id).short == first.id[:9]
    assert history.read(first.id).message == first.message
    assert history.resolve(first.id[:9], line="l1") == first.id
    assert history.resolve(first.id[:8], line="l1") == second.id
