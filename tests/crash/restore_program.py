"""Run by the crash tests under strace, which strikes when a child makes one and the same call for the `STRIKE`-th time.

The file named by the argument holds jobs as JSON: ``{"root", "action", "kind", "call"}``. Each is done by a child that
first makes harmless calls of that kind, as many as are missing, so that its own call number `call` is the one that is
struck; one run of strace serves all. Answers are printed as JSON: how each child ended.
"""

from __future__ import annotations

import ctypes
import importlib.util
import json
import os
import sys
import traceback
from pathlib import Path

from jupyter_mlversion.codec.json import load
from jupyter_mlversion.codec.record import from_plain
from jupyter_mlversion.domain.snapshot import Snapshot
from jupyter_mlversion.errors import Conflict, MlversionError
from jupyter_mlversion.restore import fill
from jupyter_mlversion.store import fetch

STRIKE = int(os.environ.get("STRIKE", "40"))
HARMLESS = {
    "fsync": (-1,),
    "fdatasync": (-1,),
    "fchmod": (-1, 0),
    "ftruncate": (-1, 0),
    "pwrite64": (-1, None, 0, 0),
    "renameat2": (-1, None, -1, None, 2),
    "utimensat": (-1, b"", None, 0),
}
"""Arguments with which a call does nothing."""

_SCENE = Path(__file__).parents[1] / "unit" / "restore" / "restore_scene.py"
_SPEC = importlib.util.spec_from_file_location("restore_scene", _SCENE)
restore_scene = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(restore_scene)


fill._THREADS = fetch._THREADS = 1  # strace counts the calls of each thread by itself


def run(root, action):
    scene = restore_scene.Scene(root)
    if action == "recover":
        scene.journal.recover(lambda plain: set_head(root, plain))
        return
    target, current = (from_plain(Snapshot, load((root.parent / name).read_bytes())) for name in ("target", "current"))
    documents = ["a.txt"] if action == "documents" else []
    prepared = scene.prepare(target, current, documents=documents)

    def move_head(plain):
        set_head(root, plain)
        if action == "refused" and plain == restore_scene.AFTER:
            raise Conflict("the head was moved and then this")

    scene.journal.apply(prepared, move_head=move_head)


def set_head(root, plain):
    (root / ".mlversion" / "head").write_text(plain["version"])


def child(job):
    call = getattr(ctypes.CDLL(None), job["kind"])
    arguments = HARMLESS.get(job["kind"], (None, None, -1, None, 0))
    for _ in range(STRIKE - job["call"]):
        call(*arguments)
    try:
        run(Path(job["root"]), job["action"])
    except MlversionError:
        return 3
    except BaseException:  # noqa: BLE001 - an untyped error is what the test looks for
        traceback.print_exc()
        return 4
    return 0


def main(jobs):
    ends = []
    for job in jobs:
        pid = os.fork()
        if pid == 0:
            os._exit(child(job))
        status = os.waitpid(pid, 0)[1]
        ends.append(-os.WTERMSIG(status) if os.WIFSIGNALED(status) else os.WEXITSTATUS(status))
    print(json.dumps(ends))


if __name__ == "__main__":
    main(json.loads(Path(sys.argv[1]).read_bytes()))
