"""Something is done with modules once they are imported, or at once with those that are."""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable, Collection, Sequence
from importlib.machinery import ModuleSpec
from types import ModuleType


class Modules:
    """Lets the other finders find a module, and tells when it is loaded.

    Parameters
    ----------
    names : of the modules.
    on_import : called with each once it is loaded.
    """

    def __init__(self, names: Collection[str], on_import: Callable[[ModuleType], None]) -> None:
        self._names = names
        self._on_import = on_import
        self._finding: set[str] = set()

    def start(self) -> None:
        """Tell of what is imported, and of what will be."""
        for name in self._names:
            module = sys.modules.get(name)
            if module is not None and not getattr(getattr(module, "__spec__", None), "_initializing", False):
                self._tell(module)
        sys.meta_path.insert(0, self)

    def stop(self) -> None:
        """Tell nothing more."""
        if self in sys.meta_path:
            sys.meta_path.remove(self)

    def find_spec(
        self, name: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """What the other finders find."""
        if name not in self._names or name in self._finding:  # another of our kind is asking
            return None
        self._finding.add(name)
        try:
            for finder in sys.meta_path:
                if finder is self or not hasattr(finder, "find_spec"):
                    continue
                spec = finder.find_spec(name, path, target)
                if spec is not None:
                    self._follow(spec)
                    return spec
            return None
        finally:
            self._finding.discard(name)

    def _follow(self, spec: ModuleSpec) -> None:
        loader = spec.loader
        execute = getattr(loader, "exec_module", None)
        if execute is None:
            return

        def exec_module(module: ModuleType) -> None:
            execute(module)
            self._tell(module)

        try:
            loader.exec_module = exec_module  # type: ignore[union-attr, method-assign]
        except AttributeError:
            return  # a loader without attributes of its own

    def _tell(self, module: ModuleType) -> None:
        try:
            self._on_import(module)
        except Exception:  # the import succeeded, whatever we make of it
            logging.getLogger(__name__).debug("%s was not hooked", module.__name__, exc_info=True)
