"""A query for versions in SQL: the same answers as `query.matches`, from the tables of `facts`."""

from __future__ import annotations

from dataclasses import replace
from itertools import compress
from typing import TYPE_CHECKING, Any

from jupyter_mlversion.errors import UsageError
from jupyter_mlversion.history import TAGS
from jupyter_mlversion.index.facts import KEY, METRIC, PARAM, clean, names
from jupyter_mlversion.query import FIELDS, And, Changed, Comparison, Node, Not, Operator, Or, Text

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Collection, Sequence

Sql = tuple[str, list[Any]]
"""A condition and the values of its question marks; user text is only ever among the values."""

Order = tuple[str, list[tuple[str, bool]], list[Any]]
"""A join, the terms of an order, the larger first or not, and the values of the join's question marks."""

_COMPARED = 25
"""Versions among which a place is looked for at once: three times among 10,000."""

_COLUMNS = {"author", "branch", "bytes", "cell", "document", "files", "message", "note", "notebook", "seconds",
            "trigger"}
_LABELS = "annotations, json_each(record, '$.labels')"
_HIDDEN = "SELECT id FROM annotations WHERE hidden"
_STARRED = "json_extract(record, '$.starred')"
_TAGGED = "name GLOB 'refs/tags/*'"
_SPELLED = {"id": "facts.id", "time": "(time / 1000000.0)"}


def search(connection: sqlite3.Connection, node: Node, *, line: str | None, sort: str | None, descending: bool,
           limit: int | None, offset: int, safety: bool) -> tuple[list[str], int]:
    """The ids of the versions that fit, sorted; and how many fit in all. See `Index.search`."""
    condition, values = _asked(connection, node, line=line, safety=safety)
    join, terms, of_join = _order(sort, descending=descending)
    total = _count(connection, condition, values)
    size = total - offset if limit is None else min(limit, total - offset)
    if size <= 0:
        return [], total
    # The nearer end: SQLite keeps no more than it has to skip and give, and the last page costs what the first does.
    backwards = (start := total - offset - size) < offset
    order = ", ".join(f"{term} {'DESC' if down is not backwards else 'ASC'}" for term, down in terms)
    rows = connection.execute(
        f"SELECT facts.id FROM facts {join} WHERE {condition} ORDER BY {order} LIMIT ? OFFSET ?",
        (*of_join, *values, size, start if backwards else offset)).fetchall()
    ids = [row[0] for row in rows]
    return ids[::-1] if backwards else ids, total


def every(connection: sqlite3.Connection, node: Node, *, line: str | None, sort: str | None, descending: bool,
          safety: bool) -> list[str]:
    """The ids of all versions that fit, sorted. See `Index.search`."""
    condition, values = _asked(connection, node, line=line, safety=safety)
    join, terms, of_join = _order(sort, descending=descending)
    order = ", ".join(f"{term} {'DESC' if down else 'ASC'}" for term, down in terms)
    rows = connection.execute(f"SELECT facts.id FROM facts {join} WHERE {condition} ORDER BY {order}",
                              (*of_join, *values))
    return [id_ for (id_,) in rows]


def mended(connection: sqlite3.Connection, ids: Sequence[str], touched: Collection[str], node: Node, *,
           line: str | None, sort: str | None, descending: bool, safety: bool) -> list[str]:
    """What `every` answers now, where `ids` is what it answered before something happened to `touched`."""
    condition, values = _asked(connection, node, line=line, safety=safety, few=True)
    found = connection.execute(
        f"SELECT facts.id FROM facts WHERE facts.id IN ({_marks(touched)}) AND {condition}", (*touched, *values))
    order = _order(sort, descending=descending)
    places = list(compress(range(len(ids)), map(frozenset(touched).__contains__, ids)))
    guesses = {ids[place]: place - before for before, place in enumerate(places)}
    rest = list(ids)
    for place in reversed(places):
        del rest[place]
    for (id_,) in found.fetchall():
        rest.insert(_place(connection, rest, id_, order, guesses.get(id_, 0)), id_)
    return rest


