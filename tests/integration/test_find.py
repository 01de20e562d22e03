"""Finding versions with real notebooks, files and a real history: in Python, on the command line."""

from __future__ import annotations

import json

import pytest

from jupyter_mlversion.cli import main
from jupyter_mlversion.errors import AmbiguousVersion, InvalidQuery, UsageError
from jupyter_mlversion.repository import Repository


@pytest.fixture
def repository(tmp_path):
    (tmp_path / "mlversion.toml").write_text('track = ["*.csv", "data/**"]\n')
    (tmp_path / "data").mkdir()
    (tmp_path / "a.csv").write_text("1\n")
    repository = Repository.init(tmp_path)
    repository.checkpoint(message="first")
    (tmp_path / "data" / "train.csv").write_text("2\n")
    repository.checkpoint(message="with training data")
    (tmp_path / "a.csv").unlink()
    (tmp_path / "data" / "train.csv").write_text("3\n")
    repository.checkpoint(message="Without A")
    return repository


def messages(found):
    return [version.message for version in found.versions]


@pytest.mark.parametrize(("query", "expected"), [
    ("", ["Without A", "with training data", "first"]),
    ("data/train.csv changed", ["Without A", "with training data"]),
    ("data/train.csv added", ["with training data"]),
    ("data/train.csv modified", ["Without A"]),
    ("a.csv removed or a.csv added", ["Without A", "first"]),
    ("*.csv added not data/*.csv added", ["first"]),
    ("without", ["Without A"]),
    ("files == 2", ["with training data"]),
    ("time > 1h and not without", ["with training data", "first"]),
    ("time < 1h", []),
    ("acc > 0.5", []),
])
def test_queries(repository, query, expected):
    found = repository.find(query)
    assert messages(found) == expected
    assert found.total == len(expected)


def test_changes_are_known_of_later_versions_too(repository):
    assert repository.find("a.csv changed").total == 2
    (repository.root / "a.csv").write_text("4\n")
    repository.checkpoint(message="back")
    assert messages(repository.find("a.csv changed"))[0] == "back"


def test_sorted_pages(repository):
    found = repository.find(sort="files", limit=2)
    assert messages(found) == ["with training data", "Without A"]
    assert found.total == 3
    assert messages(repository.find(sort="files", limit=2, offset=2)) == ["first"]
    assert repository.find(sort="x;drop").total == 3  # a metric that none has: newest first
    with pytest.raises(UsageError):
        repository.find(sort="metric.")


def test_what_is_deleted_is_not_found(repository):
    first = repository.find("first").versions[0]
    assert repository.find(f"id == {first.id}").total == 1


def test_the_command_line_filters_and_sorts(repository, capsys):
    assert main(["-C", str(repository.root), "log", "--json", "--where", "data/train.csv changed", "--sort", "time",
                 "--ascending"]) == 0
    listed = json.loads(capsys.readouterr().out)
    assert [version["message"] for version in listed] == ["with training data", "Without A"]


def test_a_wrong_query_is_told_with_its_place(repository, capsys):
    with pytest.raises(InvalidQuery):
        repository.find("acc >")
    assert main(["-C", str(repository.root), "log", "--json", "--where", "acc >"]) == 2
    error = json.loads(capsys.readouterr().out)["error"]
    assert (error["kind"], error["start"], error["end"]) == ("invalid-query", 4, 5)


def test_completion_knows_what_versions_have(repository):
    assert "branch" in repository.finder.complete("br", 2).options
    assert repository.finder.complete("branch == ", 10).options == ("main",)


def test_what_was_found_is_a_table_whose_texts_are_texts(repository):
    repository.history.say([repository.find("first").versions[0].id], message="<b>first</b> & <script>")
    shown = repository.find()._repr_html_()
    assert "&lt;b&gt;first&lt;/b&gt; &amp; &lt;script&gt;" in shown
    assert shown.count("<tr>") == 4
    assert "1 of 3 versions" in repository.find(limit=1)._repr_html_()
    assert repository.find("acc > 1")._repr_html_() == "<p>No version fits.</p>"


