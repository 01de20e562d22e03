"""A query as a tree."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from jupyter_mlversion.query.fields import FIELDS
from jupyter_mlversion.query.literal import number_of, time_of
from jupyter_mlversion.query.tree import And, Changed, Comparison, Literal, Node, Not, Operator, Or, Text
from jupyter_mlversion.query.words import Kind, Word, unreadable, words_of

if TYPE_CHECKING:
    from jupyter_mlversion.errors import InvalidQuery

_CHANGES = {"changed": None, "added": "added", "modified": "modified", "removed": "removed"}
_DEEPEST = 50
_LONGEST = 2_000


def parse(query: str, *, now: datetime | None = None) -> Node:
    """The meaning of a query; an empty one fits everything.

    Parameters
    ----------
    now : the moment from which ages count; default: now. Times without a zone are those of its zone, else local ones.

    Raises
    ------
    InvalidQuery : it means nothing; the error tells the place.
    """
    if len(query) > _LONGEST:
        what = f"it has more than {_LONGEST} characters"
        raise unreadable(what, _LONGEST, len(query))
    return _Parser(words_of(query), now or datetime.now().astimezone()).whole()


class _Parser:
    """Recursive descent: ``or`` binds least, then ``and`` (which may be left out), then ``not``."""

    def __init__(self, words: list[Word], now: datetime) -> None:
        self._words = words
        self._now = now
        self._place = 0
        self._depth = 0

    def whole(self) -> Node:
        node = And(()) if self._next.kind is Kind.END else self._any()
        if self._next.kind is not Kind.END:
            raise _wrong(self._next, "a closing parenthesis has no opening one")
        return node

    @property
    def _next(self) -> Word:
        return self._words[self._place]

    def _take(self) -> Word:
        word = self._next
        self._place += word.kind is not Kind.END
        return word

    def _is(self, keyword: str) -> bool:
        return self._next.kind is Kind.WORD and self._next.text.lower() == keyword

    def _any(self) -> Node:
        nodes = [self._all()]
        while self._is("or"):
            self._take()
            nodes.append(self._all())
        return nodes[0] if len(nodes) == 1 else Or(tuple(nodes))

    def _all(self) -> Node:
        nodes = [self._one()]
        while self._is("and") or not (self._next.kind in (Kind.END, Kind.CLOSE) or self._is("or")):
            if self._is("and"):
                self._take()
            nodes.append(self._one())
        return nodes[0] if len(nodes) == 1 else And(tuple(nodes))

    def _one(self) -> Node:
        self._depth += 1
        if self._depth > _DEEPEST:
            raise _wrong(self._next, "this is nested too deeply")
        word = self._take()
        try:
            if word.kind is Kind.OPEN:
                return self._group(word)
            if word.kind is Kind.WORD and word.text.lower() == "not":
                return Not(self._one())
            return self._term(word)
        finally:
            self._depth -= 1

    def _group(self, opening: Word) -> Node:
        node = self._any()
        if self._take().kind is not Kind.CLOSE:
            raise _wrong(opening, "this parenthesis is not closed")
        return node

    def _term(self, word: Word) -> Node:
        if word.kind not in (Kind.WORD, Kind.QUOTED):
            raise _wrong(word, "a field or a text is expected here")
        if word.kind is Kind.WORD and word.text.lower() in ("and", "or"):
            raise _wrong(word, f"something is expected before {word.text!r}")
        if self._next.kind is Kind.OPERATOR:
            return self._comparison(word, self._take())
        if self._next.kind is Kind.WORD and self._next.text.lower() in _CHANGES:
            return Changed(word.text, _CHANGES[self._take().text.lower()])
        return Text(word.text)

    def _comparison(self, word: Word, sign: Word) -> Comparison:
        operator = Operator("==" if sign.text == "=" else sign.text)
        value = self._take()
        if value.kind not in (Kind.WORD, Kind.QUOTED):
            raise _wrong(value if value.kind is not Kind.END else sign, f"a value is expected after {sign.text!r}")
        kind, name = _name(word)
        return Comparison(kind, name, operator, self._literal(kind, name, operator, value))

    def _literal(self, kind: str, name: str, operator: Operator, value: Word) -> Literal:
        known = FIELDS[name].kind if kind == "field" else "any"
        number = number_of(value.text) if value.kind is Kind.WORD else None
        if operator is Operator.LIKE or known == "text":
            return value.text
        if known == "time":
            moment = time_of(value.text, self._now)
            if moment is None:
                hint = 'Write 2026-11-25, "2026-11-25 14:30", or an age: 2d.'
                raise _wrong(value, f"{value.text!r} is no time", hint)
            return moment
        if known == "number" and number is None:
            raise _wrong(value, f"{value.text!r} is no number")
        return value.text if number is None else number


def _name(word: Word) -> tuple[str, str]:
    """The kind and name of a field; quoted ones are always logged ones."""
    if word.kind is Kind.WORD:
        if word.text.lower() in FIELDS:
            return "field", word.text.lower()
        for kind in ("metric", "param"):
            if word.text.startswith(f"{kind}.") and len(word.text) > len(kind) + 1:
                return kind, word.text[len(kind) + 1:]
    return "value", word.text


def _wrong(word: Word, message: str, hint: str = "") -> InvalidQuery:
    return unreadable(message, word.start, max(word.end, word.start + 1), hint)
