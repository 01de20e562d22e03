"""Files that did not change are known; files that might have are not."""

from __future__ import annotations

import multiprocessing
import os

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from jupyter_mlversion.domain.listing import Listing, join_names, packed, split_names
from jupyter_mlversion.index import Index
from jupyter_mlversion.index.stats import is_racy

A, B = "blake3:" + "a" * 64, "blake3:" + "b" * 64
LATER = 10**9 * 60


@pytest.fixture
def index(tmp_path):
    return Index(tmp_path / "index.sqlite")


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "data.csv"
    path.write_text("1,2\n")
    return path


def changed(file):
    return file.stat().st_ctime_ns


def test_an_unchanged_file_is_known(index, file):
    assert index.digest_for("data.csv", file.stat()) is None
    index.remember("data.csv", file.stat(), A, at_ns=changed(file) + LATER)
    assert index.digest_for("data.csv", file.stat()) == A
    assert index.digest_for("other.csv", file.stat()) is None
    index.remember("data.csv", file.stat(), B, at_ns=changed(file) + LATER)
    assert index.digest_for("data.csv", file.stat()) == B


def rewrite(file):
    file.write_text("12,2\n")


def touch(file):
    os.utime(file, ns=(1, 1))


def mode(file):
    file.chmod(0o755)


def same_size_and_mtime(file):
    before = file.stat()
    file.write_text("9,9\n")
    os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))


def replaced(file):
    before = file.stat()
    other = file.with_name("new")
    other.write_text("3,4\n")
    os.utime(other, ns=(before.st_atime_ns, before.st_mtime_ns))
    other.replace(file)


@pytest.mark.parametrize("change", [rewrite, touch, mode, same_size_and_mtime, replaced])
def test_a_changed_file_is_not_known(index, file, change):
    index.remember("data.csv", file.stat(), A, at_ns=changed(file) + LATER)
    before = changed(file)
    while True:  # until the file system's clock has moved on, as it has for any file that was recorded
        change(file)
        if changed(file) != before:
            break
    assert index.digest_for("data.csv", file.stat()) is None


def test_a_file_just_written_is_not_recorded(index, file):
    """It could change again within the same tick of the clock, and look the same."""
    index.remember("data.csv", file.stat(), A)
    assert index.digest_for("data.csv", file.stat()) is None
    index.remember("data.csv", file.stat(), A, at_ns=changed(file))
    assert index.digest_for("data.csv", file.stat()) is None


def stat_of(mtime_ns, ctime_ns):
    values = [0] * 19
    result = os.stat_result(values[:10], {"st_mtime_ns": mtime_ns, "st_ctime_ns": ctime_ns})
    assert (result.st_mtime_ns, result.st_ctime_ns) == (mtime_ns, ctime_ns)
    return result


@pytest.mark.parametrize(("mtime", "ctime", "at", "racy"), [
    (1_500_000_001, 1_500_000_001, 1_500_000_001, True), (1_500_000_001, 1_500_000_001, 1_599_000_000, True),
    (1_500_000_001, 1_500_000_001, 1_700_000_000, False), (1, 1_500_000_001, 1_550_000_000, True),
    (1_500_000_001, 1, 1_550_000_000, True), (9_000_000_001, 1, 1_000_000_000, True),
    (1_000_000_000, 1_000_000_000, 2_500_000_000, True), (1_000_000_000, 1_000_000_000, 3_500_000_000, False),
    (0, 1_500_000_001, 1_700_000_000, False)])
def test_what_is_racy(mtime, ctime, at, racy):
    assert is_racy(stat_of(mtime, ctime), at) is racy


def test_many_at_once(index, tmp_path):
    files = {}
    for number in range(50):
        name = os.fsdecode(b"f\xff%d" % number)
        (tmp_path / name).write_text("x")
        files[name] = (tmp_path / name).stat()
    at = max(stat.st_ctime_ns for stat in files.values()) + LATER
    index.remember_many([(name, stat, A) for name, stat in files.items()], at_ns=at)
    asked = [*files.items(), ("unknown", files[os.fsdecode(b"f\xff1")])]
    assert index.digests_for(asked) == dict.fromkeys(files, A)


def test_what_is_no_digest_is_not_believed(index, file):
    index.remember("data.csv", file.stat(), A, at_ns=changed(file) + LATER)
    index._database._connection.execute("UPDATE stats SET digests = 'x'")
    assert index.digest_for("data.csv", file.stat()) is None
    assert index.outcome("k") is None


def listing_of(folder, workspace_folder=""):
    files = sorted(entry for entry in folder.iterdir() if entry.is_file())
    numbers = [number for file in files for number in facts_of(file.stat())]
    return Listing(workspace_folder, [file.name for file in files], packed(numbers))


def facts_of(stat):
    return [stat.st_size, stat.st_mtime_ns, stat.st_ctime_ns, stat.st_ino, stat.st_mode]


