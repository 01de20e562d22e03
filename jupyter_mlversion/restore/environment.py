"""The inverse of capture's environment: it is not restored, its differences are listed."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from jupyter_mlversion.domain.environment import Environment

_MACHINE = re.compile(
    r"(?<![a-z0-9])(x86_64|amd64|aarch64|arm64|armv\w+|i[3-6]86|ppc64\w*|s390x|riscv\w+)(?![a-z0-9])", re.IGNORECASE
)


def differences(then: Environment, now: Environment) -> dict[str, tuple[str, str]]:
    """What is not as it was: package or setting → (then, now), empty where absent.

    Hardware and seeds do not count, nor does the release of the OS. Of an environment that is unknown nothing differs.
    """
    if not then.python or not now.python:
        return {}
    pairs = {
        "python": (then.python, now.python),
        "implementation": (then.implementation, now.implementation),
        "platform": (_kind_of(then.platform), _kind_of(now.platform)),
    }
    for name in sorted(then.packages.keys() | now.packages.keys()):
        pairs[name] = (then.packages.get(name, ""), now.packages.get(name, ""))
    return {name: pair for name, pair in pairs.items() if pair[0] != pair[1]}


def _kind_of(platform: str) -> str:
    """What matters of a platform: OS, machine and C library, as ``Linux x86_64 glibc2.36``."""
    before, _, library = platform.partition("-with-")
    machines = _MACHINE.findall(before)
    if not machines:
        return platform
    # The last one: Debian's release of the kernel names a machine too.
    return " ".join(filter(None, [platform.split("-", maxsplit=1)[0], machines[-1], library]))
