"""What could stand at a place of a query, for the filter box."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from jupyter_mlversion.query.fields import FIELDS
from jupyter_mlversion.query.tree import Operator

_PLAIN = r"""[^\s()"'=!<>~]"""
_VALUE = re.compile(rf"""(?P<field>{_PLAIN}+|"[^"]*")\s*(?:[=!<>]=|[=<>~])\s*{_PLAIN}*$""")
_AFTER_FIELD = re.compile(rf"(?P<field>{_PLAIN}+)\s+$")
_WORD = re.compile(rf"{_PLAIN}*$")
_KEYWORDS = ("and", "not", "or")
_CHANGES = ("changed", "added", "modified", "removed")
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
    match = _WORD.search(head)
    word = match[0] if match else ""
    if _VALUE.search(head):
        return _fitting(word, place, sorted(map(_written, set(values))))
    known = {*FIELDS, *names}
    before = _AFTER_FIELD.search(head)
    if not word and before and before["field"] in known:
        return Completions(place, place, tuple(sign.value for sign in Operator))
    if not word and before and re.search(r"[./*]", before["field"]):
        return Completions(place, place, (*_CHANGES, *_KEYWORDS))
    fields = sorted(map(_written, known), key=str.casefold)
    joined = bool(head.strip()) and not re.search(r"(^|[\s(])(and|or|not)\s*$|\($", head, re.IGNORECASE)
    return _fitting(word, place, [*_KEYWORDS, *fields] if joined else [*fields, "not"] if head.strip() else fields)


def field_before(query: str, place: int) -> str | None:
    """The field whose value is being written at `place`, or None."""
    match = _VALUE.search(query[:place])
    return match["field"].strip('"') if match else None


def _fitting(word: str, place: int, options: list[str]) -> Completions:
    begun = word.casefold()
    fitting = [option for option in options if option.casefold().lstrip('"').startswith(begun) and option != word]
    return Completions(place - len(word), place, tuple(fitting[:_MOST]))


def _written(name: str) -> str:
    """A name as the language spells it: quoted where it has characters that mean something."""
    if re.fullmatch(f"{_PLAIN}+", name) and name.lower() not in _KEYWORDS:
        return name
    escaped = name.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
