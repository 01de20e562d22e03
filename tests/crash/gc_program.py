"""One collection or repair of a workspace, to be killed anywhere: prints ``ACK`` once it has answered."""

from __future__ import annotations

import sys

from jupyter_mlversion.repository import Keep, Repository


def main(root: str, action: str) -> None:
    """Collect with a quarantine or without, encode anew, or repair, in the workspace `root`."""
    repository = Repository.open(root)
    if action == "repair":
        repository.repair()
    else:
        repository.gc(Keep(last=2), at_once=action == "now", repack=action == "repack")
    print("ACK", flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
