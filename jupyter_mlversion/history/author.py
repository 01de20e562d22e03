"""Who makes a version."""

from __future__ import annotations

import getpass
from functools import lru_cache
from typing import TYPE_CHECKING

from jupyter_mlversion.history.git import Git

if TYPE_CHECKING:
    from pathlib import Path


@lru_cache(maxsize=32)
def author_at(folder: Path) -> str:
    """``Name <email>`` as the user told Git (for `folder`, or for everything), else the name of their account."""
    answer = Git.at(folder).ask("config", "--null", "--get-regexp", r"^user\.(name|email)$", timeout=10)
    pairs = (item.partition("\n") for item in answer.out.decode("utf-8", "replace").split("\0"))
    known = {key: value for key, _, value in pairs if value}
    name = known.get("user.name") or _account()
    return f"{name} <{known['user.email']}>" if "user.email" in known else name


def _account() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError):  # an account that the system does not know, as in some containers
        return "unknown"
