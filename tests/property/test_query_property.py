"""The index answers every query as its meaning does, for any versions and any query."""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta
from unittest import mock

from hypothesis import given, settings
from hypothesis import strategies as st

from jupyter_mlversion.domain.annotation import Annotation
from jupyter_mlversion.domain.version import Counts, Document, Trigger, Version
from jupyter_mlversion.errors import InvalidQuery
from jupyter_mlversion.history import Entry
from jupyter_mlversion.index import Index, search, versions
from jupyter_mlversion.query import (
    And,
    Changed,
    Comparison,
    Not,
    Operator,
    Or,
    Text,
    complete,
    field_before,
    matches,
    parse,
)

NAMES = st.sampled_from(["acc", "lr", "ä", "val/loss"])
WORDS = st.sampled_from(["", "adam", "Adam W", "Ä", "ä%", "a*[b]?", "x\ny"])
NUMBERS = st.one_of(st.sampled_from([0.0, 1.0, -1.5, 0.9, math.inf, math.nan]), st.floats())
BASE = datetime(2026, 11, 1, tzinfo=UTC)


@st.composite
def entries(draw):
    """Versions in a line of descent; each with a change of files."""
    found, parent = [], None
    for number in range(draw(st.integers(1, 6))):
        metrics = draw(st.dictionaries(NAMES, NUMBERS, max_size=3))
        params = draw(st.dictionaries(NAMES, st.one_of(WORDS, NUMBERS, st.booleans(), st.none()), max_size=3))
        version = Version(
            id=f"{number:040x}", short=f"{number:08x}", line="line", branch=draw(st.sampled_from(["main", "branch-2"])),
            parents=(parent,) if parent else (), message=draw(WORDS), author="Ada <a@b.c>",
            time=BASE + timedelta(seconds=draw(st.integers(0, 5))), notebook=draw(st.sampled_from([None, "a.ipynb"])),
            cell_id="", trigger=Trigger.CELL, document=Document.LIVE, metrics=metrics, params=params,
            counts=Counts(artifacts=draw(st.integers(0, 3))), bytes_new=draw(st.integers(0, 3)))
        changes = draw(st.dictionaries(st.sampled_from(["data/a.csv", "b.csv", "[x].csv"]),
                                       st.sampled_from(["added", "modified", "removed"]), max_size=2))
        found.append((Entry(version, f"key{number}", "same"), changes))
        parent = version.id
    return found


KNOWN = NUMBERS.filter(lambda number: not math.isnan(number))
LITERALS = st.one_of(KNOWN, WORDS)
COMPARISONS = st.one_of(
    st.builds(Comparison, st.sampled_from(["value", "metric", "param"]), NAMES,
              st.sampled_from([sign for sign in Operator if sign is not Operator.LIKE]), LITERALS),
    st.builds(Comparison, st.sampled_from(["value", "metric", "param"]), NAMES, st.just(Operator.LIKE), WORDS),
    st.builds(Comparison, st.just("field"), st.sampled_from(["branch", "message", "notebook", "tag", "label"]),
              st.sampled_from(list(Operator)), WORDS),
    st.builds(Comparison, st.just("field"), st.sampled_from(["files", "bytes", "time", "starred"]),
              st.sampled_from([sign for sign in Operator if sign is not Operator.LIKE]),
              st.one_of(st.sampled_from([0.0, 1.0, BASE.timestamp() + 2]), KNOWN)),
)
LEAVES = st.one_of(COMPARISONS, st.builds(Text, WORDS),
                   st.builds(Changed, st.sampled_from(["*", "*.csv", "data/?.csv", "[!b]*", "[[]x].csv", "b.csv"]),
                             st.sampled_from([None, "added", "modified", "removed"])))
NODES = st.recursive(LEAVES, lambda inner: st.one_of(
    st.builds(Not, inner), st.builds(And, st.lists(inner, max_size=3).map(tuple)),
    st.builds(Or, st.lists(inner, max_size=3).map(tuple))), max_leaves=6)


@settings(max_examples=60, deadline=None)
@given(made=entries(), nodes=st.lists(NODES, min_size=3, max_size=8))
def test_the_index_answers_as_the_meaning_does(made, nodes, tmp_path_factory):
    index = Index(tmp_path_factory.mktemp("index") / "index.sqlite")
    for entry, _ in made:
        index.add(entry)
    assert index.unknown_changes()
    index.fill_changes({entry.version.id: list(changes.items()) for entry, changes in made})
    assert not index.unknown_changes()
    for node in nodes:
        expected = {entry.version.id for entry, own in made if matches(node, entry.version, lambda own=own: own)}
        found, total = index.search(node)
        assert {version.id for version in found} == expected
        assert total == len(expected)
    index.close()


@settings(max_examples=30, deadline=None)
@given(made=entries(), name=NAMES, descending=st.booleans(), size=st.integers(1, 3))
def test_pages_in_any_order_make_up_the_whole(made, name, descending, size, tmp_path_factory):
    index = Index(tmp_path_factory.mktemp("index") / "index.sqlite")
    for entry, _ in made:
        index.add(entry)
    everything = parse("")
    whole, total = index.search(everything, sort=f"metric.{name}", descending=descending)
    pages = [index.search(everything, sort=f"metric.{name}", descending=descending, limit=size, offset=offset)
             for offset in range(0, total + size, size)]
    assert [version.id for page, _ in pages for version in page] == [version.id for version in whole]
    assert {number for _, number in pages} == {total}
    values = [version.metrics.get(name, math.nan) for version in whole]
    known = [value for value in values if not math.isnan(value)]
    assert known == sorted(known, reverse=descending)
    assert all(math.isnan(value) for value in values[len(known):])
    index.close()


