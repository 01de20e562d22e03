from __future__ import annotations

import pytest

from jupyter_mlversion.store import layout
from jupyter_mlversion.store.layout import Chunk, Footer, Manifest, Part

ONE, TWO, THREE = (bytes([number]) * 32 for number in (1, 2, 3))
FOOTER = Footer(
    (Chunk(ONE, TWO, 16, 5, 9, 1), Chunk(TWO, TWO, 21, 7, 7, 0)),
    (Manifest.of(THREE, [Part(ONE, 9), Part(TWO, 7), Part(ONE, 9)]), Manifest.of(ONE, [])),
)


def test_a_footer_comes_back() -> None:
    data = layout.dump_footer(*FOOTER)
    assert layout.load_footer(data) == FOOTER
    assert len(data) + layout.TRAILER_SIZE == layout.footer_size(2, 3, 2)
    assert [manifest.size for manifest in FOOTER.manifests] == [25, 0]
    assert [*FOOTER.manifests[0].each_part()] == [Part(ONE, 9), Part(TWO, 7), Part(ONE, 9)]
    assert FOOTER.manifests[0].part_count == 3


def test_a_footer_of_any_other_length_is_refused() -> None:
    data = layout.dump_footer(*FOOTER)
    for length in range(len(data)):
        with pytest.raises(ValueError, match=r"footer|manifest"):
            layout.load_footer(data[:length])
    with pytest.raises(ValueError, match="longer than its lists"):
        layout.load_footer(data + b"\0")


def test_a_manifest_that_does_not_add_up_is_refused() -> None:
    wrong = FOOTER.manifests[0]._replace(size=26)
    with pytest.raises(ValueError, match="not as long"):
        layout.load_footer(layout.dump_footer((), (wrong,)))


def test_the_trailer_comes_back() -> None:
    data = layout.dump_trailer(1234, ONE)
    assert layout.load_trailer(data) == (1234, ONE)
    for wrong in (data[1:], data[:-1] + b"x", b""):
        with pytest.raises(ValueError, match="no trailer"):
            layout.load_trailer(wrong)


def test_the_bytes_of_the_format_are_the_documented_ones() -> None:
    assert b"\x93MLVPACK" + bytes([1, 0, 0, 0, 0, 0, 0, 0]) == layout.HEADER
    assert layout.dump_trailer(3, TWO) == bytes([3, 0, 0, 0, 0, 0, 0, 0]) + TWO + b"\x93MLVPACK"
    chunk = ONE + TWO + b"".join(number.to_bytes(8, "little") for number in (16, 5, 9)) + bytes([1, 0, 0, 0])
    manifest = THREE + (9).to_bytes(8, "little") + (1).to_bytes(8, "little") + ONE + (9).to_bytes(8, "little")
    counts = (1).to_bytes(8, "little") * 2
    assert layout.dump_footer(FOOTER.chunks[:1], [Manifest.of(THREE, [Part(ONE, 9)])]) == counts + chunk + manifest


def test_a_header_of_another_kind_or_version_is_told() -> None:
    layout.check_header(layout.HEADER)
    with pytest.raises(ValueError, match="begin as a pack"):
        layout.check_header(b"PK")
    with pytest.raises(ValueError, match="format version"):
        layout.check_header(layout.HEADER[:8] + bytes([2]) + layout.HEADER[9:])
