"""Stored bytes that are not what they were."""

from __future__ import annotations

from dataclasses import dataclass

from jupyter_mlversion.domain.digest import Digest


@dataclass(frozen=True, slots=True)
class Damage:
    """One finding of verify.

    Parameters
    ----------
    kind : ``chunk``, ``pack``, ``manifest``, ``missing`` or ``history``.
    digest : of the content concerned (the artifact's), or None when even that cannot be told.
    versions : full ids of the versions that need it.
    paths : the workspace paths under which they hold it.
    detail : what was found, in words.
    """

    kind: str
    digest: Digest | None
    versions: tuple[str, ...] = ()
    paths: tuple[str, ...] = ()
    detail: str = ""