def _place(connection: sqlite3.Connection, ids: Sequence[str], id_: str, order: Order, guess: int) -> int:
    """Where a version belongs among sorted ones: SQLite compares it with some of them, then with some between two.

    First with those about the `guess`: most versions stay where they were, or come first.
    """
    join, terms, of_join = order
    by = ", ".join(f"{term} {'DESC' if down else 'ASC'}" for term, down in terms)
    low, high = 0, len(ids)
    places = range(max(0, min(guess, high) - 1), min(guess + 1, high))
    while low < high:
        asked = [id_, *(ids[place] for place in places)]
        rows = connection.execute(
            f"SELECT facts.id FROM facts {join} WHERE facts.id IN ({_marks(asked)}) ORDER BY {by}", (*of_join, *asked))
        before = [found for (found,) in rows].index(id_)
        low, high = places[before - 1] + 1 if before else low, places[before] if before < len(places) else high
        places = range(low, high, (high - low) // _COMPARED + 1)
    return low


def _marks(values: Collection[str]) -> str:
    return ",".join("?" * len(values))


def count(connection: sqlite3.Connection, node: Node, *, line: str | None, safety: bool) -> int:
    """How many versions fit a query; see `Index.search`."""
    return _count(connection, *_asked(connection, node, line=line, safety=safety))


def _count(connection: sqlite3.Connection, condition: str, values: list[Any]) -> int:
    return int(connection.execute(f"SELECT count(*) FROM facts WHERE {condition}", values).fetchone()[0])


def _asked(connection: sqlite3.Connection, node: Node, *, line: str | None, safety: bool, few: bool = False) -> Sql:
    """The condition for the versions that fit a query, of one line or all; with `few`, quick where few are asked."""
    connection.create_function("folded", 1, _folded, deterministic=True)
    condition, values = _condition(_settled(node, frozenset(names(connection))), few)
    if line is not None:
        condition, values = f"({condition}) AND line = ?", [*values, line]
    if not safety:
        condition = f"({condition}) AND safety = 0"
    return f"({condition}) AND facts.id NOT IN ({_HIDDEN})", values


def _order(sort: str | None, *, descending: bool) -> Order:
    """A join, and the terms of the order, the larger first or not; versions without the value, and NaN, come last."""
    newest = [("time", True), ("generation", True), ("facts.id", True)]
    if sort is None:
        return "", newest, []
    if sort == "time":
        return "", [("time", descending), *newest[1:]], []
    if sort in _COLUMNS:
        return "", [(f"{sort} IS NULL", False), (sort, descending), *newest], []
    kind, _, name = sort.partition(".")
    if kind not in ("metric", "param") or not name:
        message = f"versions cannot be sorted by {sort!r}"
        raise UsageError(message, hint=f"Sort by metric.NAME, param.NAME, time or {', '.join(sorted(_COLUMNS))}.")
    terms = [("logged.number IS NULL AND logged.text IS NULL", False), ("logged.number IS NULL", False),
             ("logged.number", descending), ("logged.text", descending), *newest]
    join = f"LEFT JOIN logged ON logged.key = {KEY} AND logged.version = facts.version"
    return join, terms, [clean(name), METRIC if kind == "metric" else PARAM]


def _settled(node: Node, known: frozenset[tuple[str, int]]) -> Node:
    """The same query, which asks for a metric, or for a parameter, wherever a name is only ever one of both."""
    match node:
        case And(nodes) | Or(nodes):
            return replace(node, nodes=tuple(_settled(inner, known) for inner in nodes))
        case Not(inner):
            return Not(_settled(inner, known))
        case Comparison(kind="value"):
            kinds = [kind for kind, number in (("metric", METRIC), ("param", PARAM))
                     if (clean(node.name), number) in known]
            return replace(node, kind=kinds[0]) if len(kinds) == 1 else node
    return node


def _condition(node: Node, few: bool) -> Sql:
    match node:
        case And(nodes):
            return _joined(" AND ", nodes, "1", few)
        case Or(nodes):
            return _joined(" OR ", nodes, "0", few)
        case Not(inner):
            condition, values = _condition(inner, few)
            return f"NOT coalesce(({condition}), 0)", values
        case Changed(pattern, change):
            kinds = "" if change is None else " AND change = ?"
            glob = clean(pattern).replace("[!", "[^")
            asked = _among("version", "changed", f"path != '' AND path GLOB ?{kinds}", few)
            return asked, [glob] if change is None else [glob, change]
        case Text(words):
            return _text(words, few)
        case Comparison():
            return _field(node, few) if node.kind == "field" else _value(node, few)


def _among(column: str, tables: str, test: str, few: bool) -> str:
    """That a version is among those for which `tables` hold a row that passes `test`.

    Of few versions each is looked up; of many, SQLite finds all rows once.
    """
    table = tables.partition(",")[0]
    own = f" AND {table}.{column} = facts.{column}" if few else ""
    return f"facts.{column} IN (SELECT {table}.{column} FROM {tables} WHERE {test}{own})"


def _joined(word: str, nodes: tuple[Node, ...], empty: str, few: bool) -> Sql:
    parts = [_condition(node, few) for node in nodes]
    values = [value for _, given in parts for value in given]
    return word.join(f"({condition})" for condition, _ in parts) or empty, values


def _text(words: str, few: bool) -> Sql:
    folded = clean(words.casefold())
    tagged = _among("id", "refs", f"{_TAGGED} AND instr(folded(substr(name, {len(TAGS) + 1})), ?)", few)
    labelled = _among("id", _LABELS, "instr(folded(value), ?)", few)
    return f"instr(words, ?) OR {tagged} OR {labelled}", [folded, folded, folded]


def _field(node: Comparison, few: bool) -> Sql:
    if node.name == "tag":
        test, values = _test(node, f"substr(name, {len(TAGS) + 1})")
        return _among("id", "refs", f"{_TAGGED} AND {test}", few), values
    if node.name == "label":
        test, values = _test(node, "value")
        return _among("id", _LABELS, test, few), values
    starred = f"({_among('id', 'annotations', _STARRED, few)})"
    column = starred if node.name == "starred" else _SPELLED.get(node.name, node.name)
    if FIELDS[node.name].kind != "text" and node.operator is Operator.LIKE:
        return "0", []  # numbers and times are compared, not read
    return _test(node, column)


def _test(node: Comparison, column: str) -> Sql:
    if node.operator is Operator.LIKE:
        return f"instr(folded({column}), ?)", [clean(str(node.literal).casefold())]
    literal = node.literal if isinstance(node.literal, float) else clean(node.literal)
    return f"{column} {node.operator.value} ?", [literal]


def _value(node: Comparison, few: bool) -> Sql:
    """A metric or parameter; without a kind, the metric where a version has both."""
    test, values = _test(node, "number" if isinstance(node.literal, float) else "text")
    if node.operator is Operator.LIKE:
        test = "instr(folded, ?)"  # the column is folded already
    name = clean(node.name)
    one = _among("version", "logged", f"key = {KEY} AND {test}", few)
    metric: Sql = (one, [name, METRIC, *values])
    param: Sql = (one, [name, PARAM, *values])
    if node.kind != "value":
        return metric if node.kind == "metric" else param
    other = f"NOT {_among('version', 'logged', f'key = {KEY}', few)}"
    return f"{one} OR ({one} AND {other})", [*metric[1], *param[1], name, METRIC]


def _folded(text: Any) -> str | None:
    return None if text is None else str(text).casefold()
