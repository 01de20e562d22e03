"""How two environments differ."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyter_mlversion.compare import values

if TYPE_CHECKING:
    from jupyter_mlversion.domain.environment import Environment


def changes(a: Environment, b: Environment) -> dict[str, tuple[str | None, str | None]]:
    """What differs, by name: packages as they are called, ``python``, ``implementation``, ``platform``, ``hardware.cpu``, ``seed.torch``."""
    return values.changes(_named(a), _named(b))


def _named(environment: Environment) -> dict[str, str]:
    settings = {"python": environment.python, "implementation": environment.implementation,
                "platform": environment.platform}
    return {**environment.packages,
            **{f"hardware.{name}": value for name, value in environment.hardware.items()},
            **{f"seed.{name}": value for name, value in environment.seeds.items()},
            **{name: value for name, value in settings.items() if value}}
