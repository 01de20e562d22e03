"""How two environments differ."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyter_mlversion.compare import values

if TYPE_CHECKING:
    from jupyter_mlversion.domain.environment import Environment


def changes(a: Environment, b: Environment) -> dict[str, tuple[str | None, str | None]]:
    """What differs → the pair ``(a, b)``, with None where a side does not know.

    Packages go by their names, the rest is called ``python``, ``implementation``, ``platform``, ``hardware.cpu``,
    ``seed.torch`` and so on.
    """
    return values.changes(named(a), named(b))


def named(environment: Environment) -> dict[str, str]:
    """What is known of an environment, by the names that `changes` uses."""
    settings = {"python": environment.python, "implementation": environment.implementation,
                "platform": environment.platform}
    return {**environment.packages,
            **{f"hardware.{name}": value for name, value in environment.hardware.items()},
            **{f"seed.{name}": value for name, value in environment.seeds.items()},
            **{name: value for name, value in settings.items() if value}}
