"""Members of zip files: where those lie that are not compressed, and bounded looks into the others."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from typing import TYPE_CHECKING

from jupyter_mlversion.compare.inside.source import File, Window

if TYPE_CHECKING:
    from jupyter_mlversion.compare.inside.source import Source

_LOCAL = 30  # bytes of the header before a member, without its name and extra field
_MOST_MEMBERS = 100_000
_LARGEST_TABLE = 32 << 20
_TAIL = 1 << 16


def opened(source: Source) -> zipfile.ZipFile:
    """The archive that a source is.

    Raises
    ------
    ValueError, zipfile.BadZipFile : it is none, or its table of contents is too large to be read.
    """
    tail = bytes(source.read(max(0, source.size - _TAIL), _TAIL))
    end = tail.rfind(b"PK\x05\x06")
    size = int.from_bytes(tail[end + 12:end + 16], "little") if end >= 0 else 0
    if size > _LARGEST_TABLE and size != 0xFFFFFFFF:  # noqa: PLR2004 - then the other record holds it
        raise ValueError("the table of contents is too large")
    return zipfile.ZipFile(File(source))


def members(archive: zipfile.ZipFile, source: Source) -> Iterator[tuple[zipfile.ZipInfo, Window | None]]:
    """Each member with its bytes where they lie; None for one that is compressed.

    Raises
    ------
    ValueError : there are too many, or one has no header where it should.
    """
    listed = archive.infolist()
    if len(listed) > _MOST_MEMBERS:
        raise ValueError("too many members")
    for member in listed:
        if member.compress_type != zipfile.ZIP_STORED:
            yield member, None
            continue
        local = bytes(source.read(member.header_offset, _LOCAL))
        if not local.startswith(b"PK\x03\x04"):
            raise ValueError("a member without a header")
        name, extra = int.from_bytes(local[26:28], "little"), int.from_bytes(local[28:30], "little")
        yield member, Window(source, member.header_offset + _LOCAL + name + extra, member.file_size)


class Inflater:
    """Decodes members of an archive, and keeps the one that was asked for last."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._archive = archive
        self._last: tuple[str, int, bytes] = ("", 0, b"")

    def data(self, member: zipfile.ZipInfo, size: int) -> bytes:
        """The first `size` bytes of a member, decoded."""
        if self._last[:2] != (member.filename, size):
            with self._archive.open(member) as file:
                self._last = (member.filename, size, file.read(size))
        return self._last[2]


class Inflated:
    """A compressed member as a source, decoded when it is read.

    Parameters
    ----------
    most : bytes that are decoded at the most (default: as many as the archive says that it has).
    """

    def __init__(self, inflater: Inflater, member: zipfile.ZipInfo, most: int | None = None) -> None:
        self._inflater = inflater
        self._member = member
        self.size = member.file_size if most is None else min(most, member.file_size)

    def read(self, offset: int, length: int) -> memoryview:
        """Up to `length` bytes at `offset`."""
        return memoryview(self._inflater.data(self._member, self.size))[offset:offset + length]
