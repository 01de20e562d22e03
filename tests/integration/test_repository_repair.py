"""Damage is found, named, and put right from wherever there are sound bytes."""

from __future__ import annotations

import os
import random
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from jupyter_mlversion.cli.main import main
from jupyter_mlversion.errors import Busy, MlversionError
from jupyter_mlversion.repository import Repository
from jupyter_mlversion.store.folder import Folder

if TYPE_CHECKING:
    from jupyter_mlversion.domain.digest import Digest

LARGE = 2_000_000
FLIPS = os.environ.get("MLVERSION_FLIPS", "some")


def noise(seed: int, size: int = LARGE) -> bytes:
    return random.Random(seed).randbytes(size)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    folder = tmp_path / "work"
    folder.mkdir()
    (folder / "mlversion.toml").write_text('track = ["*.bin", "*.txt", "link"]\n')
    return folder


@pytest.fixture
def repository(root: Path) -> Repository:
    """Two versions: a small text and a large file, of which the second has another end."""
    made = Repository.init(root)
    (root / "small.txt").write_text("small " * 100)
    (root / "link").symlink_to("small.txt")
    for number in (1, 2):
        (root / "large.bin").write_bytes(noise(0) + noise(number, 1000))
        made.checkpoint(message=str(number))
    return made


def packs(root: Path) -> list[Path]:
    return sorted((root / ".mlversion" / "store" / "packs").glob("*.pack"), key=lambda path: -path.stat().st_size)


def flip(path: Path, at: int) -> None:
    with path.open("r+b") as file:
        file.seek(at)
        byte = file.read(1)[0]
        file.seek(at)
        file.write(bytes([byte ^ 0x10]))  # not 0x20: Git does not care for the case of an id in a ref


def whole(repository: Repository) -> None:
    """Everything is sound, and can be had."""
    assert repository.verify(read_data=True) == []
    for version in repository.log():
        for artifact in repository.show(version.id).snapshot.artifacts:
            assert artifact.digest is not None
            assert len(repository.store.read(artifact.digest)) == artifact.size


def test_nothing_is_wrong_and_nothing_is_changed(repository: Repository, root: Path) -> None:
    before = packs(root)
    mended = repository.repair()
    assert (mended.before, mended.left) == ((), ())
    assert packs(root) == before


def test_a_damaged_chunk_comes_back_from_the_files_that_are_there(repository: Repository, root: Path) -> None:
    [large, _] = packs(root)
    flip(large, 500_000)
    damage = repository.verify(read_data=True)
    assert {path for item in damage for path in item.paths} == {"large.bin"}
    assert {len(item.versions) for item in damage if item.versions} <= {1, 2}
    mended = repository.repair()
    assert (len(mended.before), mended.left) == (len(damage), ())
    assert large not in packs(root)
    assert not (root / ".mlversion" / "store" / "damaged").exists()
    whole(repository)


def test_versions_say_what_they_lack_until_it_is_there_again(repository: Repository, root: Path) -> None:
    ids = [version.id for version in repository.log()]
    assert repository.lacking(ids) == {}
    [large, _] = packs(root)
    content = large.read_bytes()
    flip(large, 500_000)
    repository.verify(read_data=False)
    assert repository.lacking(ids) == {}, "only reading finds it"
    repository.verify(read_data=True)
    assert repository.lacking(ids) == {id_: ["large.bin"] for id_ in ids}
    repository.verify(read_data=False)
    assert repository.show(ids[0]).lacking == ("large.bin",), "what was found is not forgotten by looking less closely"
    large.write_bytes(content)
    repository.verify(read_data=True)
    assert repository.lacking(ids) == {}

    large.unlink()
    repository.verify()
    assert repository.lacking(ids) == {id_: ["large.bin", "link", "small.txt"] for id_ in ids}
    assert list(Repository.open(root).lacking(ids[1:])) == ids[1:]
    (root / "small.txt").write_text("another")
    repository.checkpoint()  # stores the rest anew, as it is in the newest version
    assert repository.lacking(ids) == {ids[0]: ["small.txt"], ids[1]: ["large.bin", "small.txt"]}
    large.write_bytes(content)
    assert repository.repair().left == ()
    assert repository.lacking(ids) == {}


