"""The runs of many versions, read by one process."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyter_mlversion.codec import json
from jupyter_mlversion.codec.record import from_plain
from jupyter_mlversion.domain.run import Run
from jupyter_mlversion.history import commit, names
from jupyter_mlversion.history.reader import reading

if TYPE_CHECKING:
    from collections.abc import Sequence

    from jupyter_mlversion.history.git import Git


def runs_of(git: Git, ids: Sequence[str]) -> dict[str, tuple[Run, ...]]:
    """The runs of the versions with these full ids; those that are unknown are left out.

    Raises
    ------
    CorruptHistory : what is kept of them cannot be read.
    """
    wanted = [names.check_id(id_) for id_ in ids]
    with reading(git) as reader:
        items = list(reader.items([f"{id_}:runs.json" for id_ in wanted]))
    try:
        return {id_: from_plain(tuple[Run, ...], json.load(item.data))
                for id_, item in zip(wanted, items, strict=True) if item is not None}
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise commit.corrupt(wanted[0], error) from error
