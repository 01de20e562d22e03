"""What a user's words for a version mean."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from jupyter_mlversion.domain.snapshot import Snapshot
from jupyter_mlversion.domain.version import Document, Trigger, Version
from jupyter_mlversion.errors import AmbiguousVersion, UnknownVersion
from jupyter_mlversion.history import Git, History
from jupyter_mlversion.history.refs import Transaction
from jupyter_mlversion.history.writer import Writer


def append(history, line="l1", **changes):
    head = history.head(line)
    version = Version("", "", line, "main", (head.version,) if head.version else (), "m", "A", datetime.now(UTC), None,
                      "", Trigger.CLI, Document.NONE)
    number = str(len(history.refs())) + str(head.version)
    return history.append(replace(version, **changes), Snapshot(), key=number, equality="e", head=head).id


def test_before_the_first_version(tmp_path):
    (tmp_path / ".mlversion").mkdir()
    history = History(tmp_path / ".mlversion" / "history.git")
    assert [history.refs(), history.tags(), history.branches("l1"), history.heads()] == [{}, {}, {}, {}]
    assert history.verify() == []
    with pytest.raises(UnknownVersion, match="no version yet"):
        history.resolve("HEAD", line=None)
    history.create()
    for line in (None, "l1"):
        with pytest.raises(UnknownVersion, match="no version yet"):
            history.resolve("HEAD", line=line)
        with pytest.raises(UnknownVersion):
            history.resolve("abcdef12", line=line)


def test_every_kind_of_name(history):
    ids = [append(history) for _ in range(4)]
    history.tag("best", ids[1])
    safety = append(history, trigger=Trigger.SAFETY)
    names = {"HEAD": ids[3], "HEAD~": ids[2], "HEAD~0": ids[3], "HEAD~3": ids[0], "main": ids[3], "main~2": ids[1],
             "best": ids[1], "best~1": ids[0], ids[0]: ids[0], ids[2][:12]: ids[2], ids[2][:12].upper(): ids[2],
             safety: safety, safety[:9]: safety, f"{ids[3][:10]}~1": ids[2], " main ": ids[3], "l1/main": ids[3]}
    assert {text: history.resolve(text, line="l1") for text in names} == names
    assert {text: history.resolve(text, line=None) for text in names} == names


@pytest.mark.parametrize("text", ["", " ", "HEAD~9", "HEAD~x", "nothing", "--all", "HEAD^{tree}", ":/m", "@", "main:x",
                                  "refs/heads/l1/main", "abc", "ffffffff", "a b", "~1", "HEAD~99999999999"])
def test_what_names_nothing(history, text):
    append(history)
    with pytest.raises(UnknownVersion):
        history.resolve(text, line="l1")


def test_the_nearest_names_are_offered(history):
    id_ = append(history)
    history.tag("baseline", id_)
    with pytest.raises(UnknownVersion, match="baseline"):
        history.resolve("basline", line="l1")
    with pytest.raises(UnknownVersion, match="main"):
        history.resolve("mian", line="l1")
    with pytest.raises(UnknownVersion, match=id_[:8]):
        history.resolve(id_[:6] + ("00" if id_[6:8] != "00" else "11"), line="l1")


def test_what_several_lines_have_is_ambiguous(history):
    a, b = append(history, "l1"), append(history, "l2")
    assert (history.resolve("HEAD", line="l1"), history.resolve("main", line="l2")) == (a, b)
    for text in ("HEAD", "main"):
        with pytest.raises(AmbiguousVersion, match="l2"):
            history.resolve(text, line=None)


def test_a_beginning_that_fits_several_lists_them(history):
    writer = Writer()
    for number in range(2000):  # two of 65536 beginnings alike: expected after about 300
        writer.commit(author=("A", ""), seconds=number, message=b"m", parents=[], files=[])
    git = Git.of(history.git_dir)
    ids = writer.write(git)
    transaction = Transaction()
    for id_ in ids:
        transaction.put(f"refs/safety/l1/{id_}", id_)
    transaction.commit(git)
    text = next(text for text, count in Counter(id_[:4] for id_ in ids).items() if count > 1)
    with pytest.raises(AmbiguousVersion) as caught:
        history.resolve(text, line="l1")
    assert all(id_[:12] in caught.value.message for id_ in ids if id_.startswith(text))
