"""What the instructions of a pickle would build, as a description: no name is looked up, nothing is called.

For torch's files, whose pickle tells which bytes are which tensor. Instructions that are not understood end the
reading; nothing depends on what a pickle claims but the names, types and shapes that are shown.
"""

from __future__ import annotations

import pickletools
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

_MOST_INSTRUCTIONS = 4_000_000
_MARK = object()


@dataclass(eq=False)
class Name:
    """A class or function that the pickle names."""

    text: str


@dataclass(eq=False)
class Made:
    """What calling `function` would have made, with what was put into it since."""

    function: Any
    arguments: Any
    items: dict[Any, Any] = field(default_factory=dict)
    listed: list[Any] = field(default_factory=list)
    state: Any = None


@dataclass(eq=False)
class Elsewhere:
    """What lies outside of the pickle, under `key`."""

    key: Any


def described(data: bytes) -> Any:
    """What a pickle would make, of lists, tuples, dictionaries, texts, numbers, `Name`, `Made` and `Elsewhere`.

    Raises
    ------
    ValueError : it is no pickle, is too long, or has instructions that are not understood.
    """
    try:
        return _Machine().run(pickletools.genops(data))
    except (IndexError, KeyError, TypeError, AttributeError, RecursionError, UnicodeDecodeError) as error:
        message = f"the pickle cannot be followed: {type(error).__name__}"
        raise ValueError(message) from error


class _Machine:
    """A stack and a memo, as pickles need them."""

    def __init__(self) -> None:
        self._stack: list[Any] = []
        self._memo: dict[int, Any] = {}

    def run(self, instructions: Iterator[tuple[Any, Any, Any]]) -> Any:
        for number, (opcode, argument, _) in enumerate(instructions):
            if opcode.name == "STOP":
                return self._stack.pop()
            if number > _MOST_INSTRUCTIONS:
                break
            self._step(opcode.name, argument)
        raise ValueError("the pickle has no end")

    def _step(self, name: str, argument: Any) -> None:
        stack = self._stack
        if name in _CONSTANTS:
            stack.append(_CONSTANTS[name]())
        elif name in _LITERALS:
            stack.append(argument)
        elif name.endswith("PUT"):
            self._memo[int(argument)] = stack[-1]
        elif name == "MEMOIZE":
            self._memo[len(self._memo)] = stack[-1]
        elif name.endswith("GET"):
            stack.append(self._memo[int(argument)])
        elif name in _SKIPPED:
            return
        else:
            getattr(self, f"_{name.lower()}")(argument)  # an AttributeError for what is not understood

    def _to_mark(self) -> list[Any]:
        items: list[Any] = []
        while (top := self._stack.pop()) is not _MARK:
            items.append(top)
        return items[::-1]

    def _mark(self, _: Any) -> None:
        self._stack.append(_MARK)

    def _pop(self, _: Any) -> None:
        self._stack.pop()

    def _pop_mark(self, _: Any) -> None:
        self._to_mark()

    def _dup(self, _: Any) -> None:
        self._stack.append(self._stack[-1])

    def _global(self, argument: str) -> None:
        self._stack.append(Name(argument.replace(" ", ".")))

    def _stack_global(self, _: Any) -> None:
        name, module = self._stack.pop(), self._stack.pop()
        if not (isinstance(name, str) and isinstance(module, str)):  # spelling out what is nested could take forever
            raise TypeError
        self._stack.append(Name(f"{module}.{name}"))

    def _tuple(self, _: Any) -> None:
        self._stack.append(tuple(self._to_mark()))

    def _tuple1(self, _: Any) -> None:
        self._last(1)

    def _tuple2(self, _: Any) -> None:
        self._last(2)

    def _tuple3(self, _: Any) -> None:
        self._last(3)

    def _last(self, count: int) -> None:
        self._stack[-count:] = [tuple(self._stack[-count:])]

    def _list(self, _: Any) -> None:
        self._stack.append(self._to_mark())

    def _dict(self, _: Any) -> None:
        items = self._to_mark()
        self._stack.append({})
        self._put_all(items)

    def _append(self, _: Any) -> None:
        value = self._stack.pop()
        _list_of(self._stack[-1]).append(value)

    def _appends(self, _: Any) -> None:
        values = self._to_mark()
        _list_of(self._stack[-1]).extend(values)

    def _additems(self, _: Any) -> None:
        self._appends(None)

    def _frozenset(self, _: Any) -> None:
        self._stack.append(self._to_mark())

    def _setitem(self, _: Any) -> None:
        value, key = self._stack.pop(), self._stack.pop()
        self._put_all([key, value])

    def _setitems(self, _: Any) -> None:
        self._put_all(self._to_mark())

    def _put_all(self, items: list[Any]) -> None:
        target = self._stack[-1]
        into = target.items if isinstance(target, Made) else target
        for key, value in zip(items[::2], items[1::2], strict=True):
            into[key if isinstance(key, str | int | float | bytes | bool) else id(key)] = value

    def _reduce(self, _: Any) -> None:
        arguments, function = self._stack.pop(), self._stack.pop()
        self._stack.append(Made(function, arguments))

    def _newobj(self, _: Any) -> None:
        self._reduce(None)

    def _newobj_ex(self, _: Any) -> None:
        self._stack.pop()
        self._reduce(None)

    def _build(self, _: Any) -> None:
        state = self._stack.pop()
        if isinstance(self._stack[-1], Made):
            self._stack[-1].state = state

    def _binpersid(self, _: Any) -> None:
        self._stack.append(Elsewhere(self._stack.pop()))


def _list_of(target: Any) -> list[Any]:
    found: list[Any] = target.listed if isinstance(target, Made) else target
    return found


_CONSTANTS: dict[str, Any] = {
    "NONE": lambda: None, "NEWTRUE": lambda: True, "NEWFALSE": lambda: False, "EMPTY_DICT": dict, "EMPTY_LIST": list,
    "EMPTY_TUPLE": tuple, "EMPTY_SET": list,
}
_LITERALS = frozenset({
    "BININT", "BININT1", "BININT2", "INT", "LONG", "LONG1", "LONG4", "BINFLOAT", "FLOAT", "BINUNICODE",
    "SHORT_BINUNICODE", "BINUNICODE8", "UNICODE", "BINSTRING", "SHORT_BINSTRING", "STRING", "BINBYTES",
    "SHORT_BINBYTES", "BINBYTES8", "BYTEARRAY8",
})
_SKIPPED = frozenset({"PROTO", "FRAME"})
