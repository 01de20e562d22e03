"""Whatever a tree holds, capture knows all of it, byte for byte."""

from __future__ import annotations

import os
import stat
import tempfile
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from jupyter_mlversion.capture import files, scan
from jupyter_mlversion.codec.record import from_plain, to_plain
from jupyter_mlversion.config import Config
from jupyter_mlversion.domain.artifact import Access, Artifact, State
from jupyter_mlversion.index import Index
from jupyter_mlversion.store import Store

# Any name that Linux allows: spaces, newlines, every script, and bytes that are no UTF-8.
characters = st.characters(blacklist_characters="/\0", blacklist_categories=("Cs",))
names = st.one_of(
    st.text(characters, min_size=1, max_size=20),
    st.binary(min_size=1, max_size=12).filter(lambda raw: not set(raw) & {0, ord("/")}).map(os.fsdecode),
    st.sampled_from(["a b", " ", "\n", "ünï.csv", "-rf", "*", "[x]", "!", "#x", "é", "e\u0301", "~", "$HOME", "a\\b"]),
).filter(lambda name: name not in {".", ".."} and len(os.fsencode(name)) < 250)
paths = st.lists(names, min_size=1, max_size=9).map("/".join)
contents = st.one_of(st.just(b""), st.binary(max_size=200), st.sampled_from([b"\0" * 5000, b"a,b\n1,2\n"]))
modes = st.sampled_from([0o644, 0o600, 0o755, 0o700, 0o444])
entries = st.one_of(st.tuples(st.just("file"), contents, modes), st.tuples(st.just("link"), paths, st.none()))
trees = st.dictionaries(paths, entries, max_size=12)


def write(root: Path, tree) -> dict[str, tuple]:
    """Write what of `tree` has room beside the rest; returns what was written."""
    written = {}
    for path, (kind, value, mode) in tree.items():
        target = root / path
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            if os.path.lexists(target):
                continue
            if kind == "link":
                target.symlink_to(value)
            else:
                target.write_bytes(value)
                target.chmod(mode)
        except (FileExistsError, NotADirectoryError, FileNotFoundError, OSError):
            continue
        written[path] = (kind, value, mode)
    return written


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(trees)
def test_capture_knows_every_byte_of_any_tree(tree):
    with tempfile.TemporaryDirectory() as folder:
        root, ours = Path(folder) / "work", Path(folder) / "ours"
        root.mkdir()
        ours.mkdir()
        written = write(root, tree)
        store, index = Store(ours / "store"), Index(ours / "index.sqlite")
        with store.batch() as batch:
            captured = files.capture(root, dict.fromkeys(written, Access.TRACKED), batch, store=store, config=Config(),
                                     index=index)
        found = {artifact.path: artifact for artifact in captured}
        assert {path for path in written if not _administration(path) and _plain(root, path)} <= set(found)
        for path, artifact in found.items():
            if path.startswith("/"):
                assert artifact.state == State.DIGEST_ONLY
                continue
            status = (root / path).lstat()
            link = stat.S_ISLNK(status.st_mode)
            expected = os.fsencode(os.readlink(root / path)) if link else (root / path).read_bytes()
            assert store.read(artifact.digest) == expected
            assert (artifact.mode, artifact.mtime_ns) == (status.st_mode, status.st_mtime_ns)
            assert artifact.size == len(expected)
            assert from_plain(Artifact, to_plain(artifact)) == artifact


def _administration(path):
    return bool({part.lower() for part in path.split("/")} & {".git", ".mlversion"})


def _plain(root, path):
    """Whether no folder on the way is a link."""
    folder = os.path.dirname(path)
    return os.path.realpath(root / folder) == os.path.normpath(os.path.join(os.path.realpath(root), folder))


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(trees)
def test_a_scan_finds_every_file_and_link(tree):
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        write(root, tree)
        present = {os.path.relpath(os.path.join(here, name), root)
                   for here, folders, found in os.walk(root) for name in (*found, *folders)
                   if name in found or os.path.islink(os.path.join(here, name))}
        ignore = scan.Ignore(root, Config())
        assert scan.changed_since(root, Config(), 0) == sorted(path for path in present if not ignore.matches(path))
