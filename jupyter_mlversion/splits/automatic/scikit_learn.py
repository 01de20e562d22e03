"""`train_test_split` and the splitter classes of scikit-learn."""

from __future__ import annotations

import functools
import sys
from collections.abc import Callable, Generator, Iterator
from contextlib import suppress
from types import ModuleType
from typing import TYPE_CHECKING, Any

from jupyter_mlversion.splits.automatic.caller import Caller, caller
from jupyter_mlversion.splits.automatic.recording import MOST_FOLDS, Seen, recording
from jupyter_mlversion.splits.fold import Fold

if TYPE_CHECKING:
    from jupyter_mlversion.domain.run import Value

_PUBLIC = "sklearn.model_selection"
_STRATEGIES = {
    "KFold": "k-fold", "RepeatedKFold": "k-fold", "StratifiedKFold": "stratified-k-fold",
    "RepeatedStratifiedKFold": "stratified-k-fold", "GroupKFold": "group-k-fold",
    "StratifiedGroupKFold": "stratified-group-k-fold", "LeaveOneGroupOut": "leave-one-group-out",
    "ShuffleSplit": "random", "StratifiedShuffleSplit": "stratified", "GroupShuffleSplit": "group",
    "PredefinedSplit": "predefined", "_CVIterableWrapper": "predefined",
}
"""What our own strategies call it; others keep the name of their class."""

_ONE_BY_ONE = {"ShuffleSplit", "StratifiedShuffleSplit", "GroupShuffleSplit"}
"""Splitters of which people take the first pair only, for one partition into two."""


def hook_up(module: ModuleType) -> None:
    """Have what `module` offers noted; a hook that is on stays as it is."""
    for kind in vars(module).values():
        split = vars(kind).get("split") if isinstance(kind, type) else None
        if callable(split) and kind.__module__ == module.__name__ and not hasattr(split, "_mlversion"):
            with suppress(AttributeError, TypeError):
                kind.split = _hooked_split(split)
    original = getattr(module, "train_test_split", None)
    if original is not None and not hasattr(original, "_mlversion"):
        hooked = _hooked_train_test_split(original)
        for home in (module, sys.modules.get(_PUBLIC)):
            if home is not None and getattr(home, "train_test_split", None) is original:
                home.train_test_split = hooked  # type: ignore[attr-defined]


def _hooked_train_test_split(original: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(original)
    def train_test_split(*arrays: Any, **options: Any) -> Any:
        noted = recording()
        who = caller(2) if noted.listens else None
        name = noted.wants("train_test_split", who) if who is not None and not who.through else None
        if name is None:
            with noted.quiet():
                return original(*arrays, **options)
        with noted.capturing() as rows:
            answer = original(*arrays, **options)
        with suppress(Exception):  # the user's call succeeded, whatever we make of it
            _note_two(name, arrays, options, rows, answer)
        return answer

    train_test_split._mlversion = True  # type: ignore[attr-defined]  # noqa: SLF001 - our own mark
    return train_test_split


def _note_two(name: str, arrays: Any, options: dict[str, Any], rows: list[Any], answer: Any) -> None:
    import numpy as np

    stratify = options.get("stratify")
    if not rows:  # not shuffled: the first rows, then the last
        count = _length(answer[0])
        rows = [(np.arange(count), np.arange(count, count + _length(answer[1])))]
    train, test = rows[0]
    strategy = "ordered" if options.get("shuffle") is False else "random" if stratify is None else "stratified"
    told: dict[str, Value] = {key: options[key] for key in ("test_size", "train_size") if _is_plain(options.get(key))}
    told["shuffle"] = strategy != "ordered"
    seed = _seed(options.get("random_state")) if told["shuffle"] else None
    target = stratify if stratify is not None else arrays[1] if len(arrays) > 1 else None
    recording().note(Seen(
        name, strategy, f"{_PUBLIC}.train_test_split", seed, told, [Fold({"train": train, "test": test})], 0, arrays[0],
        target))


def _hooked_split(original: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(original)
    def split(self: Any, *args: Any, **kwargs: Any) -> Any:
        noted = recording()
        if not noted.listens:
            return original(self, *args, **kwargs)
        captured = noted.capture
        who = caller(2) if captured is None else None
        base = "" if who is None else who.through or type(self).__name__
        given = dict(zip(("X", "y", "groups"), args, strict=False)) | kwargs
        name = None if who is None else noted.wants(base, who, given.get("X"))
        with noted.quiet():
            pairs = original(self, *args, **kwargs)
        if captured is not None:
            return _captured(pairs, captured)
        return _passed_on(pairs, self, given, who, name) if who is not None and name is not None else _silent(pairs)

    split._mlversion = True  # type: ignore[attr-defined]  # noqa: SLF001 - our own mark
    return split


def _silent(pairs: Any) -> Iterator[Any]:
    """The same pairs; what makes them is not noted."""
    rest = iter(pairs)
    while True:
        with recording().quiet():
            try:
                pair = next(rest)
            except StopIteration:
                return
        yield pair


def _captured(pairs: Any, rows: list[Any]) -> Iterator[Any]:
    for pair in _silent(pairs):
        rows.append(pair)
        yield pair


def _passed_on(pairs: Any, splitter: Any, given: dict[str, Any], who: Caller, name: str) -> Generator[Any, None, None]:
    """The same pairs; noted when the caller has taken all that it wants."""
    folds: list[Fold] = []
    count = 0
    try:
        for pair in _silent(pairs):
            count += 1
            if count <= MOST_FOLDS:
                with suppress(Exception):
                    folds.append(_fold(pair))
            yield pair
    finally:
        if folds:
            with suppress(Exception):
                _note_folds(splitter, given, who, name, folds, count)


def _fold(pair: Any) -> Fold:
    """A copy of the rows: the caller may change the arrays."""
    import numpy as np

    train, test = pair
    return Fold({"train": np.array(train, dtype=np.int64), "test": np.array(test, dtype=np.int64)})


def _note_folds(
    splitter: Any, given: dict[str, Any], who: Caller, name: str, folds: list[Fold], count: int
) -> None:
    kind = type(splitter).__name__
    settings = vars(splitter) | vars(splitter).get("cvargs", {})  # those that repeat another keep its settings apart
    told: dict[str, Value] = {
        key: value for key, value in settings.items() if _is_plain(value) and value is not None and key[0] != "_"
    }
    told.pop("random_state", None)
    if who.through:
        told["splitter"] = kind
    chance = settings.get("shuffle", "random_state" in settings)
    strategy = _STRATEGIES.get(kind, kind)
    if kind == "TimeSeriesSplit":
        strategy = "expanding" if settings.get("max_train_size") is None else "sliding"
    data = given.get("X")
    if not hasattr(data, "__len__") and not hasattr(data, "shape"):
        data = max(int(rows.max(initial=0)) for fold in folds for rows in fold) + 1
    origin = f"{_PUBLIC}.{who.through or kind}"
    recording().note(Seen(
        name, strategy, origin, _seed(settings.get("random_state")) if chance else None, told, folds,
        0 if count == 1 and kind in _ONE_BY_ONE else count, data, given.get("y"), given.get("groups")))


def _seed(given: Any) -> int | None:
    """The seed that was given; None for a generator, or for the library's own one."""
    try:
        return None if given is None else int(given.__index__())
    except (AttributeError, TypeError):
        return None


def _is_plain(value: Any) -> bool:
    return isinstance(value, (bool, int, float, str))


def _length(array: Any) -> int:
    return int(array.shape[0]) if hasattr(array, "shape") else len(array)
