"""A workspace with a store, and a capture of it that the tests of restore use instead of the real one."""

from __future__ import annotations

import os
import shutil
import stat
import zlib
from typing import TYPE_CHECKING

from jupyter_mlversion.domain.artifact import Access, Artifact, Role, State
from jupyter_mlversion.domain.environment import Environment
from jupyter_mlversion.domain.snapshot import Snapshot
from jupyter_mlversion.restore.journal import Applied, Journal, Prepared
from jupyter_mlversion.restore.plan import make_plan
from jupyter_mlversion.store import Store, digest_of_bytes
from jupyter_mlversion.store.plan import Cut

if TYPE_CHECKING:
    from pathlib import Path

    from jupyter_mlversion.domain.plan import RestorePlan

BEFORE, AFTER = {"version": "a" * 40}, {"version": "b" * 40}


class Scene:
    """A workspace at `root`; `head` is where its only line stands."""

    def __init__(self, root: Path, **options) -> None:
        self.root = root
        self.store = Store(root / ".mlversion" / "store", **options)
        self.looks = {}
        self.journal = Journal(root, self.store, self.known)
        self.head = BEFORE

    def known(self, path, status):
        """A stat cache: of what `prepare` read."""
        look, digest = self.looks.get(path, (None, None))
        return digest if look == facts(status) else None

    def move_head(self, head):
        self.head = head

    def fill(self, tree):
        """Make the workspace hold `tree`: path → bytes, ``(bytes, mode)``, or ``"-> target"`` for a symbolic link."""
        for entry in list(self.root.iterdir()):
            if entry.name != ".mlversion":
                shutil.rmtree(entry) if entry.is_dir() and not entry.is_symlink() else entry.unlink()
        for path, value in tree.items():
            put(self.root / path, value)

    def capture(self, *, skip=()) -> Snapshot:
        """Everything in the workspace as artifacts, stored."""
        artifacts = []
        with self.store.batch() as batch:
            for path in files_of(self.root):
                if path in skip:
                    continue
                status = os.lstat(self.root / path)
                if stat.S_ISLNK(status.st_mode):
                    content = batch.put_bytes(os.fsencode(os.readlink(self.root / path)))
                else:
                    descriptor = os.open(self.root / path, os.O_RDONLY)
                    content = batch.put_file(descriptor)
                    os.close(descriptor)
                artifacts.append(
                    Artifact(
                        path,
                        Role.OTHER,
                        Access.TRACKED,
                        content.digest,
                        content.size,
                        status.st_mode,
                        status.st_mtime_ns,
                        State.STORED,
                    )
                )
        return Snapshot(tuple(sorted(artifacts, key=lambda item: item.path)))

    def digest(self, path):
        absolute = self.root / path
        if absolute.is_symlink():
            return digest_of_bytes(os.fsencode(os.readlink(absolute)))
        return digest_of_bytes(absolute.read_bytes()) if absolute.is_file() else None

    def plan(self, target, head=None, **options) -> RestorePlan:
        known = {
            "version_id": "c" * 40,
            "root": self.root,
            "paths": (),
            "keep_new": False,
            "digest_of": self.digest,
            "available": self.store.__contains__,
            "environment": Environment(),
            "notebook": None,
            "document": None,
            "keepable": lambda _path: "",
            "shared": {},
        }
        return make_plan(target=target, head=head, **{**known, **options})

    def prepare(self, target, head=None, *, restore_id="r1", documents=(), plan=None, **options) -> Prepared:
        plan = plan or self.plan(target, head, **options)
        assert not plan.conflicts, plan.conflicts
        touched = [*plan.removes, *(write.path for write in plan.writes)]
        present = {path: facts(os.lstat(self.root / path)) for path in touched if os.path.lexists(self.root / path)}
        expected = {path: self.digest(path) for path in touched}
        self.looks = {path: (look, expected[path]) for path, look in present.items()}
        with self.store.batch() as batch:
            for path in touched:
                if (self.root / path).is_symlink():
                    batch.put_bytes(os.fsencode(os.readlink(self.root / path)))
                elif (self.root / path).is_file():
                    batch.put_bytes((self.root / path).read_bytes())
        return self.journal.prepare(
            restore_id, plan, target, expected=expected, open_documents=frozenset(documents), heads=(BEFORE, AFTER)
        )

    def restore(self, target, head=None, **options) -> Applied:
        return self.journal.apply(self.prepare(target, head, **options), move_head=self.move_head)

    def tree(self):
        """What the workspace holds, folders included: path → what `look` says."""
        return {path: look(self.root / path) for path in sorted([*files_of(self.root), *folders_of(self.root)])}

    def journal_names(self):
        folder = self.root / ".mlversion" / "journal"
        return sorted(os.listdir(folder)) if folder.is_dir() else []


def facts(status):
    return status.st_size, status.st_mtime_ns, status.st_ctime_ns, status.st_ino, status.st_mode


def put(path, value):
    path.parent.mkdir(parents=True, exist_ok=True)
    if isinstance(value, str):
        path.symlink_to(value.removeprefix("-> "))
        return
    data, mode = value if isinstance(value, tuple) else (value, 0o644)
    path.write_bytes(data)
    path.chmod(mode)
    moment = 10**18 + zlib.crc32(data)  # equal bytes, equal time: a file that only has another time is not restored
    os.utime(path, ns=(moment, moment))


def look(path):
    """Target of a link, or mode, time and bytes of a file, or just that it is a folder."""
    status = path.lstat()
    if stat.S_ISLNK(status.st_mode):
        return ("link", os.readlink(path))
    if stat.S_ISDIR(status.st_mode):
        return ("folder",)
    return ("file", stat.S_IMODE(status.st_mode), status.st_mtime_ns, path.read_bytes())


def files_of(root):
    return [path for path, is_folder in _walk(root) if not is_folder]


def folders_of(root):
    return [path for path, is_folder in _walk(root) if is_folder]


def _walk(root):
    for folder, names, files in os.walk(root):
        here = os.path.relpath(folder, root)
        if here == ".":
            names[:] = [name for name in names if name != ".mlversion"]
        prefix = "" if here == "." else f"{here}/"
        for name in [*names, *files]:
            yield f"{prefix}{name}", not os.path.islink(os.path.join(folder, name)) and name in names


CUT = 64 * 1024


def by_cuts(source):
    """Cuts at the same places whatever the content: what differs is then known to the test."""
    for offset in range(0, source.size, CUT):
        yield Cut(min(CUT, source.size - offset))


def parts(*names):
    """A content of chunks that are told apart by their names."""
    return b"".join(name.encode().ljust(8) * (CUT // 8) for name in names)


OLD = parts("a", "b", "c", "d", "e", "f", "g", "h")
NEW = parts("a", "B", "c", "d", "E", "F", "g", "h")


class Both:
    """A scene that holds the old files, and both snapshots."""

    def __init__(self, scene, old, new):
        self.scene = scene
        scene.fill(new)
        self.new, self.after = scene.capture(), scene.tree()
        scene.fill(old)
        self.old, self.before = scene.capture(), scene.tree()

    def prepare(self, **options):
        return self.scene.prepare(self.new, self.old, **options)

    def apply(self, prepared, **options):
        return self.scene.journal.apply(prepared, move_head=self.scene.move_head, **options)


def patches(prepared):
    return {step.path: step.patch for step in prepared.record.steps if step.patch}