def test_a_list_knows_what_came_between_two_looks(repository):
    def listed(query=""):
        return len(repository.listings.of(query, line=None, safety=True).ids)

    assert (listed(), listed("a.csv changed")) == (3, 2)
    other = Repository.open(repository.root)
    (repository.root / "a.csv").write_text("4\n")
    other.checkpoint(message="of another process")  # its refs are seen before this index has learned of them
    assert (listed(), listed("a.csv changed")) == (4, 3)
    other.delete([other.resolve("HEAD")])
    assert listed() == 3


def test_lists_that_are_kept_are_as_those_that_are_made_anew(repository):
    asked = [(query, sort) for query in ("", "without", "label == kept", "tag == first", "a.csv changed")
             for sort in (None, "files", "message", "acc")]
    first, second = (version.id for version in repository.log()[:2])

    def is_right():
        for safety in (True, False):
            fresh = Repository(repository.root).listings
            for query, sort in asked:
                order = {"line": "workspace", "sort": sort, "descending": True, "safety": safety}
                assert list(repository.listings.order(query, **order)) == list(fresh.order(query, **order)), order
            order = {"line": "workspace", "sort": "files", "descending": False, "safety": safety}
            drawn = [listings.of("", **order) for listings in (repository.listings, fresh)]
            assert drawn[0].ids == drawn[1].ids == fresh.order("", **order)
            assert drawn[0].ranges == drawn[1].ranges
            drawn = [listings.of("", line="workspace", safety=safety) for listings in (repository.listings, fresh)]
            assert drawn[0].rows(0, 9) == drawn[1].rows(0, 9)
            assert drawn[0].ranges == drawn[1].ranges

    is_right()
    for change in (lambda: repository.annotate([first], message="a new name", labels=["kept"]),
                   lambda: repository.tag("first", second),
                   lambda: (repository.root / "a.csv").write_text("7\n") and repository.checkpoint(message="without"),
                   lambda: repository.tag("first", first, move=True),
                   lambda: repository.delete([second]),
                   lambda: repository.undelete([second]),
                   lambda: repository.untag("first")):
        change()
        is_right()


def test_the_index_is_told_which_files_a_version_changed_as_the_history_says(repository):
    folder, first, ids = repository.root, repository.log()[-1].id, []
    (folder / "data" / "ä b").mkdir()
    (folder / "data" / "ä b" / "c.csv").write_text("c\n")
    (folder / "data" / "train.csv").unlink()
    ids.append(repository.checkpoint(message="added and removed").version.id)
    (folder / "data" / "ä b" / "c.csv").chmod(0o755)
    (folder / "d.csv").symlink_to("data")
    ids.append(repository.checkpoint(message="mode and link").version.id)
    repository.restore(first)
    (folder / "a.csv").write_text("4\n")
    ids.append(repository.checkpoint(message="on a branch").version.id)
    assert repository.index.unknown_changes(ids) == []
    told = {id_: sorted(repository.index._ask(lambda connection, id_=id_: connection.execute(
        "SELECT path, change FROM changed JOIN facts USING (version) WHERE id = ? AND path != ''", (id_,)).fetchall()))
        for id_ in ids}
    assert told == {id_: sorted(changes) for id_, changes in repository.history.changes(ids).items()}
    assert all(told.values())


def test_the_beginning_of_an_id_is_looked_up(repository, monkeypatch):
    newest = repository.log()[0].id
    monkeypatch.setattr("jupyter_mlversion.history.resolve.reachable", lambda *_: [])
    assert repository.resolve(newest[:8].upper()) == newest
    monkeypatch.setattr(repository.index, "begun", lambda _: ["a" * 40, "b" * 40])
    with pytest.raises(AmbiguousVersion):
        repository.resolve("abcd")
