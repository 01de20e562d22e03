"""Which of the wanted paths are there, and where they really are."""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass
from typing import TYPE_CHECKING

from jupyter_mlversion.capture.ignore import never
from jupyter_mlversion.capture.tree import Place, Tree
from jupyter_mlversion.domain.artifact import Access

if TYPE_CHECKING:
    from collections.abc import Mapping

    from jupyter_mlversion.domain.listing import Listing, Status


@dataclass(frozen=True, slots=True)
class Found:
    """A path that exists; `stat` is None when even that may not be read."""

    place: Place
    access: Access
    stat: Status | None


def find(tree: Tree, wanted: Mapping[str, Access], listings: Mapping[str, Listing]) -> dict[str, Found]:
    """What of the paths `wanted` is there, by the path where it really is, and what links among it lead to.

    Parameters
    ----------
    listings : by folder, what was found in it just before; such files are not looked at once more.
    """
    found = _listed(wanted, listings)
    pending = [(tree.locate(path), access) for path, access in sorted(wanted.items())
               if path not in found and "\0" not in path]
    for path, item in found.items():
        if item.access != Access.TRACKED and item.stat and stat.S_ISLNK(item.stat.st_mode):
            pending.extend((target, item.access) for target in _followed(tree, Place(path)))
    while pending:
        place, access = pending.pop()
        pending.extend((Place(link), access) for link in place.links)
        known = found.get(place.path)
        if known is not None:
            access = known.access.joined(access)
            if access == known.access:
                continue
        seen = look(tree, place, access)
        if seen is None:
            continue
        found[place.path] = seen
        if seen.stat and stat.S_ISLNK(seen.stat.st_mode) and access != Access.TRACKED and not place.outside:
            pending.extend((target, access) for target in _followed(tree, place))
    return found


def _listed(wanted: Mapping[str, Access], listings: Mapping[str, Listing]) -> dict[str, Found]:
    """What of `wanted` was looked at already. No link led there, because a walk follows none."""
    found: dict[str, Found] = {}
    places: dict[str, dict[str, int]] = {}
    for path, access in wanted.items():
        folder, _, name = path.rpartition("/")
        listing = listings.get(folder)
        if listing is None or path[:1] == "/" or never(path):
            continue
        if folder not in places:
            places[folder] = {name: place for place, name in enumerate(listing.names)}
        place = places[folder].get(name)
        if place is not None:
            found[path] = Found(Place(path), access, listing.facts(place))
    return found


def look(tree: Tree, place: Place, access: Access) -> Found | None:
    """The stat of a place; None when it is gone or none of ours."""
    if not place.path or (not place.outside and never(place.path)):
        return None
    try:
        status = os.lstat(place.path) if place.outside else tree.stat(place.path)
    except PermissionError:
        return Found(place, access, None)
    except OSError:  # gone, or a folder on the way is none any more
        return None
    return None if stat.S_ISDIR(status.st_mode) else Found(place, access, status)


def _followed(tree: Tree, place: Place) -> list[Place]:
    """Where a link leads that was seen to be used; folders need no entry."""
    try:
        return [tree.linked(place)]
    except OSError:
        return []
