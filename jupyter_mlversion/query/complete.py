"""What could stand at a place of a query, for the filter box."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from jupyter_mlversion.query.fields import FIELDS
from jupyter_mlversion.query.tree import Operator

_BEFORE = re.compile(r"""(?P<field>[^\s()"'=!<>~]+|"[^"]*")\s*(?P<sign>==|!=|>=|<=|=|>|<|~)\s*(?P<value>[^\s()"'=!<>~]*)$""")
_WORD = re.compile(r"""[^\s()"'=!<>~]*$""")
_AFTER_FIELD = re.compile(r"""(?P<field>[^\s()"'=!<>~]+)\s+$""")
_KEYWORDS = ("and", "not", "or")
_MOST = 50


@dataclass(frozen=True, slots=True)
class Completions:
    """What can replace the characters from `start` to `end` of the query."""

    start: int
    end: int
    options: tuple[str, ...]


def complete(query: str, place: int, *, names: Iterable[str], values: Iterable[str] = ()) -> Completions:
    """The words that fit at `place` (characters from 0).

    Parameters
    ----------
    names : of metrics and parameters.
    values : texts that the field before an operator has, known to the caller; see `field_before`.
    """
    head = query[:place]
    if _BEFORE.search(head):
        word = _word(head)
        return _fitting(word, place, sorted(set(values)))
    word = _word(head)
    before = _AFTER_FIELD.search(head)
    known = {*FIELDS, *names}
    if not word and before and before["field"] in known:
        return Completions(place, place, tuple(sign.value for sign in Operator))
    return _fitting(word, place, sorted(map(_written, known), key=str.casefold) + (list(_KEYWORDS) if head.strip() else []))


def field_before(query: str, place: int) -> str | None:
    """The field whose value is being written at `place`, or None."""
    match = _BEFORE.search(query[:place])
    return match["field"].strip('"') if match else None


def _word(head: str) -> str:
    match = _WORD.search(head)
    return match[0] if match else ""


def _fitting(word: str, place: int, options: list[str]) -> Completions:
    fitting = [option for option in options if option.casefold().lstrip('"').startswith(word.casefold()) and option != word]
    return Completions(place - len(word), place, tuple(fitting[:_MOST]))


def _written(name: str) -> str:
    """A name as the language spells it: quoted where it has characters that mean something."""
    plain = re.fullmatch(r"""[^\s()"'=!<>~]+""", name) and name.lower() not in _KEYWORDS
    return name if plain else '"{}"'.format(name.replace("\\", "\\\\").replace('"', '\\"'))
