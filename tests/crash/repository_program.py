"""One command on a workspace, to be killed anywhere: prints ``ACK <version>`` once the command has answered."""

from __future__ import annotations

import sys

from jupyter_mlversion.repository import Repository


def main(root: str, action: str, name: str) -> None:
    """Join the key `name`, or restore the version `name`, in the workspace `root`."""
    repository = Repository.open(root)
    if action == "join":
        version = repository.join(name).version
        print("ACK", version.id if version else None, flush=True)
    else:
        print("ACK", repository.restore(name).safety_version, flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
