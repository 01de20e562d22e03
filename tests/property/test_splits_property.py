"""What is stored of a split comes back; rows are found again by what they contain; differences add up."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jupyter_mlversion.compare.splits import changes, rows_between
from jupyter_mlversion.domain.plan import Change
from jupyter_mlversion.errors import Damage, UsageError
from jupyter_mlversion.splits import layout, split
from jupyter_mlversion.splits.codes import codes_of, decode
from jupyter_mlversion.splits.fold import Fold
from jupyter_mlversion.splits.rows import found_again
from jupyter_mlversion.splits.stored import on_data, partition_of
from jupyter_mlversion.store import digest_of_bytes


class Contents(dict):
    """A store in memory."""

    def put_bytes(self, data):
        digest = digest_of_bytes(data)
        self[digest] = data
        return type("Stored", (), {"digest": digest})

    def read(self, digest):
        return self[digest]


@st.composite
def foldings(draw):
    count = draw(st.integers(1, 300))
    sets = st.one_of(
        st.sets(st.integers(0, count - 1)).map(sorted),
        st.lists(st.integers(0, count - 1), max_size=20),  # in any order, and more than once
        st.tuples(st.integers(0, count), st.integers(0, count)).map(lambda ends: list(range(*sorted(ends)))),
        st.sets(st.integers(0, count - 1), max_size=5).map(lambda gone: [r for r in range(count) if r not in gone]),
    )
    parts = st.dictionaries(st.text(max_size=5), sets, min_size=1, max_size=3)
    inner = st.lists(st.builds(Fold, parts), max_size=2).map(tuple)
    return count, draw(st.lists(st.builds(Fold, parts, inner), max_size=3))


def plain(folds):
    return [([(name, np.asarray(rows).tolist()) for name, rows in fold.parts.items()], plain(fold.inner))
            for fold in folds]


@settings(deadline=None)
@given(foldings())
def test_layouts_come_back(case):
    count, folds = case
    data = layout.encode(folds, count)
    assert plain(layout.decode(data)) == plain(folds)
    assert layout.encode(layout.decode(data), count) == data


def test_layouts_are_small():
    rows = np.random.default_rng(0).permutation(1_000_000)
    train, test = np.sort(rows[:800_000]), np.sort(rows[800_000:])
    assert len(layout.encode([Fold({"train": train, "test": test})], 1_000_000)) < 260_000
    assert len(layout.encode([Fold({"train": np.arange(900_000), "test": np.arange(900_000, 1_000_000)})], 10**6)) < 200
    without_ten = np.delete(np.arange(1_000_000), np.arange(0, 1000, 100))
    assert len(layout.encode([Fold({"train": without_ten})], 1_000_000)) < 200


@pytest.mark.parametrize("data", [b"", b"{}\n", b"[]\n", b"\xff\n", b'{"rows":9,"folds":[],"sets":[["odd",0,0]]}\n',
                                  b'{"rows":9,"folds":[],"sets":[["list",3,4]]}\n1234',
                                  b'{"rows":9,"folds":[{"parts":[["a",5]],"inner":[]}],"sets":[]}\n'])
def test_what_is_no_layout_is_damage(data):
    with pytest.raises(Damage, match="layout"):
        layout.decode(data)
    with pytest.raises(Damage, match="classes"):
        decode(data)


@settings(deadline=None)
@given(st.lists(st.sampled_from([None, "a", "b", 1, "1", 1.0, True, float("nan"), "é", "\ud800"]), min_size=1))
def test_codes_come_back(values):
    known = codes_of(values, len(values), "target")
    again = decode(known.encode())
    assert again.names == known.names
    assert again.codes.tolist() == known.codes.tolist()
    missing = [row for row, value in enumerate(values) if value is None or value != value]  # noqa: PLR0124
    assert known.missing.tolist() == missing
    for row, text in enumerate(known.texts()):
        value = values[row]
        allowed = {str(value), str(float(value))} if type(value) is int else {str(value)}
        assert text in ({""} if row in missing else allowed)


@settings(deadline=None)
@given(st.lists(st.integers(0, 5)), st.lists(st.integers(0, 5)))
def test_rows_are_found_again(before, now):
    rows = found_again(np.array(before, dtype=np.uint64), np.array(now, dtype=np.uint64))
    kept = rows.where[rows.where >= 0]
    assert len(set(kept.tolist())) == len(kept)
    assert all(before[row] == now[there] for row, there in enumerate(rows.where) if there >= 0)
    for value in range(6):  # as many as can be found are
        found = sum(before[row] == value for row, there in enumerate(rows.where) if there >= 0)
        assert found == min(before.count(value), now.count(value))
    assert len(kept) + len(rows.new) == len(now)
    assert len(kept) + len(rows.gone) == len(before)
    assert set(rows.moved.tolist()) == {there for row, there in enumerate(rows.where) if there not in (-1, row)}


STRATEGIES = ["random", "stratified", "group", "time", "expanding", "sliding", "stratified-k-fold", "nested"]


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_a_stored_partition_is_the_same(strategy):
    data = np.random.default_rng(3).random((60, 2))
    made = split(data, target=[0, 1] * 30, groups=[row % 6 for row in range(60)], strategy=strategy, folds=3)
    store = Contents()
    record = made.seal(store)
    again = partition_of(record, store.read)
    assert plain(again.folds) == plain(made.folds)
    assert repr(again) == repr(made)
    assert again.labels == made.labels
    assert again.groups.texts() == made.groups.texts()
    assert (again.identities == made.identities).all()
    assert again.seal(Contents()) == replace(record, summary=None)  # that is made of the data
    assert set(dict(record.contents())) == set(store)


def test_a_record_of_before_has_its_rows_as_json():
    made = split(10, target=list("aabbaabbab"), seed=3)
    store = Contents()
    record = made.seal(store)
    old = type(record)(record.name, record.strategy, record.seed, record.parameters, record.source, "", record.parts)
    again = partition_of(old, store.read)
    assert plain(again.folds) == plain(made.folds)
    assert again.record.row_count == 10
    with pytest.raises(UsageError, match="were not stored"):
        partition_of(made.record, store.read)


@settings(deadline=None)
@given(st.permutations(range(20)), st.sets(st.integers(0, 19), max_size=8), st.integers(0, 5))
def test_a_partition_follows_its_rows_through_the_data(order, gone, added):
    data = [[row, row / 3] for row in range(20)]
    made = split(data, target=[row % 2 for row in range(20)], seed=1)
    now = [data[row] for row in order if row not in gone] + [[100 + row, 0] for row in range(added)]
    again = on_data(made, now)
    for name, rows in again.indices.items():
        assert [now[row][0] for row in rows] == [now[row][0] for row in sorted(rows)]
        assert {now[row][0] for row in rows} == {*made.indices[name].tolist()} - gone
    assert len(again.changes.new) == added
    assert {*again.changes.gone.tolist()} == gone
    assert again.classes.texts() == [str(row[0] % 2) if row[0] < 100 else "" for row in now]


def test_other_data_is_refused():
    made = split([[row, 1] for row in range(20)])
    with pytest.raises(UsageError, match="no row of the split"):
        on_data(made, [[row, 2] for row in range(20)])
    assert len(on_data(split(20), 25).changes.new) == 5


@settings(deadline=None)
@given(st.permutations(range(30)), st.sets(st.integers(0, 29), max_size=10), st.integers(0, 5), st.integers(0, 1))
def test_differences_of_two_splits_add_up(order, gone, added, seed):
    rows = [[row] for row in range(30)]
    before = split(rows, seed=0)
    now = [rows[row] for row in order if row not in gone] + [[100 + row] for row in range(added)]
    after = split(now, seed=seed)
    found = rows_between(before, after)
    part_before = {rows[row][0]: name for name, numbers in before.rows.items() for row in numbers}
    part_after = {now[row][0]: name for name, numbers in after.rows.items() for row in numbers}
    both = part_before.keys() & part_after.keys()
    moved = {value for value in both if part_before[value] != part_after[value]}
    assert {now[row][0] for row in found.moved} == moved
    assert [now[row][0] for row in found.moved] == [rows[row][0] for row in found.moved_before]
    assert found.kept == len(both) - len(moved)
    assert (len(found.added), len(found.gone)) == (added, len(gone))
    assert sum(sum(row.values()) for row in found.flows.values()) == len(both)
    for old, row in found.flows.items():
        for new, count in row.items():
            assert count == sum(part_before[value] == old and part_after[value] == new for value in both)


def test_differences_of_snapshots():
    store = Contents()
    data = np.arange(40).reshape(20, 2)
    one, other = split(data, seed=0), split(data, seed=1)
    folds = split(data, strategy="k-fold", folds=4, name="folds")
    more = split(data, strategy="k-fold", folds=4, name="folds", seed=2)
    a = [one.seal(store), folds.seal(store)]
    assert changes(a, a, store.read) == ()
    assert changes(a, [split(data, seed=0).seal(store), a[1]], store.read) == ()
    folded, plain_one = changes(a, [other.seal(store), more.seal(store)], store.read)
    assert (plain_one.name, plain_one.change, plain_one.settings) == ("split", Change.MODIFIED, {"seed": (0, 1)})
    assert plain_one.moved == plain_one.flows["train"]["test"] + plain_one.flows["test"]["train"] > 0
    assert folded.moved == sum(count for old, row in folded.flows.items() for new, count in row.items() if old != new)
    gone, = changes(a, a[:1], store.read)
    assert (gone.change, gone.rows, gone.gone) == (Change.REMOVED, (20, None), 20)
    new, = changes(a[:1], a, store.read)
    assert (new.change, new.rows, new.added) == (Change.ADDED, (None, 20), 20)
    by_number, = changes([split(20, seed=0).seal(store)], [split(20, seed=1).seal(store)], store.read)
    assert not by_number.by_content
    store.clear()  # damaged: what can be said is said
    unknown = changes(a, [other.seal(store), a[1]], lambda digest: layout.decode(b""))
    assert unknown[0].settings == {"seed": (0, 1)}
