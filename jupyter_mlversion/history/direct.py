"""Where a line stands, read straight from the files of the refs: a look at what did not change starts no process."""

from __future__ import annotations

import mmap
from typing import TYPE_CHECKING

from jupyter_mlversion.domain.version import MAIN
from jupyter_mlversion.history.names import branch_ref, is_id, line_ref
from jupyter_mlversion.history.refs import FIRST, FIRST_ID, Standing

if TYPE_CHECKING:
    from pathlib import Path

_PACKED = b"# pack-refs with: peeled fully-peeled sorted \n"


def standing_of(git_dir: Path, line: str) -> Standing | None:
    """Where a line stands that never left its first branch; None for any other, and whenever Git has to be asked.

    Other branches that the line may have are not told of.
    """
    try:
        if (git_dir / "reftable").exists() or _ref(git_dir, line_ref(line)) != FIRST_ID:
            return None
        tip = _ref(git_dir, branch_ref(line, MAIN))
    except OSError:
        return None
    return None if tip is None else Standing(line, FIRST, FIRST_ID, {MAIN: tip})


def _ref(git_dir: Path, ref: str) -> str | None:
    """The id in a ref: its own file counts, then the file of those that were packed."""
    try:
        text = (git_dir / ref).read_text("ascii").rstrip("\n")
    except FileNotFoundError:
        return _packed(git_dir / "packed-refs", ref)
    except UnicodeDecodeError:
        return None
    return text if is_id(text) else None


def _packed(path: Path, ref: str) -> str | None:
    """The id of a packed ref, found by halving: there may be very many."""
    try:
        with open(path, "rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
            if data[:len(_PACKED)] != _PACKED:
                return None
            low, high, wanted = len(_PACKED), len(data), ref.encode()
            while low < high:
                start = data.rfind(b"\n", low - 1, (low + high) // 2) + 1
                end = data.find(b"\n", start)
                found = data[start + 41:end]
                if data[start:start + 1] == b"^":  # what the tag before it leads to
                    return None
                if found == wanted:
                    id_ = data[start:start + 40].decode("ascii", "replace")
                    return id_ if is_id(id_) else None
                if found < wanted:
                    low = end + 1
                else:
                    high = start
    except (FileNotFoundError, ValueError):  # none, or an empty one
        return None
    return None
