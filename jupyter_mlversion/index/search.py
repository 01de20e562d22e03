"""A query for versions in SQL: the same answers as `query.matches`, from the tables of `facts`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from jupyter_mlversion.errors import UsageError
from jupyter_mlversion.history import TAGS
from jupyter_mlversion.index.facts import METRIC, PARAM, clean
from jupyter_mlversion.query import FIELDS, And, Changed, Comparison, Node, Not, Operator, Or, Text

if TYPE_CHECKING:
    import sqlite3

Sql = tuple[str, list[Any]]
"""A condition and the values of its question marks; user text is only ever among the values."""

_COLUMNS = {"author", "branch", "bytes", "cell", "document", "files", "message", "note", "notebook", "seconds",
            "trigger"}
_LABELS = "SELECT annotations.id FROM annotations, json_each(record, '$.labels') WHERE"
_HIDDEN = "SELECT id FROM annotations WHERE hidden"
_STARRED = "(facts.id IN (SELECT id FROM annotations WHERE json_extract(record, '$.starred')))"
_SPELLED = {"id": "facts.id", "starred": _STARRED, "time": "(time / 1000000.0)"}


def search(connection: sqlite3.Connection, node: Node, *, line: str | None, sort: str | None, descending: bool,
           limit: int | None, offset: int, safety: bool) -> tuple[list[str], int]:
    """The ids of the versions that fit, sorted; and how many fit in all. See `Index.search`."""
    connection.create_function("folded", 1, _folded, deterministic=True)
    condition, values = _condition(node)
    if line is not None:
        condition, values = f"({condition}) AND line = ?", [*values, line]
    if not safety:
        condition = f"({condition}) AND safety = 0"
    condition = f"({condition}) AND facts.id NOT IN ({_HIDDEN})"
    newest = "time DESC, generation DESC, facts.id DESC"
    join, order, of_join = _order(sort, descending=descending)
    rows = connection.execute(
        f"SELECT facts.id, count(*) OVER () FROM facts {join} WHERE {condition}"
        f" ORDER BY {order}{newest} LIMIT ? OFFSET ?",
        (*of_join, *values, -1 if limit is None else limit, offset)).fetchall()
    if not rows and offset:
        counted = connection.execute(f"SELECT count(*) FROM facts WHERE {condition}", values).fetchone()
        return [], int(counted[0])
    return [row[0] for row in rows], rows[0][1] if rows else 0


def _order(sort: str | None, *, descending: bool) -> tuple[str, str, list[Any]]:
    """A join and the terms before the order by time; versions without the value, and NaN, come last."""
    if sort is None:
        return "", "", []
    way = "DESC" if descending else "ASC"
    if sort == "time":
        return "", f"time {way}, ", []
    if sort in _COLUMNS:
        return "", f"{sort} IS NULL, {sort} {way}, ", []
    kind, _, name = sort.partition(".")
    if kind not in ("metric", "param") or not name:
        message = f"versions cannot be sorted by {sort!r}"
        raise UsageError(message, hint=f"Sort by metric.NAME, param.NAME, time or {', '.join(sorted(_COLUMNS))}.")
    join = "LEFT JOIN logged ON logged.name = ? AND logged.kind = ? AND logged.id = facts.id"
    order = (f"logged.number IS NULL AND logged.text IS NULL, logged.number IS NULL, logged.number {way},"
             f" logged.text {way}, ")
    return join, order, [clean(name), METRIC if kind == "metric" else PARAM]


def _condition(node: Node) -> Sql:
    match node:
        case And(nodes):
            return _joined(" AND ", nodes, "1")
        case Or(nodes):
            return _joined(" OR ", nodes, "0")
        case Not(inner):
            condition, values = _condition(inner)
            return f"NOT coalesce(({condition}), 0)", values
        case Changed(pattern, change):
            kinds = "" if change is None else " AND change = ?"
            inside = f"SELECT id FROM changed WHERE path != '' AND path GLOB ?{kinds}"
            glob = clean(pattern).replace("[!", "[^")
            return f"facts.id IN ({inside})", [glob] if change is None else [glob, change]
        case Text(words):
            return _text(words)
        case Comparison():
            return _field(node) if node.kind == "field" else _value(node)


def _joined(word: str, nodes: tuple[Node, ...], empty: str) -> Sql:
    parts = [_condition(node) for node in nodes]
    values = [value for _, given in parts for value in given]
    return word.join(f"coalesce(({condition}), 0)" for condition, _ in parts) or empty, values


def _text(words: str) -> Sql:
    folded = clean(words.casefold())
    tagged = f"SELECT id FROM refs WHERE name GLOB 'refs/tags/*' AND instr(folded(substr(name, {len(TAGS) + 1})), ?)"
    labelled = f"{_LABELS} instr(folded(value), ?)"
    return f"instr(words, ?) OR facts.id IN ({tagged}) OR facts.id IN ({labelled})", [folded, folded, folded]


def _field(node: Comparison) -> Sql:
    if node.name == "tag":
        test, values = _test(node, f"substr(name, {len(TAGS) + 1})")
        return f"facts.id IN (SELECT id FROM refs WHERE name GLOB 'refs/tags/*' AND {test})", values
    if node.name == "label":
        test, values = _test(node, "value")
        return f"facts.id IN ({_LABELS} {test})", values
    column = _SPELLED.get(node.name, node.name)
    if FIELDS[node.name].kind != "text" and node.operator is Operator.LIKE:
        return "0", []  # numbers and times are compared, not read
    return _test(node, column)


def _test(node: Comparison, column: str) -> Sql:
    if node.operator is Operator.LIKE:
        return f"instr(folded({column}), ?)", [clean(str(node.literal).casefold())]
    literal = node.literal if isinstance(node.literal, float) else clean(node.literal)
    return f"{column} {node.operator.value} ?", [literal]


def _value(node: Comparison) -> Sql:
    """A metric or parameter; without a kind, the metric where a version has both."""
    read = "folded" if node.operator is Operator.LIKE else "number" if isinstance(node.literal, float) else "text"
    test, values = _test(node, read)
    name = clean(node.name)
    one = f"facts.id IN (SELECT id FROM logged WHERE name = ? AND kind = ? AND {test})"
    metric: Sql = (one, [name, METRIC, *values])
    param: Sql = (one, [name, PARAM, *values])
    if node.kind != "value":
        return metric if node.kind == "metric" else param
    other = "facts.id NOT IN (SELECT id FROM logged WHERE name = ? AND kind = ?)"
    return f"{one} OR ({one} AND {other})", [*metric[1], *param[1], name, METRIC]


def _folded(text: Any) -> str | None:
    return None if text is None else str(text).casefold()
