"""Thin hooks on readers and writers that open files in native code, where Python's audit events see nothing.

A hook is put on when its module is imported, or at once when it is imported already. It calls the original first, notes
the path, and keeps signature, name and documentation.
"""

from __future__ import annotations

import functools
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any

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
        self._finder = _Finder(self._hook_up)

    def start(self) -> None:
        """Hook what is imported, and what will be."""
        for name in HOOKS:
            module = sys.modules.get(name)
            if module is not None and not getattr(getattr(module, "__spec__", None), "_initializing", False):
                self._hook_up(module)
        sys.meta_path.insert(0, self._finder)

    def stop(self) -> None:
        """Note nothing more; the hooks stay, idle."""
        self._note = None
        if self._finder in sys.meta_path:
            sys.meta_path.remove(self._finder)

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


class _Finder:
    """Lets the other finders find a module, and has it hooked when it is loaded."""

    def __init__(self, hook_up: Callable[[ModuleType], None]) -> None:
        self._hook_up = hook_up

    def find_spec(
        self, name: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if name not in HOOKS:
            return None
        for finder in sys.meta_path:
            if finder is self or not hasattr(finder, "find_spec"):
                continue
            spec = finder.find_spec(name, path, target)
            if spec is not None:
                self._follow(spec)
                return spec
        return None

    def _follow(self, spec: ModuleSpec) -> None:
        loader = spec.loader
        execute = getattr(loader, "exec_module", None)
        if execute is None:
            return

        def exec_module(module: ModuleType) -> None:
            execute(module)
            self._hook_up(module)

        try:
            loader.exec_module = exec_module  # type: ignore[union-attr, method-assign]
        except AttributeError:
            return  # a loader without attributes of its own
