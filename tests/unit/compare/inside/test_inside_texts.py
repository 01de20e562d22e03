"""Texts, pictures, and what is none of these."""

from __future__ import annotations

import io
import time

import pytest

from jupyter_mlversion.compare.inside import difference, preview
from jupyter_mlversion.compare.inside.text import MOST_SHOWN
from jupyter_mlversion.store.source import BytesSource

SVG = b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"><script>alert(2)</script></svg>'


def shown(data: bytes, path: str, **words):
    return preview(BytesSource(data), path, **words)


def compared(before: bytes, after: bytes, path: str):
    return difference(BytesSource(before), BytesSource(after), path)


def test_a_text_is_shown_in_parts_of_whole_lines():
    data = b"".join(b"line %d\n" % number for number in range(200_000))
    first = shown(data, "a.log")
    assert (first["kind"], first["first"]) == ("text", 0)
    assert first["next"] <= MOST_SHOWN
    assert first["text"].endswith("\n")
    second = shown(data, "a.log", first=first["next"])
    assert second["text"].split("\n")[0] == f"line {first['text'].count(chr(10))}"
    end = shown(data, "a.log", last=True)
    assert end["text"].endswith("line 199999\n")
    assert end["text"].startswith("line ")
    assert end["next"] is None


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("char", ["é", "€", "\N{SNAKE}"])
def test_parts_of_one_long_line_have_whole_characters(encoding, char):
    data = ("a" + char * 1_300_000).encode(encoding)
    place, parts = 0, []
    while place is not None:
        part = shown(data, "a.txt", first=place)
        parts.append(part["text"].rstrip("…"))
        assert part["next"] is None or part["next"] > place
        place = part["next"]
    parts.append(shown(data, "a.txt", last=True)["text"].rstrip("…"))
    assert {letter for part in parts for letter in part} == {"a", char}
    assert len(parts) > 2


@pytest.mark.parametrize(("data", "encoding", "text"), [
    ("é\r\nü".encode(), "utf-8", "é\nü"), ("é".encode("utf-16"), "utf-16-le", "é"),
    ("\ufeffé".encode("utf-16-be"), "utf-16-be", "é"), (b"caf\xe9", "cp1252", "café"),
    (b"\x1b[31mred", "utf-8", "\x1b[31mred"), (b"", "utf-8", "")])
def test_encodings(data, encoding, text):
    answer = shown(data, "a.txt")
    assert (answer["kind"], answer["encoding"], answer["text"]) == ("text", encoding, text)


def test_hunks_say_what_was_replaced():
    before = "".join(f"{n}\n" for n in range(100)).encode()
    after = before.replace(b"\n50\n", b"\nfifty\n").replace(b"\n80\n", b"\n80\nmore\n")
    answer = compared(before, after, "a.txt")
    assert (answer["added"], answer["removed"], answer["complete"], answer["hunk_count"]) == (2, 1, True, 2)
    assert answer["hunks"][0] == {"before": 47, "after": 47, "cut": 0, "lines": [
        [" ", "47"], [" ", "48"], [" ", "49"], ["-", "50"], ["+", "fifty"], [" ", "51"], [" ", "52"], [" ", "53"]]}


def test_texts_that_are_all_alike_end_in_time():
    before = b"".join(b"%d\n" % (n % 3) for n in range(9_000))
    after = b"".join(b"%d\n" % (n * n % 3) for n in range(9_000))
    began = time.process_time()
    answer = compared(before, after, "a.txt")
    assert time.process_time() - began < 20
    assert answer["added"] >= answer["hunk_count"] > 0
    large = compared(b"a\n" * 30_000, b"b\n" * 30_000, "a.txt")
    assert (large["complete"], large["added"], large["removed"]) == (False, 30_000, 30_000)
    assert large["hunks"][0]["cut"] > 0


def test_a_pickle_and_unknown_bytes_are_shown_as_bytes():
    assert shown(b"\x80\x04K\x01.", "m.pkl")["kind"] == "pickle"
    answer = shown(bytes(range(256)), "m.dat")
    assert (answer["kind"], answer["head"]) == ("unknown", bytes(range(256)).hex())
    assert compared(b"\0\1", b"\0\2", "m.dat")["kind"] == "unknown"
    assert "was text and is unknown" in compared(b"text", b"\0\0", "m.dat")["problem"]


def test_a_notebook_tells_its_cells():
    assert shown(b'{"cells": [{}, {}], "nbformat": 4, "nbformat_minor": 5}', "n.ipynb") == {
        "kind": "notebook", "cells": 2, "format": "4.5"}
    assert shown(b'{"cells": 3', "n.ipynb")["kind"] == "unknown"


def test_svg_is_a_picture_by_name_only():
    answer = shown(SVG, "a.svg")
    assert (answer["kind"], answer["media"]) == ("image", "image/svg+xml")
    assert shown(SVG, "a.html")["kind"] == "text"


def picture(colour, size=(30, 20), form="PNG") -> bytes:
    image = pytest.importorskip("PIL.Image")
    sink = io.BytesIO()
    image.new("RGB", size, colour).save(sink, form)
    return sink.getvalue()


@pytest.mark.parametrize("form", ["PNG", "JPEG", "GIF", "WEBP", "BMP"])
def test_pictures_tell_their_size(form):
    answer = shown(picture("red", form=form), f"a.{form.lower()}")
    assert (answer["kind"], answer["width"], answer["height"]) == ("image", 30, 20)


def test_pixels_are_compared():
    answer = compared(picture((10, 0, 0)), picture((14, 0, 0)), "a.png")
    assert answer["pixels"] == {"differ": 600, "total": 600, "largest": 4, "mean": 1.0}
    assert "different sizes" in compared(picture("red"), picture("red", (10, 10)), "a.png")["why"]
    broken = picture("red")[:60]
    answer = compared(broken, picture("red"), "a.png")
    assert (answer["kind"], answer["pixels"]) == ("image", None)
    assert compared(SVG, SVG + b" ", "a.svg")["pixels"] is None


def test_a_picture_that_claims_to_be_huge_is_not_decoded():
    data = bytearray(picture("red"))
    data[16:24] = (60_000).to_bytes(4, "big") * 2
    answer = compared(bytes(data), picture("red"), "a.png")
    assert answer["pixels"] is None
