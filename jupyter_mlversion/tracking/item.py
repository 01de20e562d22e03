"""A figure, an image, a table, a text or a file on its way into a version."""

from __future__ import annotations

import mimetypes
import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from jupyter_mlversion.domain.progress import Progress, silent
from jupyter_mlversion.domain.run import Logged

if TYPE_CHECKING:
    from jupyter_mlversion.domain.digest import Digest

IMAGES = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp", "image/bmp"})
"""Media types of images that hold no script; SVG is not one of them."""

TABLE = "application/vnd.mlversion.table+json"
FIGURE = "application/vnd.plotly.v1+json"
TEXT = "text/plain"


class Stored(Protocol):
    """What storing answers."""

    @property
    def digest(self) -> Digest:
        """Identity of the stored bytes."""

    @property
    def size(self) -> int:
        """Their number."""


class Puts(Protocol):
    """What a run needs of a batch of the store."""

    def put_bytes(self, data: bytes) -> Stored:
        """Store `data`."""

    def put_file(self, fd: int, progress: Progress = silent) -> Stored:
        """Store an open file."""


@dataclass(slots=True, eq=False)
class Item:
    """What `Logged` describes, before it is stored.

    Parameters
    ----------
    name, kind, media, time, step : as in `Logged`.
    data : the bytes; None as soon as they are in a file or in the store.
    path : the file that holds them.
    stored : what a checkpoint made of it.
    """

    name: str
    kind: str
    media: str
    time: float
    step: int | None = None
    data: bytes | None = None
    path: Path | None = None
    stored: Logged | None = None
    written: bool = False

    def put(self, batch: Puts) -> Logged | None:
        """Store it, unless that was done; None when its file is gone."""
        if self.stored is not None and self.path is None and self.data is None:
            return self.stored
        try:
            content = self._put(batch)
        except FileNotFoundError:
            return self.stored
        self.stored = Logged(self.name, self.kind, self.media, content.digest, content.size, self.time, self.step)
        return self.stored

    def spool(self, folder: Path, number: int) -> None:
        """Move the bytes out of memory into a file of `folder`.

        Raises
        ------
        OSError : there is no room; they stay in memory.
        """
        data = self.data
        if data is None:
            return
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / f"{number}"
        path.write_bytes(data)
        self.path, self.data = path, None

    def forget(self) -> None:
        """It is in the store for good: its bytes elsewhere can go."""
        path = self.path
        if self.stored is not None:
            self.data = self.path = None
            if path is not None:
                path.unlink(missing_ok=True)

    def line(self) -> dict[str, Any]:
        """How the segment tells it."""
        return {"name": self.name, "kind": self.kind, "media": self.media, "time": self.time, "step": self.step,
                "file": None if self.path is None else str(self.path)}

    def _put(self, batch: Puts) -> Stored:
        data = self.data
        if data is not None:
            return batch.put_bytes(data)
        if self.path is None:
            raise FileNotFoundError
        fd = os.open(self.path, os.O_RDONLY | os.O_NOFOLLOW)
        try:
            return batch.put_file(fd, silent)
        finally:
            os.close(fd)


def item_of_file(name: str, path: Path, now: float) -> Item:
    """The file `path` under the name `name`; its ending says whether it can be shown."""
    media = mimetypes.guess_type(name)[0] or "application/octet-stream"
    kind = "image" if media in IMAGES else "text" if media == TEXT else "file"
    return Item(name, kind, media, now, path=path)