def test_what_moves_while_it_is_verified_is_not_missed(
    repository: Repository, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    original, calls = Folder.names, 0
    [first, second] = packs(root)
    kept = second.read_bytes()

    def names(folder: Folder) -> set[bytes]:
        nonlocal calls
        calls += 1
        found = original(folder)
        if calls == 2:  # verify has listed the packs and is about to read them: one is gone, what needs it not yet
            Repository.open(root).gc(at_once=True, repack=True)
            second.write_bytes(kept)
        return found

    monkeypatch.setattr(Folder, "names", names)
    assert repository.verify(read_data=True) == []
    assert calls > 3, "it was looked at again"
    assert not first.exists()


def test_what_changed_elsewhere_still_serves(repository: Repository, root: Path) -> None:
    flip(packs(root)[0], 500_000)
    (root / "large.bin").write_bytes(noise(0) + noise(3, 500))  # neither version: but the damaged part is the same
    assert repository.repair().left == ()
    whole(repository)


def test_what_cannot_be_repaired_is_told_and_stored_again_with_the_next_checkpoint(
    repository: Repository, root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    kept = (root / "large.bin").read_bytes()
    flip(packs(root)[0], 500_000)
    (root / "large.bin").write_bytes(b"something else")
    assert main(["verify", "--repair", "-C", str(root)]) == 1
    text = capsys.readouterr().out
    assert "needed for large.bin" in text
    assert all(version.id[:12] in text for version in repository.log())
    assert " left." in text
    assert len(list((root / ".mlversion" / "store" / "damaged").glob("*.pack"))) == 1
    repository = Repository.open(root)
    small = next(artifact for artifact in repository.show("HEAD").snapshot.artifacts if artifact.path == "small.txt")
    assert small.digest is not None
    assert repository.store.read(small.digest) == b"small " * 100
    (root / "large.bin").write_bytes(kept)
    (root / "small.txt").write_text("other")
    assert repository.checkpoint().bytes_new > 10_000
    assert repository.repair().left == ()
    whole(repository)


@pytest.mark.parametrize("at", [-20, -60, 3])
@pytest.mark.parametrize("with_index", [True, False])
def test_a_pack_whose_list_is_broken_comes_back(repository: Repository, root: Path, at: int, with_index: bool) -> None:
    [large, _] = packs(root)
    flip(large, at % large.stat().st_size)
    if with_index:  # the workspace cannot help: what the index knows of the pack must do
        (root / "large.bin").write_bytes(b"something else")
    else:
        repository.store.close()
        (root / "large.bin").write_bytes(noise(0) + noise(1, 1000))
        for path in (root / ".mlversion" / "store").glob("index.sqlite*"):
            path.unlink()
    mended = repository.repair()
    assert mended.before
    lost = {path for item in mended.left for path in item.paths}
    assert lost <= (set() if with_index and at != -60 else {"large.bin"})  # there, a manifest itself was changed
    assert len(list((root / ".mlversion" / "store" / "damaged").glob("*.pack"))) == 1
    (root / "large.bin").write_bytes(noise(0) + noise(1, 1000))
    assert repository.repair().left == ()
    whole(repository)


def test_a_pack_that_is_gone_comes_back_from_the_files(repository: Repository, root: Path) -> None:
    (root / "large.bin").write_bytes(noise(0) + noise(1, 1000))
    packs(root)[0].unlink()
    assert repository.repair().left == ()
    whole(repository)


def test_a_copy_in_another_pack_or_in_the_quarantine_serves(repository: Repository, root: Path) -> None:
    (root / "large.bin").write_bytes(b"something else")
    [large, _] = packs(root)
    waiting = root / ".mlversion" / "store" / "quarantine"
    waiting.mkdir()
    shutil.copy(large, waiting / large.name)
    flip(large, 500_000)
    assert repository.repair().left == ()
    whole(repository)


def test_a_damaged_copy_in_the_quarantine_serves_as_far_as_it_is_sound(repository: Repository, root: Path) -> None:
    (root / "large.bin").write_bytes(b"something else")
    [large, _] = packs(root)
    flip(large, 500_000)
    waiting = root / ".mlversion" / "store" / "quarantine"
    waiting.mkdir()
    large.rename(waiting / large.name)
    assert {path for item in repository.repair().left for path in item.paths} == {"large.bin"}
    (root / "large.bin").write_bytes(noise(0) + noise(1, 1000))
    assert repository.repair().left == ()
    whole(repository)


def test_a_pack_gets_its_name_back(repository: Repository, root: Path) -> None:
    first, second = packs(root)
    first.rename(first.with_name("0" * 64 + ".pack"))
    second.rename(second.with_name("backup.pack"))
    assert repository.verify()
    assert repository.repair().left == ()
    assert set(packs(root)) == {first, second}
    whole(repository)


def test_an_index_that_lies_is_made_anew(repository: Repository, root: Path) -> None:
    import sqlite3

    repository.store.close()
    with sqlite3.connect(root / ".mlversion" / "store" / "index.sqlite") as connection:
        connection.execute("update frame set offset = offset + 1")
    connection.close()
    assert repository.repair().left == ()
    whole(repository)


def test_another_source_is_asked(repository: Repository, root: Path) -> None:
    data = (root / "large.bin").read_bytes()
    (root / "large.bin").write_bytes(b"something else")
    flip(packs(root)[0], 500_000)
    asked: list[Digest] = []

    class Remote:
        def piece(self, content: Digest, offset: int, length: int | None, /) -> bytes | None:
            asked.append(content)
            return None if length is None else data[offset:offset + length]

    class Liar:
        def piece(self, content: Digest, offset: int, length: int | None, /) -> bytes | None:
            return b"wrong"

    assert repository.repair([Liar(), Remote()]).left == ()
    assert asked
    whole(repository)


def test_a_symbolic_link_comes_back(repository: Repository, root: Path) -> None:
    for path in packs(root):
        path.unlink()
    repository.repair()
    link = next(item for item in repository.show("HEAD").snapshot.artifacts if item.path == "link")
    assert link.digest is not None
    assert repository.store.read(link.digest) == b"small.txt"


def test_repair_waits_for_checkpoints_and_goes_without_them(
    repository: Repository, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("jupyter_mlversion.repository.care._DECIDING_WAIT", 0)
    flip(packs(root)[0], 500_000)
    with repository.store.storing(), pytest.raises(Busy):
        repository.repair()
    assert repository.repair().left == ()
    whole(repository)


def test_the_command_says_what_became_of_it(
    repository: Repository, root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["verify", "--repair", "-C", str(root)]) == 0
    assert "No damage." in capsys.readouterr().out
    flip(packs(root)[0], 500_000)
    assert main(["verify", "--repair", "--json", "-C", str(root)]) == 0
    assert '"before": [' in capsys.readouterr().out
    flip(packs(root)[0], 300_000)
    assert main(["verify", "--repair", "-C", str(root)]) == 0
    assert "repaired." in capsys.readouterr().out


def test_every_flip_in_packs_and_history_is_found(root: Path) -> None:
    """Index and locks are not looked at: they are made anew."""
    repository = Repository.init(root)
    (root / "a.txt").write_text("text " * 20)
    (root / "b.bin").write_bytes(noise(1, 300))
    repository.checkpoint(message="one")
    ours = root / ".mlversion"
    history = [path for path in (ours / "history.git").rglob("*") if path.is_file()
               and (path.suffix in {".pack", ".idx"} or "refs" in path.parts)]
    flips = [(path, at) for path in (*packs(root), *history) for at in range(path.stat().st_size)]
    assert len(flips) > 1500
    if FLIPS != "all":
        flips = random.Random(0).sample(flips, 60)
    missed = []
    for path, at in flips:
        mode = path.stat().st_mode
        path.chmod(0o600)
        flip(path, at)
        try:
            if not repository.verify(read_data=True):
                missed.append((path.name, at))
        except MlversionError:
            pass  # told as well, in words
        flip(path, at)
        path.chmod(mode)
    assert missed == []
    whole(repository)
