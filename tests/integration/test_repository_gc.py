"""Deleting, retention, collecting: what is kept can be had back, the rest goes when it is time."""

from __future__ import annotations

import random
import time
import tracemalloc
import uuid
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from jupyter_mlversion.cli.main import main
from jupyter_mlversion.domain.artifact import State
from jupyter_mlversion.domain.digest import hash_of_digest
from jupyter_mlversion.domain.run import Run
from jupyter_mlversion.domain.version import Checkpoint, Trigger
from jupyter_mlversion.errors import Busy, CorruptHistory, DiskFull, QuotaReached
from jupyter_mlversion.history.lock import writing
from jupyter_mlversion.repository import Keep, Repository, Seen
from jupyter_mlversion.repository.liveness import named_in_records
from jupyter_mlversion.repository.verify import needed
from jupyter_mlversion.store import digest_of_bytes
from jupyter_mlversion.store.folder import Folder
from jupyter_mlversion.tracking import Item

if TYPE_CHECKING:
    from jupyter_mlversion.domain.version import Version
    from jupyter_mlversion.repository.gather import Puts

DAY = 86400.0
SIZE = 200_000


def model(seed: int) -> bytes:
    return random.Random(seed).randbytes(SIZE)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    folder = tmp_path / "work"
    folder.mkdir()
    (folder / "mlversion.toml").write_text('track = ["*.bin", "*.csv"]\n')
    return folder


@pytest.fixture
def repository(root: Path) -> Repository:
    return Repository.init(root)


def versions(repository: Repository, count: int, first: int = 0) -> list[str]:
    """Versions of the workspace, each with a model of its own and a table that all share."""
    (repository.root / "t.csv").write_text("a,b\n1,2\n")
    made = []
    for number in range(first, first + count):
        (repository.root / "m.bin").write_bytes(model(number))
        version = repository.checkpoint(message=f"message {number}").version
        assert version is not None
        made.append(version.id)
    return made


def held(repository: Repository, id_: str) -> bool:
    artifact = repository.show(id_).snapshot.artifact("m.bin")
    return artifact is not None and artifact.digest in {*map(_digest, _packs(repository))}


def _packs(repository: Repository) -> list[bytes]:
    return [key for pack in repository.store.survey().packs for key in pack.keys]


def _digest(key: bytes) -> str:
    return f"blake3:{key[-32:].hex()}"


def test_a_deleted_version_is_hidden_and_its_bytes_go_in_the_end(repository: Repository) -> None:
    a, b, c = versions(repository, 3)
    deleted = repository.delete([a])
    assert [version.id for version in deleted.versions] == [a]
    assert deleted.kept == {}
    assert SIZE <= deleted.frees < SIZE + 10_000
    assert [version.id for version in repository.log()] == [c, b]
    assert [version.id for version in repository.log(hidden=True)] == [c, b, a]
    assert repository.show(a).version.hidden
    gathered = repository.gc()
    [gone] = gathered.gone
    assert (gone.version.id, gone.rule, [content.path for content in gone.contents]) == (a, "deleted", ["m.bin"])
    assert gone.bytes == SIZE
    assert not held(repository, a)
    assert held(repository, b)
    assert repository.verify(read_data=True) == []
    assert repository.gc(at_once=True).collected.freed >= SIZE
    assert repository.undelete([a]).missing == ("m.bin",)
    assert [damage.versions for damage in repository.verify()] == [(a,)]


def test_only_asking_deletes_nothing(repository: Repository) -> None:
    a, *_ = versions(repository, 3)
    asked = repository.delete([a], dry_run=True)
    assert len(repository.log()) == 3
    assert not repository.show(a).version.hidden
    assert repository.delete([a]).frees == asked.frees


def test_undelete_leaves_what_others_need_where_it_waits(repository: Repository) -> None:
    a, b, *_ = versions(repository, 4)
    repository.delete([a, b])
    repository.gc()
    waiting = len(repository.store.survey().waiting)
    assert waiting == 2
    repository.undelete([b])
    assert len(repository.store.survey().waiting) == 1
    assert not held(repository, a)


