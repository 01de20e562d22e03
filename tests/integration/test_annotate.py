"""Saying something of versions by the command line and from Python; queries and the index follow."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from jupyter_mlversion.cli.main import main
from jupyter_mlversion.errors import InvalidInput, UsageError
from jupyter_mlversion.history import NOTES, annotation
from jupyter_mlversion.repository import Keep, Repository

if TYPE_CHECKING:
    from pathlib import Path

HOSTILE = "\x1b[31mred\x07"


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    return Repository.open(tmp_path, create=True)


@pytest.fixture
def made(repository: Repository) -> list[str]:
    """Four versions of a tracked model, oldest first."""
    (repository.root / "mlversion.toml").write_text('track = ["*.bin"]\n')
    repository = Repository.open(repository.root)
    ids = []
    for number in range(4):
        (repository.root / "model.bin").write_bytes(bytes([number]) * 50_000)
        version = repository.checkpoint(message=f"message {number}").version
        assert version
        ids.append(version.id)
    return ids


class Said:
    """What the command line answers."""

    def __init__(self, root: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self._root, self._capsys = root, capsys

    def json(self, *words: str, code: int = 0):
        assert main([*words, "--json", "-C", str(self._root)]) == code
        return json.loads(self._capsys.readouterr().out)

    def text(self, *words: str) -> str:
        assert main([*words, "-C", str(self._root)]) == 0
        return self._capsys.readouterr().out


@pytest.fixture
def said(repository: Repository, capsys: pytest.CaptureFixture[str]) -> Said:
    return Said(repository.root, capsys)


def test_rename_note_label_star(said: Said, made: list[str]) -> None:
    (version,) = said.json("rename", made[1], "deeper trees")["versions"]
    assert (version["id"], version["message"], version["original_message"]) == (made[1], "deeper trees", "message 1")
    assert "made as: message 1" in said.text("rename", made[1][:8], "deeper trees")
    assert said.json("note", made[1], "one\ntwo")["versions"][0]["note"] == "one\ntwo"
    assert said.text("note", made[1]).splitlines()[1:] == ["one", "two"]
    assert said.json("label", made[1], "a", "b", "a")["versions"][0]["labels"] == ["a", "b"]
    assert said.json("label", "--remove", made[1], "a")["versions"][0]["labels"] == ["b"]
    assert said.text("label", "HEAD").endswith("has no labels.\n")
    assert [version["starred"] for version in said.json("star", *made[:2])["versions"]] == [True, True]
    assert said.text("star", "--remove", made[0]).startswith("☆")
    whole = said.text("show", made[1])
    for line in ("message   deeper trees", "made as   message 1", "starred   yes", "labels    b", "two"):
        assert line in whole
    log = said.text("log")
    assert "deeper trees" in log
    assert "★" in log
    assert said.json("rename", made[1], "")["versions"][0]["message"] == "message 1"
    assert said.text("note", "--remove", made[1]).endswith("has no note.\n")


def test_queries_see_what_is_said(repository: Repository, made: list[str]) -> None:
    repository.annotate([made[1]], message="Deeper", note="Überfits", add_labels=["x y"])

    def found(query: str) -> list[str]:
        return [version.id for version in repository.find(query).versions]

    assert found('message == "Deeper"') == found("note ~ überf") == found('label == "x y"') == [made[1]]
    assert found("überfits") == found("deeper") == [made[1]]
    assert found('"message 1"') == []
    assert found('note != "x"') == [made[1]]
    fresh = Repository.open(repository.root)
    (repository.folder / "index.sqlite").unlink()
    assert [version.message for version in fresh.log()] == ["message 3", "message 2", "Deeper", "message 0"]
    assert [version.id for version in fresh.find("note ~ überf").versions] == [made[1]]
    repository.annotate([made[1]], message="", note="")
    assert found("überfits") == []
    assert found('"message 1"') == [made[1]]


def test_what_cannot_be_said(repository: Repository, said: Said, made: list[str]) -> None:
    before = repository.log()
    for change in ({"message": HOSTILE}, {"note": "\x00"}, {"add_labels": [""]}, {"labels": ["a\nb"]},
                   {"message": "m" * 1001}, {"add_labels": [str(number) for number in range(51)]}):
        with pytest.raises(InvalidInput):
            repository.annotate([made[0]], **change)
    assert repository.log() == before
    assert said.json("rename", "HEAD", HOSTILE, code=1)["error"]["kind"] == "invalid-input"
    assert said.json("note", "--remove", "HEAD", "text", code=2)["error"]["kind"] == "usage-error"
    assert said.json("star", "nothing", code=1)["error"]["kind"] == "unknown-version"


def test_starred_versions_outlive_retention(repository: Repository, made: list[str]) -> None:
    repository.annotate(made[:1], starred=True)
    gone = repository.gc(Keep(last=1), dry_run=True).gone
    assert {item.version.id for item in gone} == set(made[1:3])


def test_tags(said: Said, made: list[str], repository: Repository) -> None:
    assert said.text("tag") == "There are no tags.\n"
    assert said.json("tag", "best", made[0]) == {"tags": {"best": made[0]}, "before": None}
    assert said.json("tag", "best", code=1)["error"]["kind"] == "moved"
    assert said.json("tag", "--move", "best") == {"tags": {"best": made[3]}, "before": made[0]}
    assert repository.resolve("best~1") == made[2]
    assert f"best {made[3][:8]}" in said.text("tag")
    assert said.text("tag", "--delete", "best") == (
        f"best is gone; it was {made[3][:8]}, and every version is still there.\n")
    for words in (("--delete",), ("--delete", "best", "HEAD"), ("a b",)):
        assert said.json("tag", *words, code=2)["error"]["kind"] == "usage-error"


def test_branches(said: Said, made: list[str], repository: Repository) -> None:
    assert said.text("branch") == f"* main {made[3][:8]}\n"
    begun = said.json("branch", "aside", made[1])
    assert begun == {"line": "workspace", "branch": "main", "branches": {"aside": made[1], "main": made[3]},
                     "before": None}
    assert "stands on here" in said.text("branch", "here")
    (repository.root / "model.bin").write_bytes(b"on here")
    version = repository.checkpoint().version
    assert version
    assert (version.branch, version.parents) == ("here", (made[3],))
    assert "here is there now. The notebook stands on there." in said.text("branch", "--rename", "there", "here")
    assert said.json("branch", "--delete", "there", code=1)["error"]["kind"] == "conflict"
    assert said.json("branch", "--delete", "aside")["before"] == made[1]
    assert said.json("branch", "--delete", "main")["before"] == made[3]
    assert {one.id for one in repository.log()} == {*made, version.id}
    for words in (("--delete",), ("--rename", "x"), ("--delete", "--rename", "x", "there")):
        assert said.json("branch", *words, code=2)["error"]["kind"] == "usage-error"


def test_deleting_says_first_what_it_frees(said: Said, made: list[str], repository: Repository) -> None:
    asked = said.json("delete", "--dry-run", *made[:2])
    assert not any(version["hidden"] for version in asked["versions"])
    assert asked["adds"] == asked["frees"] > 0
    assert {content["path"] for content in asked["contents"]} == {"model.bin"}
    assert "Would delete" in said.text("delete", "--dry-run", made[0])
    assert len(repository.log()) == 4
    done = said.json("delete", *made[:2])
    assert done["frees"] == repository.storage().frees == asked["frees"]
    again = said.json("delete", made[0])
    assert (again["adds"], again["contents"]) == (0, [])


def test_names_are_checked_as_git_does(repository: Repository, made: list[str]) -> None:
    for name in ("a b", "a..b", "HEAD", "x.lock", made[0]):
        with pytest.raises(UsageError):
            repository.tag(name)
        with pytest.raises(UsageError):
            repository.open_branch(name)


def test_the_index_reads_only_the_annotations_that_changed(
    repository: Repository, made: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    repository.annotate(made, labels=["all"])
    repository.log()
    read: list[str] = []
    parse = annotation._note
    monkeypatch.setattr(annotation, "_note", lambda id_, data: read.append(id_) or parse(id_, data))
    other = Repository(repository.root)
    other.annotate([made[1]], note="who says it tells the index")
    read.clear()
    assert repository.find("tells").total == 1
    assert read == []
    other.history.say([made[1]], note="of another process")
    read.clear()
    versions = {version.id: version for version in repository.log()}
    assert read == [made[1]]
    assert versions[made[1]].note == "of another process"
    assert {version.labels for version in versions.values()} == {("all",)}
    assert [version.id for version in repository.find("another").versions] == [made[1]]
    for id_ in made:
        other.annotate([id_], labels=[], note="")
    repository.log()
    assert repository.find("label:all").total == 0
    repository.history._git.run("update-ref", "-d", NOTES)
    assert [version.note for version in repository.log()] == [""] * 4
