"""What kind of file system a folder is on."""

from __future__ import annotations

import os
from pathlib import Path

_MOUNTS = Path("/proc/self/mountinfo")
_NETWORK = frozenset({
    "9p", "afs", "beegfs", "ceph", "cifs", "davfs", "glusterfs", "gpfs", "lustre", "ncpfs", "nfs", "nfs4", "ocfs2",
    "smb3", "smbfs", "virtiofs",
})


def is_network(folder: Path) -> bool:
    """Whether other machines may change files in `folder`: locks and shared memory are then not to be relied on."""
    kind = kind_of(folder)
    return kind in _NETWORK or (kind.startswith("fuse.") and kind != "fuse.lxcfs")


def kind_of(folder: Path) -> str:
    """The kind of the file system as Linux calls it, for example ``ext4``; empty where that cannot be told."""
    try:
        device = folder.stat().st_dev
        lines = _MOUNTS.read_text(errors="surrogateescape").splitlines()
    except OSError:
        return ""
    wanted = f"{os.major(device)}:{os.minor(device)}"
    for line in lines:
        before, _, after = line.partition(" - ")
        if before.split(" ")[2:3] == [wanted]:
            return after.split(" ")[0]
    return ""
