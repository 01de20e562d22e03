"""What queries mean, and what is said of those that mean nothing."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from jupyter_mlversion.errors import InvalidQuery
from jupyter_mlversion.query import (
    And,
    Changed,
    Comparison,
    Not,
    Operator,
    Or,
    Text,
    changes_asked,
    complete,
    field_before,
    parse,
)

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
ACC = Comparison("value", "acc", Operator.ABOVE, 0.9)
MAIN = Comparison("field", "branch", Operator.EQUAL, "main")


@pytest.mark.parametrize(("query", "node"), [
    ("", And(())),
    ("acc > 0.9", ACC),
    ("acc>0.9", ACC),
    ('acc > 0.9 and branch == "main"', And((ACC, MAIN))),
    ("acc > 0.9 branch = main", And((ACC, MAIN))),
    ("acc > 0.9 or branch = main deeper", Or((ACC, And((MAIN, Text("deeper")))))),
    ("not acc > 0.9 branch = main", And((Not(ACC), MAIN))),
    ("not (acc > 0.9 OR branch = main)", Not(Or((ACC, MAIN)))),
    ("data/train.csv changed", Changed("data/train.csv", None)),
    ('"my data.csv" removed', Changed("my data.csv", "removed")),
    ('"val/loss" <= 1e-3', Comparison("value", "val/loss", Operator.AT_MOST, 1e-3)),
    ('"time" > 3', Comparison("value", "time", Operator.ABOVE, 3.0)),
    ("metric.time > 3", Comparison("metric", "time", Operator.ABOVE, 3.0)),
    ("param.model == forest", Comparison("param", "model", Operator.EQUAL, "forest")),
    ('model == "3"', Comparison("value", "model", Operator.EQUAL, "3")),
    ("shuffle == true", Comparison("value", "shuffle", Operator.EQUAL, 1.0)),
    ("optimizer ~ adam", Comparison("value", "optimizer", Operator.LIKE, "adam")),
    ("branch == 3", Comparison("field", "branch", Operator.EQUAL, "3")),
    ('"and"', Text("and")),
    (r'"a \"b\""', Text('a "b"')),
    ("time > 2d", Comparison("field", "time", Operator.ABOVE, NOW.timestamp() - 2 * 86400)),
    ("time >= 2026-11-25", Comparison("field", "time", Operator.AT_LEAST, NOW.timestamp() - 12 * 3600)),
    ('time < "2026-11-25 13:00"', Comparison("field", "time", Operator.BELOW, NOW.timestamp() + 3600)),
    ("time > yesterday", Comparison("field", "time", Operator.ABOVE, NOW.timestamp() - 36 * 3600)),
])
def test_meaning(query, node):
    assert parse(query, now=NOW) == node


@pytest.mark.parametrize(("query", "start", "end"), [
    ("acc >", 4, 5),
    ("acc > > 3", 6, 7),
    ("(acc > 3", 0, 1),
    ("acc > 3)", 7, 8),
    ("and acc", 0, 3),
    ("acc > 3 and", 11, 12),
    ('message == "open', 11, 12),
    ("files > many", 8, 12),
    ("files != nan", 9, 12),
    ("time > 2026-99-99", 7, 17),
    ("time > 999999w", 7, 14),
    ("a ! b", 2, 3),
    ("(" * 60 + "a", 50, 51),
    ("x" * 2001, 2000, 2001),
])
def test_what_means_nothing_is_told_with_its_place(query, start, end):
    with pytest.raises(InvalidQuery) as caught:
        parse(query, now=NOW)
    assert (caught.value.start, caught.value.end) == (start, end)
    assert caught.value.as_dict()["start"] == start


def test_whether_changes_are_asked():
    assert changes_asked(parse("a > 3 or not (b.csv changed)"))
    assert not changes_asked(parse("a > 3 or b.csv"))


@pytest.mark.parametrize(("query", "options"), [
    ("ac", ("acc",)),
    ("bra", ("branch",)),
    ("acc ", tuple(sign.value for sign in Operator)),
    ("branch == m", ("main",)),
    ("acc > 3 an", ("and",)),
    ("val", ('"val (loss)"',)),
    ("acc", ()),
])
def test_completions(query, options):
    found = complete(query, len(query), names=["acc", "val (loss)"], values=["main", "other"])
    assert found.options == options
    assert query[:found.start] + query[found.start:found.end] == query


def test_the_field_whose_value_is_written():
    assert field_before("acc > 3 and branch == ", 22) == "branch"
    assert field_before('"val/loss" <0', 13) == "val/loss"
    assert field_before("acc", 3) is None
