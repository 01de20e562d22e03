"""``compare``: in words, as JSON, as a page, as a sheet."""

from __future__ import annotations

import csv
from datetime import UTC, datetime

import pytest

from jupyter_mlversion.commands import call
from jupyter_mlversion.domain.artifact import Access
from jupyter_mlversion.domain.run import Metric, Run
from jupyter_mlversion.domain.version import Checkpoint, Trigger
from jupyter_mlversion.errors import UsageError
from jupyter_mlversion.repository import Repository, Seen

EVIL = "=cmd|'<script>'\x1b[31m"


@pytest.fixture
def folder(tmp_path):
    """A workspace with two versions."""
    repository = Repository.init(tmp_path)
    for number in (1, 2):
        (tmp_path / "model.bin").write_bytes(b"x" * number)
        metrics = {"loss": Metric(1.0 / number, 0.1, 1.0, 1, 0)}
        run = Run("", "", 0.0, params={"depth": number, "same": 1, EVIL: EVIL * number}, metrics=metrics)
        seen = Seen({"model.bin": Access.WRITTEN}, runs=lambda _, run=run: (run,))
        repository.stage(Checkpoint(f"k.{number}", Trigger.API, datetime.now(UTC), f"number {number}"), seen)
        repository.join(f"k.{number}")
    return tmp_path


def test_columns_for_people(folder):
    text = call(["compare", "HEAD~1", "HEAD", "--differences-only"], folder).text
    lines = [line.split() for line in text.splitlines()]
    assert ["loss", "1", "0.5*"] in lines
    assert ["depth", "1", "2"] in lines
    assert ["model.bin", "1", "B", "(a)", "2", "B", "(b)"] in lines
    assert not [line for line in lines if line[:1] == ["same"]]
    assert "1 other the same on all sides" in text
    assert "\x1b" not in text


def test_the_workspace_is_a_side(folder):
    (folder / "model.bin").write_bytes(b"by hand")
    answer = call(["compare", "HEAD", "workspace"], folder).answer
    assert [side["short"] for side in answer["sides"]][1] == "workspace"
    [row] = answer["artifacts"]
    assert [state["size"] for state in row["values"]] == [2, 7]
    assert answer["same"]["params"] == 0


def test_a_page_and_a_sheet_are_written(folder):
    text = call(["compare", "HEAD~1", "HEAD", "--html", "page.html", "--csv", "sheet.csv"], folder).text
    assert text.count("Written to ") == 2
    assert "<script>" not in (folder / "page.html").read_text()
    rows = list(csv.reader((folder / "sheet.csv").read_text().splitlines()))
    assert ["parameter", "depth", "", "1", "2"] in rows
    assert not [cell for row in rows for cell in row if cell.startswith("=")]


def test_one_version_alone_is_no_comparison(folder):
    with pytest.raises(UsageError, match="different versions can be compared"):
        call(["compare", "HEAD", "HEAD"], folder)
