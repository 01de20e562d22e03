"""Staging records."""

from __future__ import annotations

import errno
import os
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, NoReturn

import pytest

from jupyter_mlversion.domain.artifact import Access, Artifact, Role
from jupyter_mlversion.domain.snapshot import Snapshot
from jupyter_mlversion.domain.version import Checkpoint, Trigger
from jupyter_mlversion.errors import FileFailure, UnknownKey, UsageError
from jupyter_mlversion.repository import liveness
from jupyter_mlversion.repository.liveness import named_in_records
from jupyter_mlversion.repository.staging import Staged, Staging

if TYPE_CHECKING:
    from pathlib import Path

NOW = datetime(2026, 1, 2, 3, 4, 5, 678901, tzinfo=UTC)


def staged(key: str, time: datetime = NOW) -> Staged:
    artifact = Artifact("dätä/a b.csv", Role.DATA, Access.READ, None, 3, 0o100644, 5)
    checkpoint = Checkpoint(key, Trigger.CELL, time, "first", "n.ipynb", "c1", 2.5)
    return Staged(checkpoint, Snapshot(artifacts=(artifact,)), 10, 0.5)


def test_a_record_comes_back_equal(tmp_path: Path) -> None:
    staging = Staging(tmp_path / "staging")
    staging.write(staged("s1.m1"))
    assert staging.read("s1.m1") == staged("s1.m1")


def test_records_come_in_the_order_of_their_time(tmp_path: Path) -> None:
    staging = Staging(tmp_path)
    staging.write(staged("a.2", NOW + timedelta(seconds=1)))
    staging.write(staged("b.1", NOW))
    assert [record.checkpoint.key for record in staging.records()] == ["b.1", "a.2"]
    assert staging.records()[0].session == "b"


def test_a_record_that_cannot_be_read_is_named_and_harms_nothing(tmp_path: Path) -> None:
    staging = Staging(tmp_path)
    staging.write(staged("a.1"))
    (tmp_path / "broken.json").write_text("{")
    (tmp_path / "foreign.json").write_text("[]")
    assert len(staging.records()) == 1
    assert sorted(staging.unreadable()) == ["broken.json", "foreign.json"]


def test_a_disk_that_fails_is_told_as_such(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    staging = Staging(tmp_path / "staging")
    staging.write(staged("a.1"))
    (tmp_path / "staging" / "bad.json").symlink_to("/proc/self/mem")  # reading it is an error of input and output
    assert len(staging.records()) == 1
    assert staging.unreadable() == ["bad.json"]
    with pytest.raises(FileFailure, match=r"bad\.json"):
        staging.read("bad")

    def failing(_file: object) -> NoReturn:
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    monkeypatch.setattr(liveness, "_pieces", failing)
    with pytest.raises(FileFailure, match="Input/output"):
        named_in_records(tmp_path)


def test_unknown_and_impossible_keys(tmp_path: Path) -> None:
    staging = Staging(tmp_path / "none")
    assert staging.records() == []
    with pytest.raises(UnknownKey):
        staging.read("nobody")
    for key in ("", "../x", "a/b", ".hidden", "x" * 300):
        with pytest.raises(UsageError):
            staging.read(key)
