"""Containers of two files: one of them, the guide, says where the arrays in the other one lie."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from jupyter_mlversion.store.source import Source

SHARD = re.compile(r"(.+)\.data-([0-9]{5})-of-[0-9]{5}")
"""A data file of TensorFlow: the name of its index without the suffix, and which of the files it is."""

_GUIDE = (".onnx", ".index")
_WEIGHTS = re.compile(r"[^.]+|.+[._](data|bin|weights|raw)([._-]?[0-9]+)?")
_MOST = 4  # guides that are looked at


class Beside(NamedTuple):
    """What lies in the same folder as a content.

    Parameters
    ----------
    name : the content's own there.
    guides : the names of those files that may say what lies where in it; see `guides_of`.
    open : opens one of them; may raise whatever it likes.
    """

    name: str
    guides: tuple[str, ...]
    open: Callable[[str], AbstractContextManager[Source]]


def is_guide(name: str) -> bool:
    """Whether a file of that name may say what lies where in another one."""
    return name.endswith(_GUIDE)


def guides_of(name: str, guides: Iterable[str]) -> tuple[str, ...]:
    """Those of the `guides` in a folder that may tell of the file `name`; the likeliest ones first."""
    if shard := SHARD.fullmatch(name):
        return tuple({f"{shard[1]}.index"}.intersection(guides))
    if not _WEIGHTS.fullmatch(name):
        return ()
    models = [guide for guide in guides if guide.endswith(".onnx")]
    return tuple(sorted(models, key=lambda guide: (not name.startswith(guide.removesuffix(".onnx")), guide))[:_MOST])
