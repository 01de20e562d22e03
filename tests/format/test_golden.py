"""Every published format still reads: an archived workspace of each, with what its versions must be."""

from __future__ import annotations

import json
import tarfile
from pathlib import Path
from typing import Any

import pytest

from jupyter_mlversion.codec.record import to_plain
from jupyter_mlversion.repository import Repository

GOLDEN = sorted(Path(__file__).parent.glob("golden-*.tar.gz"))


@pytest.fixture(params=GOLDEN, ids=lambda path: path.name)
def golden(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """An archived workspace, unpacked, with ``expected.json`` beside it."""
    with tarfile.open(request.param) as archive:
        archive.extraction_filter = lambda member, _path: member  # ours; older ones take no `filter=`
        archive.extractall(tmp_path)
    return tmp_path / "golden"


def as_then(now: Any, then: Any) -> Any:
    """`now` without the fields that have come since; none may be missing."""
    if isinstance(now, dict) and isinstance(then, dict):
        return {name: as_then(now[name], value) for name, value in then.items()}
    if isinstance(now, list) and isinstance(then, list):
        return [as_then(*pair) for pair in zip(now, then, strict=True)]
    return now


def test_there_is_one() -> None:
    assert GOLDEN


def test_every_version_reads_as_it_was_written(golden: Path) -> None:
    repository = Repository(golden)
    expected = json.loads((golden.parent / "expected.json").read_text())
    versions = repository.log()
    assert len(versions) == len(expected)
    for version, entry in zip(versions, expected, strict=True):
        assert as_then(to_plain(version), entry["version"]) == entry["version"]
        snapshot = to_plain(repository.show(version.id).snapshot)
        assert as_then(snapshot, entry["snapshot"]) == entry["snapshot"]
    assert repository.verify(read_data=True) == []
    assert repository.resolve("best") == next(
        entry["version"]["id"] for entry in expected if "best" in entry["version"]["tags"]
    )


def test_versions_restore_and_the_history_goes_on(golden: Path) -> None:
    repository = Repository(golden)
    (staged,) = repository.staged()
    joined = repository.join(staged.checkpoint.key).version
    assert joined is not None
    repository.restore("best")
    assert (golden / "model.bin").read_bytes() == bytes(range(256)) * 4096
    assert (golden / "run.sh").stat().st_mode & 0o777 == 0o755
    assert (golden / "link").is_symlink()
    assert (golden / "data" / "täble 1.csv").read_text() == "a,b\n1,2\n"