@pytest.fixture
def folder(tmp_path):
    folder = tmp_path / "w"
    folder.mkdir()
    for name in ("a", "b", "c", os.fsdecode(b"\xff")):
        (folder / name).write_text(name if name.isascii() else "?")
    return folder


def remember(index, listing, at, names=None, listings=None):
    index.remember_many([(listing.path(name), listing.facts(place), A) for place, name in enumerate(listing.names)
                         if names is None or name in names], at_ns=at, listings=listings)


@pytest.mark.parametrize("where", ["", "sub/folder"])
def test_a_whole_folder_is_asked_for_at_once(index, folder, where):
    listing = listing_of(folder, where)
    at = max(stat.st_ctime_ns for stat in (file.stat() for file in folder.iterdir())) + LATER
    assert index.digests_in([]) == {}
    assert index.digests_in([listing]) == {where: {}}
    remember(index, listing, at)
    assert index.digests_in([listing]) == {where: dict.fromkeys(listing.names, A)}
    (folder / "b").write_text("longer")
    (folder / "new").write_text("new")
    now = listing_of(folder, where)
    assert index.digests_in([now]) == {where: dict.fromkeys(set(listing.names) - {"b"}, A)}
    assert index.digest_for(now.path("b"), (folder / "b").stat()) is None
    assert index.digest_for(now.path("a"), (folder / "a").stat()) == A


def test_what_is_gone_from_a_folder_is_dropped_from_its_row(index, folder):
    listing = listing_of(folder, "w")
    at = max(stat.st_ctime_ns for stat in (file.stat() for file in folder.iterdir())) + LATER
    remember(index, listing, at)
    gone = (folder / "a").stat()
    (folder / "a").unlink()
    now = listing_of(folder, "w")
    remember(index, now, at, names={"b"})
    assert index.digest_for("w/a", gone) == A
    remember(index, now, at, names={"b"}, listings={"w": now})
    assert index.digest_for("w/a", gone) is None
    assert index.digest_for("w/c", (folder / "c").stat()) == A


def test_a_row_of_racy_files_alone_is_none(index, folder):
    listing = listing_of(folder)
    remember(index, listing, at=0)
    assert index._ask(lambda db: db.execute("SELECT count(*) FROM stats").fetchone()) == (0,)


def test_outside_of_the_workspace_is_another_folder(index, folder):
    stat = (folder / "a").stat()
    at = stat.st_ctime_ns + LATER
    index.remember_many([("w/a", stat, A), ("/w/a", stat, B), ("a", stat, A), ("/a", stat, B)], at_ns=at)
    paths = ["w/a", "/w/a", "a", "/a"]
    assert index.digests_for([(path, stat) for path in paths]) == {"w/a": A, "/w/a": B, "a": A, "/a": B}


@pytest.mark.parametrize("column", ["numbers", "digests"])
def test_a_row_that_is_not_ours_is_not_believed(index, folder, column):
    listing = listing_of(folder)
    remember(index, listing, at=max(file.stat().st_ctime_ns for file in folder.iterdir()) + LATER)
    index._ask(lambda db: db.execute(f"UPDATE stats SET {column} = x'00'"), write=True)
    assert index.digests_in([listing]) == {"": {}}


@settings(suppress_health_check=[HealthCheck.too_slow])  # drawing is slow on a machine with much to do
@given(st.lists(st.integers(-2**63, 2**64 - 1)))
def test_numbers_of_64_bits_are_kept_whatever_their_sign(numbers):
    assert [number % 2**64 for number in packed(numbers)] == [number % 2**64 for number in numbers]


@given(st.lists(st.binary(min_size=1).filter(lambda raw: not set(raw) & {0, ord("/")}).map(os.fsdecode)))
def test_names_are_split_as_they_were_joined(names):
    assert split_names(join_names(names)) == names


def remember_one(path, name, barrier):
    index = Index(path)
    barrier.wait()
    for number in range(20):
        stat = stat_of(1_600_000_000_000_000_001, number)
        index.remember(f"f/{name}{number}", stat, A, at_ns=2_000_000_000_000_000_000)
    index.close()


def test_two_processes_remember_files_of_one_folder(index, tmp_path):
    assert index.digest_for("x", stat_of(1, 1)) is None  # makes the file
    context = multiprocessing.get_context("spawn")
    barrier = context.Barrier(2)
    processes = [context.Process(target=remember_one, args=(tmp_path / "index.sqlite", name, barrier)) for name in "ab"]
    for process in processes:
        process.start()
    for process in processes:
        process.join(60)
        assert process.exitcode == 0
    files = [(f"f/{name}{number}", stat_of(1_600_000_000_000_000_001, number)) for name in "ab" for number in range(20)]
    assert index.digests_for(files) == {path: A for path, _ in files}
