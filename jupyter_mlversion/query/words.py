"""A query cut into words, each with its place."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from jupyter_mlversion.errors import InvalidQuery

_SPACE = re.compile(r"\s*")
_PATTERNS = re.compile(r"""
    (?P<quoted>"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')
  | (?P<open>\() | (?P<close>\))
  | (?P<operator>==|!=|>=|<=|=|>|<|~)
  | (?P<word>[^\s()"'=!<>~]+)
""", re.VERBOSE)


class Kind(StrEnum):
    """What a word is; the values are the names of the groups above."""

    QUOTED = "quoted"
    OPEN = "open"
    CLOSE = "close"
    OPERATOR = "operator"
    WORD = "word"
    END = "end"


@dataclass(frozen=True, slots=True)
class Word:
    """One word of a query.

    Parameters
    ----------
    text : without its quotes.
    start, end : where it stands, characters from 0.
    """

    kind: Kind
    text: str
    start: int
    end: int


def words_of(query: str) -> list[Word]:
    """The words of a query, and one of kind `Kind.END` after them.

    Raises
    ------
    InvalidQuery : a quote is not closed, or a character means nothing.
    """
    words, place = [], _skip(query, 0)
    while place < len(query):
        match = _PATTERNS.match(query, place)
        if match is None:
            what = "a quote is not closed" if query[place] in "\"'" else f"{query[place]!r} means nothing here"
            raise unreadable(what, place, place + 1)
        kind = Kind(match.lastgroup or "")
        text = re.sub(r"\\(.)", r"\1", match[0][1:-1]) if kind is Kind.QUOTED else match[0]
        words.append(Word(kind, text, place, match.end()))
        place = _skip(query, match.end())
    return [*words, Word(Kind.END, "", len(query), len(query))]


def unreadable(what: str, start: int, end: int, hint: str = "") -> InvalidQuery:
    """The error for the characters from `start` to `end` of a query."""
    return InvalidQuery(f"the query cannot be read at character {start + 1}: {what}", start=start, end=end, hint=hint)


def _skip(query: str, place: int) -> int:
    match = _SPACE.match(query, place)
    return match.end() if match else place
