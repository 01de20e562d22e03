"""Lines of annotations as `docs/format.md` has them: those of other programs are read, and carried over."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from jupyter_mlversion.domain.annotation import Annotation
from jupyter_mlversion.history import NOTES
from jupyter_mlversion.history.writer import Writer
from jupyter_mlversion.repository import Repository

if TYPE_CHECKING:
    from pathlib import Path

OLD = b"""{"labels":["kept","\xc3\xa9"],"time":5.5}
{"labels":["kept"],"starred":true,"time":7.25}
"""
JOINED = OLD + b'{"hidden":true,"labels":[],"time":6}\n{"labels":["later"],"note":"a\\nb","rating":5,"time":9}\n'


def written(repository: Repository, version: str) -> bytes:
    return repository.history._git.run("cat-file", "blob", f"{NOTES}:{version[:2]}/{version[2:]}")


def put(repository: Repository, version: str, data: bytes) -> None:
    """Make `data` all that is said of a version, as another program would."""
    writer = Writer()
    writer.commit(author=("A", "a@b"), seconds=1, message=b"annotations\n", parents=[], keep=True,
                  files=[(f"{version[:2]}/{version[2:]}".encode(), data)])
    repository.history._git.run("update-ref", NOTES, writer.write(repository.history._git)[0])


def test_lines_of_older_programs_are_read_and_kept(tmp_path: Path) -> None:
    repository = Repository.init(tmp_path)
    version = repository.checkpoint(message="made so").version
    assert version is not None
    put(repository, version.id, OLD)
    assert repository.history.annotations() == {version.id: Annotation(("kept",), starred=True)}
    assert [(one.labels, one.starred, one.message) for one in repository.log()] == [(("kept",), True, "made so")]
    put(repository, version.id, JOINED)
    assert repository.history.annotations() == {version.id: Annotation(("later",), note="a\nb")}
    repository.annotate([version.id], message="called so", starred=True, add_labels=["x"])
    data = written(repository, version.id)
    assert data.startswith(JOINED)
    [line] = data.removeprefix(JOINED).splitlines()
    told = json.loads(line)
    assert told.pop("time") > 9
    assert told == {"labels": ["later", "x"], "message": "called so", "note": "a\nb", "rating": 5, "starred": True}
    repository.annotate([version.id], message="", note="", labels=[], starred=False)
    last = json.loads(written(repository, version.id).splitlines()[-1])
    assert last == {"labels": [], "rating": 5, "time": last["time"]}
    assert repository.log()[0].message == "made so"
