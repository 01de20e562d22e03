"""What a query means, as a tree."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

Literal = float | str
"""What a field is compared with: numbers and truth values as numbers, times as seconds since the epoch, else text."""


class Operator(StrEnum):
    """How a field is compared; ``~`` is true of a text that contains the other, in any case."""

    EQUAL = "=="
    UNEQUAL = "!="
    ABOVE = ">"
    AT_LEAST = ">="
    BELOW = "<"
    AT_MOST = "<="
    LIKE = "~"


@dataclass(frozen=True, slots=True)
class Comparison:
    """A field compared with a value; false where a version lacks the field.

    Parameters
    ----------
    kind : ``field`` for what every version has, ``metric``, ``param``, or ``value``: a metric, else a parameter.
    name : of the field, metric or parameter.
    """

    kind: str
    name: str
    operator: Operator
    literal: Literal


@dataclass(frozen=True, slots=True)
class Changed:
    """Files that the version added, modified or removed against its first parent.

    Parameters
    ----------
    pattern : a workspace path; ``*``, ``?`` and ``[…]`` as in a shell, and ``*`` also fits slashes.
    change : ``added``, ``modified``, ``removed``; None for any of them.
    """

    pattern: str
    change: str | None


@dataclass(frozen=True, slots=True)
class Text:
    """Words that stand in the message, author, notebook, a tag or a label, in any case."""

    words: str


@dataclass(frozen=True, slots=True)
class Not:
    """What the other does not fit."""

    node: Node


@dataclass(frozen=True, slots=True)
class And:
    """What fits all; without any, everything does."""

    nodes: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Or:
    """What fits at least one."""

    nodes: tuple[Node, ...]


Node = Comparison | Changed | Text | Not | And | Or


def changes_asked(node: Node) -> bool:
    """Whether the query asks which files a version changed."""
    match node:
        case Changed():
            return True
        case Not(inner):
            return changes_asked(inner)
        case And(nodes) | Or(nodes):
            return any(map(changes_asked, nodes))
        case _:
            return False
