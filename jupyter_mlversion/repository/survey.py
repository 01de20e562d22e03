"""A look at the folders of the workspace: which of them are not as the head version of a line has them."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from blake3 import blake3

from jupyter_mlversion.capture import scan
from jupyter_mlversion.domain.artifact import Access, Artifact, Folders, State
from jupyter_mlversion.domain.listing import WIDTH, Listing, join_names
from jupyter_mlversion.index.looks import Folder, Looks

if TYPE_CHECKING:
    from collections.abc import Collection, Container, Iterable, Iterator
    from pathlib import Path

    from jupyter_mlversion.capture.ignore import Ignore
    from jupyter_mlversion.domain.digest import Digest
    from jupyter_mlversion.domain.progress import Progress


Digests = Mapping[str, Mapping[str, "Digest"]]
"""Folder → name → digest."""


@dataclass(frozen=True, slots=True)
class Survey:
    """What a look at the folders told.

    Parameters
    ----------
    known : what was known of them before.
    listings : the folders that may have changed, and what is in them.
    looks : the hash of how each of those looked.
    same : those that did not change.
    rules : hash of whatever decides, besides the folders, what belongs to a version and how it is kept.
    open_ : folders that have to be looked into, whatever they look like.
    at_ns : when the look began, nanoseconds since the epoch.
    """

    known: Looks = field(default_factory=Looks)
    listings: dict[str, Listing] = field(default_factory=dict)
    looks: dict[str, bytes] = field(default_factory=dict)
    same: dict[str, Folder] = field(default_factory=dict)
    rules: bytes = b""
    open_: Collection[str] = ()
    at_ns: int = field(default_factory=time.time_ns)

    @property
    def folders(self) -> set[str]:
        """Those to look into: they may have changed, or are not to be seen any more."""
        return {*self.listings, *(folder for folder in self.known.folders if folder not in self.same)}

    def chosen(self, ignore: Ignore, kept: Mapping[str, Container[str]], *, tracked_only: bool) -> Iterator[str]:
        """The workspace paths of the files that belong to a version though nobody pointed at them.

        Parameters
        ----------
        kept : folder → names that need not be told.
        """
        for folder, listing in self.listings.items():
            names = scan.chosen(listing, ignore, tracked_only=tracked_only, known=kept.get(folder, ()))
            yield from map(listing.path, names)

    def unchanged(self, before: Folders, digests: Digests) -> dict[str, dict[str, Artifact]]:
        """Folder → name → artifact, of those artifacts of the head version that would be captured alike.

        Parameters
        ----------
        before : the folders as the head version has them.
        digests : of the files that look as they did when they were read.
        """
        if not self.known.version or self.known.rules != self.rules:
            return {}
        return {folder: _unchanged(listing, before.get(folder, ()), digests.get(folder, {}))
                for folder, listing in self.listings.items() if folder not in self.open_ and not listing.culprit}

    def certain(self, now: Folders, digests: Digests) -> dict[str, bytes]:
        """The hashes by which a later look can prove folders unchanged.

        Parameters
        ----------
        now : the artifacts that were captured.
        digests : of the files that the stat cache knows to be as they were listed.
        """
        return {folder: self.looks[folder] for folder, listing in self.listings.items() if not listing.hidden
                and all(_is_certain(artifact, digests.get(folder, {})) for artifact in now.get(folder, ()))}


def survey(root: Path, ignore: Ignore, rules: bytes, known: Looks, *, open_: Collection[str],
           progress: Progress) -> Survey:
    """Look at every folder that is not left out; no file is opened.

    Parameters
    ----------
    rules, open_ : see `Survey`.
    progress : told how many files were seen.
    """
    found, seen = Survey(known, rules=rules, open_=open_), 0
    for listing in scan.listings(root, ignore):
        folder, look = listing.folder, _look(listing, rules)
        row = known.folders.get(folder)
        if row is not None and row.listing == look and folder not in open_:
            found.same[folder] = row
        else:
            found.listings[folder], found.looks[folder] = listing, look
        seen += len(listing.names)
        progress("looking at files", seen, 0)
    return found


def rules_of(*parts: object) -> bytes:
    """The hash of some rules."""
    return blake3(repr(parts).encode("utf-8", "surrogatepass")).digest()


def _look(listing: Listing, rules: bytes) -> bytes:
    head = rules + b"".join(b"%d\0%s\0" % (len(names), names) for names in _texts(listing))
    return blake3(head + listing.numbers.tobytes()).digest()


def _texts(listing: Listing) -> Iterable[bytes]:
    return join_names([listing.culprit]), join_names(listing.hidden), join_names(listing.names)


def _unchanged(listing: Listing, before: Iterable[Artifact], digests: Mapping[str, Digest]) -> dict[str, Artifact]:
    """Those artifacts of a folder whose files look as they did when just these artifacts were captured."""
    start = len(listing.folder) + 1 if listing.folder else 0
    pairs = zip(listing.numbers[1::WIDTH], listing.numbers[4::WIDTH], strict=True)
    times = dict(zip(listing.names, pairs, strict=True))
    named = ((artifact.path[start:], artifact) for artifact in before)
    return {name: artifact for name, artifact in named
            if artifact.digest is not None and digests.get(name) == artifact.digest
            and times[name] == (artifact.mtime_ns, artifact.mode) and artifact.state != State.UNSTABLE}


def _is_certain(artifact: Artifact, digests: Mapping[str, Digest]) -> bool:
    """Whether the artifact will be captured alike as long as its entry looks alike."""
    if artifact.is_symlink:  # what was seen through it may come and go
        return artifact.access == Access.TRACKED
    known = digests.get(artifact.path.rpartition("/")[2])
    return artifact.digest is not None and artifact.digest == known and artifact.state != State.UNSTABLE
