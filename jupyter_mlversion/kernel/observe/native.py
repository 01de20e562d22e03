"""Thin hooks on readers and writers that open files in native code, where Python's audit events see nothing.

A hook is put on when its module is imported, or at once when it is imported already. It calls the original first, notes
the path, and keeps signature, name and documentation.
"""

from __future__ import annotations

import functools
import os
from collections.abc import Callable, Iterator
from contextlib import suppress
from types import ModuleType
from typing import Any

from jupyter_mlversion.kernel.observe.modules import Modules
from jupyter_mlversion.kernel.observe.readers import HOOKS, Hook
from jupyter_mlversion.kernel.observe.sightings import READ, WRITTEN

Note = Callable[[object, int], None]
_MOST_FILES = 20_000


class Native:
    """Hooks on native readers and writers.

    Parameters
    ----------
    note : told the path and how it is used.
    """

    def __init__(self, note: Note) -> None:
        self._note: Note | None = note
        self._modules = Modules(HOOKS, self._hook_up)

    def start(self) -> None:
        """Hook what is imported, and what will be."""
        self._modules.start()

    def stop(self) -> None:
        """Note nothing more; the hooks stay, idle."""
        self._note = None
        self._modules.stop()

    def _hook_up(self, module: ModuleType) -> None:
        for hook in HOOKS.get(module.__name__, ()):
            try:
                owner: Any = module
                *parents, name = hook.attribute.split(".")
                for parent in parents:
                    owner = getattr(owner, parent)
                original = owner.__dict__[name] if parents else getattr(owner, name)
                if not hasattr(original, "_mlversion_hook"):
                    setattr(owner, name, self._wrapped(original, hook))
            except (AttributeError, KeyError, TypeError):
                continue  # another release of the library; the file events still see its files

    def _wrapped(self, original: Callable[..., Any], hook: Hook) -> Callable[..., Any]:
        if isinstance(original, (staticmethod, classmethod)):
            return type(original)(self._wrapped(original.__func__, hook))

        @functools.wraps(original)
        def call(*args: Any, **kwargs: Any) -> Any:
            answer = original(*args, **kwargs)
            note = self._note
            if note is not None:
                with suppress(Exception):  # the user's call succeeded, whatever we make of its arguments
                    _tell(note, hook, args, kwargs)
            return answer

        call._mlversion_hook = hook  # type: ignore[attr-defined]  # noqa: SLF001 - our own mark
        return call


def _tell(note: Note, hook: Hook, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
    given = args[hook.position] if len(args) > hook.position else kwargs.get(hook.keyword)
    how = hook.how if hook.mode is None else _how(args, kwargs, *hook.mode)
    for path in given if isinstance(given, (list, tuple)) else (given,):
        if not isinstance(path, (str, bytes, os.PathLike)):
            return  # data, not paths
        for file in _files(path):
            note(file, how)


def _how(args: tuple[Any, ...], kwargs: dict[str, Any], position: int, keyword: str, default: str) -> int:
    mode = args[position] if len(args) > position else kwargs.get(keyword, default)
    if mode in {"w", "x", "w-"}:
        return WRITTEN
    return READ | WRITTEN if mode in {"a", "r+"} else READ


def _files(path: Any) -> Iterator[Any]:
    """`path`, or the files of the folder, or those that the pattern names."""
    if os.path.isdir(path):
        count = 0
        for base, _, names in os.walk(os.fsdecode(path)):
            for name in names:
                yield f"{base}/{name}"
                count += 1
                if count >= _MOST_FILES:
                    return
    elif isinstance(path, str) and "*" in path:
        import glob

        yield from glob.iglob(path, recursive=True)
    else:
        yield path
