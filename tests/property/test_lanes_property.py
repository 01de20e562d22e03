"""What holds for the graph of any history."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from jupyter_mlversion.history.lanes import Ancestry, Kind, rows


@st.composite
def histories(draw):
    """Ids with their parents, children first."""
    size = draw(st.integers(0, 30))
    order = []
    for number in range(size):
        older = range(number + 1, size)
        chosen = draw(st.lists(st.sampled_from(older), max_size=3, unique=True)) if older else []
        order.append((f"v{number}", [f"v{parent}" for parent in chosen]))
    return order


def trunks(order):
    return st.sampled_from([None, *(id_ for id_, _ in order)])


@given(st.data())
def test_every_edge_goes_on_in_the_next_row_and_ends_at_the_parent(data):
    order = data.draw(histories())
    drawn = list(rows(order, trunk=data.draw(trunks(order))))
    ids = [id_ for id_, _ in order]
    for index, row in enumerate(drawn):
        above = drawn[index - 1] if index else None
        bottoms = set() if above is None else {to for _, to, kind in above.edges if kind is not Kind.CHILD}
        tops = {from_ for from_, _, kind in row.edges if kind is not Kind.PARENT}
        assert tops == bottoms
    for index, (_, parents) in enumerate(order):
        reached = {_end(drawn, index, to) for _, to, kind in drawn[index].edges if kind is Kind.PARENT}
        assert {ids[row] for row in reached} == set(parents)


@given(st.data())
def test_no_two_lines_share_a_lane_and_lanes_are_no_more_than_lines(data):
    order = data.draw(histories())
    trunk = data.draw(trunks(order))
    for row in rows(order, trunk=trunk):
        passing = [from_ for from_, _, kind in row.edges if kind is Kind.BY]
        coming = [from_ for from_, _, kind in row.edges if kind is Kind.CHILD]
        assert len({*passing, *coming}) == len(passing) + len(coming)
        assert row.lane not in passing
        assert all(to == row.lane for _, to, kind in row.edges if kind is Kind.CHILD)
    alive, most = {}, 0
    for id_, parents in order:  # lines that are alive below each version
        alive = {key: parent for key, parent in alive.items() if parent != id_}
        alive.update({(id_, parent): parent for parent in parents})
        most = max(most, len(alive), 1)
    lanes = [lane for row in rows(order, trunk=trunk) for edge in row.edges for lane in (row.lane, *edge[:2])]
    assert max(lanes, default=0) <= most + (trunk is not None)


@given(st.data())
def test_the_trunk_has_the_first_lane(data):
    order = data.draw(histories())
    trunk = data.draw(trunks(order))
    for (id_, _), row in zip(order, rows(order, trunk=trunk), strict=True):
        assert id_ != trunk or row.lane == 0


@given(st.data())
def test_what_is_not_shown_is_replaced_by_its_nearest_shown_ancestors(data):
    order = data.draw(histories())
    parents = dict(order)
    shown = set(data.draw(st.lists(st.sampled_from(list(parents)), unique=True))) if parents else set()

    def nearest(id_):
        return {found for parent in parents[id_] for found in ({parent} if parent in shown else nearest(parent))}

    ancestry = Ancestry(parents.__getitem__, frozenset(shown))
    for id_ in data.draw(st.permutations(list(parents))):
        found = ancestry.of(id_)
        assert set(found) == nearest(id_)
        assert len(set(found)) == len(found)


def test_a_straight_line_has_one_lane_and_a_branch_another():
    drawn = list(rows([("d", ["b"]), ("c", ["b"]), ("b", ["a"]), ("a", [])]))
    assert [row.lane for row in drawn] == [0, 1, 0, 0]
    assert drawn[1].edges == ((0, 0, Kind.BY), (1, 1, Kind.PARENT))
    assert drawn[2].edges == ((0, 0, Kind.CHILD), (1, 0, Kind.CHILD), (0, 0, Kind.PARENT))


def test_no_more_is_read_than_was_asked_for():
    def endless():
        number = 0
        while True:
            yield f"v{number}", [f"v{number + 1}"]
            number += 1

    drawn = rows(endless())
    assert [next(drawn).lane for _ in range(3)] == [0, 0, 0]


def _end(drawn, index, lane):
    """The row at which the line in a lane below a row ends."""
    while True:
        index += 1
        [kind] = [kind for from_, _, kind in drawn[index].edges if from_ == lane and kind is not Kind.PARENT]
        if kind is Kind.CHILD:
            return index
