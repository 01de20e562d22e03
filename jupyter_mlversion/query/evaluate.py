"""Whether one version fits a query: what the language means in its plainest form; the index says the same in SQL."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any

from jupyter_mlversion.query.fields import FIELDS
from jupyter_mlversion.query.tree import And, Changed, Comparison, Literal, Node, Not, Operator, Or, Text

if TYPE_CHECKING:
    from jupyter_mlversion.domain.version import Version

_COMPARE: dict[Operator, Callable[[Any, Any], bool]] = {
    Operator.EQUAL: operator.eq, Operator.UNEQUAL: operator.ne, Operator.ABOVE: operator.gt,
    Operator.AT_LEAST: operator.ge, Operator.BELOW: operator.lt, Operator.AT_MOST: operator.le,
}


def matches(node: Node, version: Version, changes: Callable[[], Mapping[str, str]] = dict) -> bool:
    """Whether `version` fits the query.

    Parameters
    ----------
    changes : answers workspace path → ``added``, ``modified`` or ``removed``; asked only where the query does.
    """
    match node:
        case And(nodes):
            return all(matches(inner, version, changes) for inner in nodes)
        case Or(nodes):
            return any(matches(inner, version, changes) for inner in nodes)
        case Not(inner):
            return not matches(inner, version, changes)
        case Changed(pattern, change):
            return any(fnmatchcase(path, pattern) and change in (None, kind) for path, kind in changes().items())
        case Text(words):
            return _has(version, words)
        case Comparison():
            return any(_fits(value, node.operator, node.literal) for value in _values(node, version))


def _values(comparison: Comparison, version: Version) -> tuple[Any, ...]:
    name = comparison.name
    if comparison.kind == "field":
        field = FIELDS[name]  # numbers and times are compared, not read
        return () if field.kind != "text" and comparison.operator is Operator.LIKE else field.of(version)
    if comparison.kind != "param" and name in version.metrics:
        return (version.metrics[name],)
    if comparison.kind != "metric" and name in version.params:
        return (version.params[name],)
    return ()


def _fits(value: Any, sign: Operator, literal: Literal) -> bool:
    if value is None:
        return False
    if sign is Operator.LIKE:
        return str(literal).casefold() in str(value).casefold()
    if isinstance(literal, float):
        return isinstance(value, (bool, int, float)) and value == value and _COMPARE[sign](float(value), literal)  # noqa: PLR0124  NaN
    return isinstance(value, str) and _COMPARE[sign](value, literal)


def _has(version: Version, words: str) -> bool:
    texts = (version.message, version.note, version.author, version.notebook or "", *version.tags, *version.labels,
             version.id)
    return any(words.casefold() in text.casefold() for text in texts)
