"""The server's `authorized`, with the types that let mypy see what it decorates."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

    Method = TypeVar("Method", bound=Callable[..., Any])

    def authorized(*, action: str, resource: str) -> Callable[[Method], Method]:
        """Ask the server's authorizer whether the user may do `action` on `resource` before the method runs."""
else:
    from jupyter_server.auth.decorator import authorized

__all__ = ["authorized"]
