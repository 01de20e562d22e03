"""What a strategy needs, or a clear error."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from jupyter_mlversion.errors import MissingPackage, UsageError

if TYPE_CHECKING:
    from jupyter_mlversion.splits.codes import Codes

T = TypeVar("T")

INSTALL = 'pip install "jupyter_mlversion[ml]"'

_MEANING = {
    "target": "the class of each row or the name of a column",
    "groups": "the group of each row or the name of a column",
}


def required(given: T | None, strategy: str, what: str) -> T:
    """`given`, or an error that says what is needed.

    Raises
    ------
    UsageError : it is None.
    """
    if given is None:
        message = f"strategy={strategy!r} needs {'a target' if what == 'target' else what}"
        raise UsageError(message, hint=f"Give {what}=, {_MEANING[what]}.")
    return given


def no_missing(codes: Codes, what: str, strategy: str) -> Codes:
    """`codes`, when every row has a value.

    Raises
    ------
    UsageError : some have none.
    """
    rows = codes.missing
    if len(rows):
        message = f"{strategy}: the {what} is missing in {len(rows)} rows, the first is row {rows[0]}"
        raise UsageError(message, hint=f"Drop these rows, or fill in the {what}.")
    return codes


def scikit_learn(strategy: str) -> None:
    """Make sure that scikit-learn can be imported.

    Raises
    ------
    MissingPackage : it is not installed.
    """
    try:
        import sklearn.model_selection  # noqa: F401 - whether it is there
    except ImportError as error:
        message = f"strategy={strategy!r} needs scikit-learn"
        raise MissingPackage(message, hint=INSTALL) from error
