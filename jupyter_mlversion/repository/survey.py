"""A look at the folders of the workspace: which of them are not as the head version of a line has them."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from blake3 import blake3

from jupyter_mlversion.capture import scan
from jupyter_mlversion.domain.artifact import Access, Artifact, State
from jupyter_mlversion.domain.listing import Listing, join_names
from jupyter_mlversion.index.looks import Folder, Looks

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping
    from pathlib import Path

    from jupyter_mlversion.capture.ignore import Ignore
    from jupyter_mlversion.domain.digest import Digest
    from jupyter_mlversion.domain.progress import Progress
    from jupyter_mlversion.repository.gathered import Folders


@dataclass(frozen=True, slots=True)
class Survey:
    """What a look at the folders told.

    Parameters
    ----------
    known : what was known of them before.
    listings : the folders that may have changed, and what is in them.
    looks : the hash of how each of those looked.
    same : those that did not change.
    at_ns : when the look began, nanoseconds since the epoch.
    """

    known: Looks = field(default_factory=Looks)
    listings: dict[str, Listing] = field(default_factory=dict)
    looks: dict[str, bytes] = field(default_factory=dict)
    same: dict[str, Folder] = field(default_factory=dict)
    at_ns: int = field(default_factory=time.time_ns)

    @property
    def folders(self) -> set[str]:
        """Those to look into: they may have changed, or are not to be seen any more."""
        return {*self.listings, *(folder for folder in self.known.folders if folder not in self.same)}

    def chosen(self, ignore: Ignore, *, tracked_only: bool) -> Iterator[str]:
        """The workspace paths of the files that belong to a version though nobody pointed at them."""
        for listing in self.listings.values():
            yield from map(listing.path, scan.chosen(listing, ignore, tracked_only=tracked_only))

    def certain(self, now: Folders, digests: Mapping[str, Mapping[str, Digest]]) -> dict[str, bytes]:
        """The hashes by which a later look can prove folders unchanged.

        Parameters
        ----------
        now : the artifacts that were captured.
        digests : folder → name → digest, of the files that the stat cache knows to be as they were listed.
        """
        return {folder: self.looks[folder] for folder, listing in self.listings.items() if not listing.hidden
                and all(_is_certain(artifact, digests.get(folder, {})) for artifact in now.get(folder, ()))}


def survey(root: Path, ignore: Ignore, rules: bytes, known: Looks, *, open_: Collection[str],
           progress: Progress) -> Survey:
    """Look at every folder that is not left out; no file is opened.

    Parameters
    ----------
    rules : whatever decides, besides the folders, what belongs to a version and how it is kept.
    open_ : folders that have to be looked into, whatever they look like.
    progress : told how many files were seen.
    """
    found, seen = Survey(known), 0
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


def _is_certain(artifact: Artifact, digests: Mapping[str, Digest]) -> bool:
    """Whether the artifact will be captured alike as long as its entry looks alike."""
    if artifact.is_symlink:  # what was seen through it may come and go
        return artifact.access == Access.TRACKED
    known = digests.get(artifact.path.rpartition("/")[2])
    return artifact.digest is not None and artifact.digest == known and artifact.state != State.UNSTABLE