def test_a_pack_that_went_while_they_were_listed_is_no_obstacle(
    repository: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    a, *_ = versions(repository, 3)
    repository.delete([a])
    names = Folder.names
    gone = b"gone".ljust(32, b"g")
    monkeypatch.setattr(
        Folder, "names", lambda folder: names(folder) | ({gone} if folder.path.name == "packs" else set()))
    assert repository.gc(at_once=True).collected.freed >= SIZE
    monkeypatch.undo()
    assert repository.verify(read_data=True) == []


def test_undelete_brings_everything_back(repository: Repository) -> None:
    a, *_ = versions(repository, 3)
    repository.delete([a])
    repository.gc()
    shown = repository.undelete([a])
    assert (shown.missing, [version.id for version in shown.versions]) == ((), [a])
    assert held(repository, a)
    assert len(repository.log()) == 3
    assert repository.gc(at_once=True).dead < 100
    repository.restore(a)
    assert (repository.root / "m.bin").read_bytes() == model(0)


def test_restoring_a_deleted_version_works_as_long_as_its_bytes_wait(repository: Repository) -> None:
    a, *_ = versions(repository, 3)
    repository.delete([a])
    repository.gc()
    assert repository.plan_restore(a).missing == ()
    repository.restore(a)
    assert (repository.root / "m.bin").read_bytes() == model(0)


def test_tips_heads_and_tagged_versions_keep_their_bytes(repository: Repository) -> None:
    a, b, c = versions(repository, 3)
    repository.history.tag("best", a)
    repository.restore(b)
    (repository.root / "m.bin").write_bytes(model(9))
    d = repository.checkpoint().version
    assert d is not None
    repository.restore(b)
    deleted = repository.delete([a, b, c, d.id])
    assert set(deleted.kept) == {a, b, c, d.id}
    assert "tagged best" in deleted.kept[a]
    assert "stands on it" in deleted.kept[b]
    assert "newest of the branch" in deleted.kept[c]
    assert repository.gc(at_once=True).dead == 0
    assert all(held(repository, id_) for id_ in (a, b, c, d.id))


def test_rules_of_retention_hide_versions_and_say_why(repository: Repository) -> None:
    made = versions(repository, 5)
    repository.star(made[1])
    planned = repository.gc(Keep(last=2), dry_run=True)
    assert [gone.version.id for gone in planned.gone] == [made[2], made[0]]
    assert {gone.rule for gone in planned.gone} == {"no rule keeps it"}
    assert planned.collected is None
    assert len(repository.log()) == 5
    done = repository.gc(Keep(last=2), at_once=True)
    assert [gone.version.id for gone in done.gone] == [gone.version.id for gone in planned.gone]
    assert (done.dead, done.dead // SIZE) == (planned.dead, 2)
    assert [version.id for version in repository.log()] == [made[4], made[3], made[1]]
    repository.star(made[1], starred=False)
    assert [gone.version.id for gone in repository.gc(Keep(last=2)).gone] == [made[1]]
    assert repository.verify(read_data=True) == []


def test_rules_of_the_configuration_hold_for_every_collection(repository: Repository, root: Path) -> None:
    versions(repository, 4)
    (root / "mlversion.toml").write_text('track = ["*.bin"]\nkeep_last = 1\n')
    Repository.open(root).gc()
    assert len(repository.log()) == 1


def test_what_is_staged_is_needed(repository: Repository, root: Path) -> None:
    versions(repository, 1)
    (root / "m.bin").write_bytes(model(7))
    repository.stage(Checkpoint("s.1", Trigger.CELL, datetime.now(UTC), "", None, ""), Seen({}))
    (root / "m.bin").write_bytes(model(8))
    assert repository.gc(at_once=True).dead == 0
    broken = repository.staging.folder / "s.1.json"
    whole = broken.read_bytes()
    broken.write_bytes(b"half a record " + whole[40:])
    assert repository.gc(at_once=True).dead == 0
    broken.write_bytes(whole)
    version = repository.join("s.1").version
    assert version is not None
    assert held(repository, version.id)
    assert repository.verify(read_data=True) == []


def test_what_a_restore_in_progress_names_is_needed(repository: Repository, root: Path) -> None:
    a, *_ = versions(repository, 2)
    repository.delete([a])
    artifact = repository.show(a).snapshot.artifact("m.bin")
    assert artifact is not None
    folder = root / ".mlversion" / "journal" / "r"
    (folder / "new").mkdir(parents=True)
    (folder / "new" / "0").write_text("blake3:" + "0" * 64)
    (folder / "switching.json").write_text(f'{{"fresh": "{artifact.digest}"}}')
    repository.gc(at_once=True)
    assert held(repository, a)


def test_nothing_is_collected_when_the_history_cannot_be_read(repository: Repository, root: Path) -> None:
    versions(repository, 3)
    for path in (root / ".mlversion" / "history.git" / "objects").rglob("*.pack"):
        path.unlink()
    with pytest.raises(CorruptHistory):
        repository.gc(at_once=True)
    assert len(repository.store.survey().packs) == 3


def test_many_files_of_a_version_are_told_in_short(
    repository: Repository, root: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(8):
        (root / f"{number}.bin").write_bytes(model(number))
    [first] = versions(repository, 1)
    for number in range(8):
        (root / f"{number}.bin").write_bytes(model(number + 100))
    versions(repository, 1, 50)
    repository.delete([first])
    main(["gc", "--dry-run", "-C", str(root)])
    assert "… and 3 more" in capsys.readouterr().out
    (root / "link").symlink_to(root)

    def full(*_: object, **__: object) -> None:
        raise DiskFull("no room")

    monkeypatch.setattr("jupyter_mlversion.store.collect.Rewriter.rewrite", full)
    (root / "t.csv").write_text("changed")
    versions(repository, 1, 60)
    repository.delete([repository.log()[1].id])
    main(["gc", "--now", "-C", str(root)])
    assert "no room to write packs anew" in capsys.readouterr().out


def test_what_is_logged_and_split_is_needed_and_named(repository: Repository, root: Path) -> None:
    versions(repository, 1)
    snapshot = repository.show("HEAD").snapshot
    names = [path for _, path in needed(replace(
        snapshot,
        runs=(Run("", "", 1.0, {}, {}, digest_of_bytes(b"a")), Run("named", "", 1.0, {}, {}, digest_of_bytes(b"b"))),
        code=replace(snapshot.code, diff=digest_of_bytes(b"c")),
    ))]
    assert names[-3:] == ["metrics of a run", "metrics of named", "uncommitted changes of the code"]


def test_what_was_logged_and_is_gone_is_named_no_more(repository: Repository, root: Path, tmp_path: Path) -> None:
    items = [Item("old", "text", "text/plain", 1.0, data=b"logged before")]

    def runs(batch: Puts) -> tuple[Run, ...]:
        return (Run("", "", 1.0, {}, {}, id="r", logged=tuple(filter(None, [item.put(batch) for item in items]))),)

    def staged(where: Repository) -> Version:
        event = Checkpoint(uuid.uuid4().hex, Trigger.CELL, datetime.now(UTC))
        where.stage(event, Seen({}, runs=runs))
        for item in items:
            item.forget()
        version = where.join(event.key).version
        assert version is not None
        return version

    first = staged(repository)
    assert [item.name for item in repository.show(first.id).snapshot.runs[0].logged] == ["old"]
    other = Repository.init(tmp_path / "other")
    items.append(Item("new", "text", "text/plain", 2.0, data=b"logged after"))
    second = staged(other)
    assert [item.name for item in other.show(second.id).snapshot.runs[0].logged] == ["new"]
    assert other.verify(read_data=True) == []


def test_where_nothing_is_recorded_nothing_is_named(tmp_path: Path) -> None:
    assert named_in_records(tmp_path / "gone") == set()


def test_a_long_record_is_read_bit_by_bit(tmp_path: Path) -> None:
    digests = [digest_of_bytes(bytes([number])) for number in range(8)]
    spelled = bytes(2**20 - 40) + b"".join(digest.encode().ljust(2**20) for digest in digests)  # over each border
    (tmp_path / "metrics").mkdir()
    (tmp_path / "metrics" / "model").write_bytes(spelled)
    tracemalloc.start()
    try:
        assert named_in_records(tmp_path) == {hash_of_digest(digest) for digest in digests}
        assert tracemalloc.get_traced_memory()[1] < 6 * 2**20
    finally:
        tracemalloc.stop()


def test_a_record_that_is_no_file_names_nothing(root: Path) -> None:
    repository = Repository.init(root)
    (root / ".mlversion" / "odd").symlink_to("nowhere")
    versions(repository, 1)
    assert repository.gc(at_once=True).dead == 0


def test_one_collection_at_a_time(repository: Repository, root: Path) -> None:
    versions(repository, 1)
    with writing(root / ".mlversion" / "locks" / "gc.lock"), pytest.raises(Busy):
        repository.gc()
    with repository.store.storing(), pytest.raises(Busy):
        repository.tidy()


def test_tidying_joins_small_packs_and_lets_no_version_go(repository: Repository, root: Path) -> None:
    (root / "mlversion.toml").write_text('track = ["*.bin"]\nkeep_last = 1\n')
    repository = Repository.open(root)
    made = versions(repository, 20)
    assert repository.tidy().packs < 20
    assert [version.id for version in repository.log()] == made[::-1]
    assert repository.verify(read_data=True) == []


def test_storage_says_who_needs_what(repository: Repository, root: Path) -> None:
    from nbformat.v4 import new_code_cell, new_notebook

    from jupyter_mlversion.capture.notebook import document_bytes

    (root / "mlversion.toml").unlink()
    repository = Repository.open(root)
    for name in ("a", "b"):
        cell = new_code_cell(f"open('shared.csv'); open('{name}.csv')")
        cell["id"] = "cell"
        (root / f"{name}.ipynb").write_bytes(document_bytes(new_notebook(cells=[cell])))
        (root / f"{name}.csv").write_bytes(model(ord(name)))
        (root / "shared.csv").write_bytes(model(1)[:100_000])
        repository.checkpoint(root / f"{name}.ipynb")
    storage = repository.storage()
    assert [(line.notebook, line.versions) for line in sorted(storage.lines, key=lambda line: line.line)] == [
        ("a.ipynb", 1), ("b.ipynb", 1)]
    for line in storage.lines:
        assert 300_000 <= line.bytes < 310_000
        assert 200_000 <= line.own < 210_000
    assert list(storage.roles) == ["data", "notebook"]
    assert 500_000 <= storage.roles["data"] < 510_000
    assert (storage.versions, storage.hidden, storage.frees, storage.quarantine) == (2, 0, 0, 0)
    assert storage.total == storage.packs_bytes >= 500_000
    assert storage.quota < storage.disk_free + storage.total


def test_a_quota_that_is_reached_says_what_takes_the_room(repository: Repository, root: Path) -> None:
    made = versions(repository, 3)
    repository.delete(made[:1])
    (root / "mlversion.toml").write_text(f'track = ["*.bin"]\nquota = {4 * SIZE}\n')
    repository = Repository.open(root)
    (root / "big.bin").write_bytes(model(5) * 5)
    with pytest.raises(QuotaReached) as caught:
        repository.checkpoint()
    assert "The store holds 0.4 MB other" in caught.value.message
    assert "`mlversion gc` would free 0.2 MB" in caught.value.message
    assert "quota" in caught.value.hint
    with pytest.raises(QuotaReached, match="The store holds"):
        repository.stage(Checkpoint("s.1", Trigger.CELL, datetime.now(UTC), "", None, ""), Seen({}))


def test_a_quota_that_is_reached_is_told_even_if_nothing_else_can_be(repository: Repository, root: Path) -> None:
    (root / "mlversion.toml").write_text('track = ["*.bin"]\nquota = 1000\n')
    (root / ".mlversion" / "history.git" / "refs" / "notes").mkdir(parents=True)
    (root / ".mlversion" / "history.git" / "refs" / "notes" / "mlversion").write_text("1" * 40)
    repository = Repository(root)
    (root / "big.bin").write_bytes(model(5))
    with pytest.raises(QuotaReached) as caught:
        repository.checkpoint()
    assert "store holds" not in caught.value.message


def test_rules_of_storage_decide_what_is_stored_and_a_restore_says_where_to_fetch_it(root: Path) -> None:
    (root / "mlversion.toml").write_text("""
        track = ["*.bin", "*.csv"]
        [[storage]]
        patterns = ["raw.csv"]
        keep = "external"
        where = "s3://bucket/{path}"
        [[storage]]
        patterns = ["*.bin"]
        larger_than = "10 kB"
        keep = "digest"
    """)
    repository = Repository.init(root)
    (root / "raw.csv").write_bytes(model(1))
    [version] = versions(repository, 1)
    states = {artifact.path: artifact.state for artifact in repository.show(version).snapshot.artifacts}
    assert states == {"m.bin": State.DIGEST_ONLY, "raw.csv": State.EXTERNAL, "t.csv": State.STORED}
    assert repository.store.nbytes() < 10_000
    assert repository.plan_restore(version).missing == ()
    assert set(repository.storage().roles) == {"data"}
    (root / "raw.csv").unlink()
    (root / "m.bin").write_bytes(b"other")
    missing = {item.path: item.reason for item in repository.plan_restore(version).missing}
    assert "fetch it from there" in missing["raw.csv"]
    assert "s3://bucket/raw.csv" in missing["raw.csv"]
    assert "mlversion.toml" in missing["m.bin"]
    assert repository.verify(read_data=True) == []
    assert [finding for finding in Repository.doctor(root) if "digest only" in finding.what] == []


@pytest.mark.parametrize("years", [-10, 10])
def test_with_a_wrong_clock_nothing_that_is_needed_goes(repository: Repository, monkeypatch: pytest.MonkeyPatch,
                                                       years: int) -> None:
    made = versions(repository, 3)
    repository.restore(made[0])
    repository.restore(made[2])
    repository.delete([made[1]])
    wrong = time.time() + years * 365 * DAY

    class Clock(datetime):
        @classmethod
        def now(cls, tz: object = None) -> datetime:
            return datetime.fromtimestamp(wrong, UTC)

    monkeypatch.setattr("jupyter_mlversion.repository.care.datetime", Clock)
    monkeypatch.setattr("jupyter_mlversion.store.quarantine.time.time", lambda: wrong)
    for _ in range(2):
        assert {gone.version.id for gone in repository.gc().gone} <= {made[1]}
    monkeypatch.undo()
    repository.gc()
    assert repository.verify(read_data=True) == []
    assert all(held(repository, id_) for id_ in (made[0], made[2]))
    listed = {version.id for version in repository.log()}
    assert {version.id for version in repository.log(hidden=True)} - listed == {made[1]}


def test_the_commands_say_what_they_do(repository: Repository, root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    made = versions(repository, 4)

    def said(*words: str) -> tuple[int, str]:
        code = main([*words, "-C", str(root)])
        return code, capsys.readouterr().out

    code, text = said("delete", made[0][:10], "HEAD")
    assert code == 0
    assert "its files are kept, since" in text
    assert "would free 200 KB of these, 200 KB in all" in text
    assert f"undelete {made[0][:8]}" in text
    code, text = said("storage")
    assert "2 deleted" in text
    assert "nothing needs" in text
    code, text = said("gc", "--dry-run", "--keep-last", "1")
    assert "no rule keeps it message 1" in text
    assert "KB would be freed" in text
    code, text = said("gc")
    assert "wait in the quarantine for 14 days" in text
    code, text = said("storage")
    assert "quarantine" in text
    code, text = said("undelete", made[0])
    assert (code, "Listed again" in text) == (0, True)
    said("delete", made[0])
    code, text = said("gc", "--now")
    assert "Freed 2" in text
    code, text = said("gc", "--now")
    assert text.strip() == "Nothing to free."
    code, text = said("undelete", made[0])
    assert (code, "gone m.bin" in text) == (1, True)
    code, text = said("gc", "--json")
    assert '"collected"' in text
    code, text = said("storage", "--json")
    assert '"quarantine_bytes"' in text
