from __future__ import annotations

from dataclasses import dataclass

import pytest

from jupyter_mlversion.store import layout, version1
from jupyter_mlversion.store.layout import Chunk, Footer, Frame, Manifest, Part

ONE, TWO, THREE = (bytes([number]) * 32 for number in (1, 2, 3))
FOOTER = Footer(
    (Frame(TWO, 16, 5, 16, 1), Frame(ONE, 21, 7, 7, 3, TWO + ONE)),
    (Chunk(ONE, 0, 0, 9), Chunk(TWO, 0, 9, 7), Chunk(THREE, 1, 0, 7)),
    (Manifest.of(THREE, [Part(ONE, 9), Part(TWO, 7), Part(ONE, 9)]), Manifest.of(ONE, [])),
)


def number(value: int, size: int = 8) -> bytes:
    return value.to_bytes(size, "little")


def test_a_footer_comes_back() -> None:
    data = layout.dump_footer(FOOTER)
    assert layout.load_footer(data) == FOOTER
    size = layout.footer_size(frames=2, chunks=3, bases=2, manifests=2, parts=3)
    assert len(data) + layout.TRAILER_SIZE == size
    assert [manifest.size for manifest in FOOTER.manifests] == [25, 0]
    assert [manifest.written for manifest in FOOTER.manifests] == [48 + 120, 48]
    assert [*FOOTER.manifests[0].each_part()] == [Part(ONE, 9), Part(TWO, 7), Part(ONE, 9)]
    assert FOOTER.manifests[0].part_count == 3
    assert [*FOOTER.frames[1].each_base()] == [TWO, ONE]


def test_a_footer_of_any_other_length_is_refused() -> None:
    data = layout.dump_footer(FOOTER)
    for length in range(len(data)):
        with pytest.raises(ValueError, match=r"footer|manifest"):
            layout.load_footer(data[:length])
    with pytest.raises(ValueError, match="longer than its lists"):
        layout.load_footer(data + b"\0")


@pytest.mark.parametrize("chunk", [Chunk(ONE, 2, 0, 1), Chunk(ONE, 0, 9, 8), Chunk(ONE, 0, 3, 0)])
def test_a_chunk_outside_its_frame_is_refused(chunk: Chunk) -> None:
    with pytest.raises(ValueError, match="does not lie in its frame"):
        layout.load_footer(layout.dump_footer(FOOTER._replace(chunks=(chunk,))))


def test_bases_that_belong_to_no_frame_are_refused() -> None:
    data = layout.dump_footer(FOOTER._replace(manifests=()))
    data = data[:16] + number(3) + data[24:] + ONE
    with pytest.raises(ValueError, match="as many bases"):
        layout.load_footer(data)


def test_a_manifest_that_does_not_add_up_is_refused() -> None:
    wrong = FOOTER.manifests[0]._replace(size=26)
    with pytest.raises(ValueError, match="not as long"):
        layout.load_footer(layout.dump_footer(Footer((), (), (wrong,))))


def test_the_trailer_comes_back() -> None:
    data = layout.dump_trailer(1234, ONE)
    assert layout.load_trailer(data) == (1234, ONE)
    for wrong in (data[1:], data[:-1] + b"x", b""):
        with pytest.raises(ValueError, match="no trailer"):
            layout.load_trailer(wrong)


def test_the_bytes_of_the_format_are_the_documented_ones() -> None:
    assert b"\x93MLVPACK" + bytes([2, 0, 0, 0, 0, 0, 0, 0]) == layout.HEADER
    assert layout.dump_trailer(3, TWO) == bytes([3, 0, 0, 0, 0, 0, 0, 0]) + TWO + b"\x93MLVPACK"
    frame = ONE + number(21) + number(7) + number(7) + number(3, 4) + number(2, 4)
    chunk = THREE + number(0) + number(0) + number(7)
    manifest = THREE + number(9) + number(1) + ONE + number(9)
    footer = Footer(FOOTER.frames[1:], (FOOTER.chunks[2]._replace(frame=0),), (Manifest.of(THREE, [Part(ONE, 9)]),))
    counts = number(1) + number(1) + number(2) + number(1)
    assert layout.dump_footer(footer) == counts + frame + chunk + TWO + ONE + manifest


def test_what_is_no_header_is_told() -> None:
    assert layout.load_header(layout.HEADER) == 2
    assert layout.load_header(layout.HEADER[:8] + bytes([7]) + layout.HEADER[9:]) == 7
    header = layout.HEADER
    for wrong, what in ((b"PK", "begin as a pack"), (header[:12], "short"), (header[:15] + b"x", "changed")):
        with pytest.raises(ValueError, match=what):
            layout.load_header(wrong)


@dataclass
class Former:
    """A footer of version 1, as it was written."""

    chunks: tuple[tuple[bytes, bytes, int, int, int, int], ...]
    manifests: tuple[Manifest, ...] = ()

    def dump(self) -> bytes:
        data = number(len(self.chunks)) + number(len(self.manifests))
        for chunk, seal, *numbers, encoding in self.chunks:
            data += chunk + seal + b"".join(map(number, numbers)) + number(encoding, 4)
        for manifest in self.manifests:
            data += manifest.hash + number(manifest.size) + number(manifest.part_count) + manifest.parts
        return data


def test_a_footer_of_version_1_is_read() -> None:
    former = Former(((ONE, TWO, 16, 5, 9, 1), (TWO, TWO, 21, 7, 7, 0)), FOOTER.manifests)
    data = former.dump()
    assert version1.load_footer(data) == Footer(
        (Frame(TWO, 16, 5, 9, 1), Frame(TWO, 21, 7, 7, 0)), (Chunk(ONE, 0, 0, 9), Chunk(TWO, 1, 0, 7)), FOOTER.manifests
    )
    for length in range(len(data)):
        with pytest.raises(ValueError, match=r"footer|manifest"):
            version1.load_footer(data[:length])
    with pytest.raises(ValueError, match="longer than its lists"):
        version1.load_footer(data + b"\0")
