"""Telling what a cell is, and rewriting `%%checkpoint`."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from jupyter_mlversion.domain.title import title_of
from jupyter_mlversion.errors import MlversionError, UsageError
from jupyter_mlversion.kernel import track_pattern
from jupyter_mlversion.kernel.cell import running_cell
from jupyter_mlversion.kernel.magics import plain_cell
from jupyter_mlversion.kernel.tell import as_mlversion_error


@pytest.mark.parametrize(("source", "title"), [
    ("# Train the model\nfit()", "Train the model"),
    ("x = 1\n# explained later", "explained later"),
    ("#%% [cell]\n#\n## Heading ##\nx", "[cell]"),
    ("\n\nfit(x)\n", "fit(x)"),
    ("%%time\nfit()", "fit()"),
    ("import os\nfrom a import b\nfit(b)", "fit(b)"),
    ("import os", "import os"),
    ("%%checkpoint\n", ""),
    ("", ""),
    ("x" * 100, "x" * 71 + "…"),
])
def test_titles(source, title):
    assert title_of(source) == title


def shell(metadata, identity="kernel-id_1.2/3"):
    return SimpleNamespace(get_parent=lambda: {"header": {"msg_id": identity}, "metadata": metadata})


def test_a_cell_from_its_request():
    info = SimpleNamespace(raw_cell="1", cell_id=None)
    cell = running_cell(shell({"tags": ["checkpoint", 5], "cellId": "abc"}), info)
    assert (cell.id, cell.tags, cell.request, cell.source) == ("abc", {"checkpoint"}, "kernel-id_1-2-3", "1")


@pytest.mark.parametrize("metadata", [{}, {"tags": "checkpoint"}, {"tags": None}])
def test_odd_metadata_has_no_tags(metadata):
    assert running_cell(shell(metadata), None).tags == frozenset()


def test_without_a_kernel():
    cell = running_cell(SimpleNamespace(), SimpleNamespace(raw_cell="1"))
    assert cell.id == ""
    assert cell.request


def test_the_cell_magic_becomes_a_call_on_the_same_line():
    lines = plain_cell(["\n", "%%checkpoint it's \"so\"\n", "x = 1\n", "x\n"])
    assert len(lines) == 4
    assert lines[2:] == ["x = 1\n", "x\n"]
    called = []
    exec("".join(lines), {"get_ipython": lambda: SimpleNamespace(run_line_magic=lambda *words: called.append(words))})
    assert called == [("mlversion", "checkpoint -m 'it'\"'\"'s \"so\"'")]


@pytest.mark.parametrize("lines", [[], ["\n"], ["x\n"], ["%%checkpoints a\n"], ["%%checkpoint\n", "%%time\n", "x\n"]])
def test_other_cells_stay_as_they_are(lines):
    assert plain_cell(lines) == lines


def test_errors_are_told_in_the_same_words():
    assert as_mlversion_error(KeyboardInterrupt()).message == "the checkpoint was interrupted"
    assert as_mlversion_error(ValueError("x")).message == "ValueError: x"
    error = MlversionError("m", hint="h")
    assert as_mlversion_error(error) is error


@pytest.mark.parametrize("pattern", ["", "  ", 5, None])
def test_patterns_that_cannot_be(pattern):
    with pytest.raises(UsageError):
        track_pattern(pattern)