@given(st.text(alphabet="ab ()\"'<>=!~.*0123456789 andornt\\", max_size=40))
def test_any_text_is_a_query_or_an_error_with_a_place(text):
    place = (0, 1)
    try:
        parse(text)
    except InvalidQuery as error:
        place = (error.start, error.end)
    assert 0 <= place[0] < place[1] <= len(text) + 1


def test_halves_of_characters_are_no_failure(tmp_path):
    index = Index(tmp_path / "index.sqlite")
    version = Version(id="0" * 40, short="0" * 8, line="line", branch="main", parents=(), message="m", author="a",
                      time=BASE, notebook="\ud800.ipynb", cell_id="", trigger=Trigger.CELL, document=Document.LIVE,
                      metrics={"\ud800": 1.0}, params={"p": "\ud800"})
    index.add(Entry(version, "key", "same"))
    for query in ('"\ud800" == 1', 'p ~ "\ud800"', '"\ud800"'):
        assert index.search(parse(query))[1] == 1


@settings(max_examples=30, deadline=None)
@given(made=entries(), node=NODES, name=NAMES, kind=st.sampled_from(["metric", "param"]), descending=st.booleans(),
       size=st.integers(1, 3))
def test_pages_of_what_fits_in_an_order_are_those_of_its_meaning(made, node, name, kind, descending, size,
                                                                 tmp_path_factory):
    """As plain sorting of what `matches` lets through: numbers, then texts, then those without; the newest first."""
    index = Index(tmp_path_factory.mktemp("index") / "index.sqlite")
    for entry, _ in made:
        index.add(entry)
    index.fill_changes({entry.version.id: list(changes.items()) for entry, changes in made})
    newest = [version.id for version in index.log()]
    fitting = [entry.version for entry, own in made if matches(node, entry.version, lambda own=own: own)]
    fitting.sort(key=lambda version: newest.index(version.id))

    def value(version):
        found = (version.metrics if kind == "metric" else version.params).get(name)
        return float(found) if isinstance(found, (bool, int, float)) else found

    def is_number(version):
        return isinstance(value(version), float) and not math.isnan(value(version))

    numbers = sorted(filter(is_number, fitting), key=value, reverse=descending)
    texts = sorted((version for version in fitting if isinstance(value(version), str)), key=value, reverse=descending)
    rest = [version for version in fitting if version not in numbers and version not in texts]
    pages = [index.search(node, sort=f"{kind}.{name}", descending=descending, limit=size, offset=offset)[0]
             for offset in range(0, len(fitting) + size, size)]
    assert [version.id for page in pages for version in page] == [v.id for v in (*numbers, *texts, *rest)]
    index.close()


SAID = st.builds(Annotation, st.lists(WORDS, max_size=2).map(tuple), st.booleans(), st.booleans(),
                 st.one_of(st.none(), WORDS), WORDS)


@settings(max_examples=60, deadline=None)
@given(made=entries(), nodes=st.lists(NODES, min_size=1, max_size=5), data=st.data())
def test_a_list_that_is_mended_is_the_list_made_anew(made, nodes, data, tmp_path_factory):
    """For any query and order, whatever happened to some versions: they came, went, or something is said of them."""
    index = Index(tmp_path_factory.mktemp("index") / "index.sqlite")
    known = data.draw(st.integers(0, len(made)))
    for entry, _ in made[:known]:
        index.add(entry)
    index.fill_changes({entry.version.id: list(changes.items()) for entry, changes in made[:known]})
    sorts = st.one_of(st.sampled_from([None, "time", "message", "files"]), NAMES.map("metric.{}".format),
                      NAMES.map("param.{}".format))
    orders = [{"line": data.draw(st.sampled_from([None, "line"])), "sort": data.draw(sorts),
               "descending": data.draw(st.booleans()), "safety": data.draw(st.booleans())} for _ in nodes]
    before = [index.ids(node, **order) for node, order in zip(nodes, orders, strict=True)]
    mark = index.mark()
    for entry, _ in made[known:]:
        index.add(entry)
    index.fill_changes({entry.version.id: list(changes.items()) for entry, changes in made[known:]})
    ids = [entry.version.id for entry, _ in made]
    said = data.draw(st.dictionaries(st.sampled_from(ids), SAID, max_size=3))
    gone = data.draw(st.lists(st.just(ids[-1]), max_size=1))
    tagged = data.draw(st.dictionaries(WORDS.map("refs/tags/{}".format), st.sampled_from(ids), max_size=2))

    def happen(connection):
        versions.keep_annotations(connection, said, whole=False)
        versions.drop(connection, gone)
        versions.replace_refs(connection, tagged)

    index._ask(happen, write=True)
    touched = index.news(mark)
    with mock.patch.object(search, "_COMPARED", data.draw(st.integers(1, 25))):
        for ids, node, order in zip(before, nodes, orders, strict=True):
            assert index.mended(ids, touched, node, **order) == index.ids(node, **order)
    index.close()


@given(text=st.text(alphabet="ab ()\"'<>=!~.*0123456789 andornt\\/ä😀", max_size=30), place=st.integers(0, 40),
       names=st.lists(st.text(max_size=6), max_size=4), values=st.lists(st.text(max_size=6), max_size=4))
def test_whatever_is_written_completes_to_something_that_can_be_put_there(text, place, names, values):
    found = complete(text, place, names=names, values=values)
    assert 0 <= found.start <= found.end <= max(place, len(text))
    assert len(set(found.options)) == len(found.options)
    field_before(text, place)
