"""restore(capture(x)) = x, for any tree of files; and the undo brings back what was there before."""

from __future__ import annotations

import os
import shutil
import stat
import tempfile
from pathlib import Path

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from jupyter_mlversion.capture.ignore import Ignore
from jupyter_mlversion.config import Config
from jupyter_mlversion.repository import Repository


def belongs(name: str) -> bool:
    """Whether a file, or a folder, of that name belongs to versions, and lets what is beside it belong to them, too."""
    ignore = Ignore(Path("/"), Config())
    return name not in {"pyvenv.cfg", "conda-meta"} and not any(map(ignore.matches, (name, f"{name}/", f"{name}/x")))


SURROGATE = chr(0xDCFF)  # a byte that is not UTF-8, as Python spells it
names = st.one_of(
    st.sampled_from(
        [
            "a",
            "b c",
            "Ünïcode",
            "new\nline",
            "files.json",
            "in",
            ".hidden",
            "-n",
            "*.csv",
            f"odd{SURROGATE}",
            "日本.csv",
        ]
    ),
    st.text(st.characters(exclude_characters="/\0", exclude_categories=["Cs"]), min_size=1, max_size=8).filter(
        lambda name: name.strip(".") != "" and len(name.encode()) < 60 and belongs(name)
    ),
)
leaves = st.one_of(
    st.tuples(st.just("file"), st.binary(max_size=300), st.sampled_from([0o644, 0o755, 0o600, 0o444])),
    st.tuples(st.just("link"), st.sampled_from(["a", "../x", "/etc/passwd", "nowhere"])),
)
trees = st.recursive(
    st.dictionaries(names, leaves, min_size=1, max_size=4),  # an empty folder is not versioned, and stays in the way
    lambda inner: st.dictionaries(names, st.one_of(leaves, inner), min_size=1, max_size=4),
)


def build(root: Path, tree: dict[str, object]) -> None:
    """Make `tree` in the folder `root`."""
    for name, item in tree.items():
        path = root / name
        if isinstance(item, dict):
            path.mkdir()
            build(path, item)
        elif item[0] == "file":
            path.write_bytes(item[1])
            path.chmod(item[2])
        else:
            path.symlink_to(item[1])


def state(root: Path) -> dict[str, tuple[object, ...]]:
    """What there is: bytes and permissions of files, targets of links. Empty folders are not versioned."""
    found: dict[str, tuple[object, ...]] = {}
    for folder, folders, files in os.walk(root):
        folders[:] = [name for name in folders if name != ".mlversion"]
        for name in [*files, *(name for name in folders if os.path.islink(os.path.join(folder, name)))]:
            path = os.path.join(folder, name)
            status = os.lstat(path)
            relative = os.path.relpath(path, root)
            if stat.S_ISLNK(status.st_mode):
                found[relative] = ("link", os.readlink(path))
            else:
                with open(path, "rb") as file:
                    found[relative] = ("file", file.read(), stat.S_IMODE(status.st_mode))
    return found


def clear(root: Path) -> None:
    """Remove all but the versions."""
    for path in root.iterdir():
        if path.name != ".mlversion":
            shutil.rmtree(path) if path.is_dir() and not path.is_symlink() else path.unlink()


@given(trees, trees)
@settings(
    max_examples=20,
    deadline=None,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=[HealthCheck.too_slow],
)
def test_restore_is_the_inverse_of_capture(one: dict[str, object], two: dict[str, object]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        repository = Repository.init(root)
        (root / "mlversion.toml").write_text("track = ['*']\n")
        build(root, one)
        repository = Repository.open(root)
        first = repository.checkpoint().version
        assert first is not None
        before = state(root)
        clear(root)
        (root / "mlversion.toml").write_text("track = ['*']\n")
        build(root, two)
        repository.checkpoint()
        changed = state(root)
        done = repository.restore(first.id)
        assert state(root) == before
        assert repository.verify(read_data=True) == []
        repository.restore(str(done.safety_version))
        assert state(root) == changed
