"""The pictures of one split, by name."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from jupyter_mlversion.figures.distributions import distribution_figures
from jupyter_mlversion.figures.findings import drift_figures, leakage_figures
from jupyter_mlversion.figures.membership import membership_figures
from jupyter_mlversion.figures.sizes import size_figures
from jupyter_mlversion.figures.splits import split_figures

if TYPE_CHECKING:
    from jupyter_mlversion.domain.digest import Digest
    from jupyter_mlversion.domain.split import Split
    from jupyter_mlversion.domain.summary import Summary

VIEWS = ("sizes", "balance", "membership", "drift", "leakage", "distributions")


def view_figures(split: Split, view: str, summary: Summary | None) -> list[dict[str, Any]]:
    """The figures of a view, which is one of `VIEWS`; none where the split was made without a look at its data."""
    plain: dict[str, Callable[[Split], list[dict[str, Any]]]] = {
        "sizes": size_figures, "balance": lambda one: split_figures([one]), "drift": drift_figures,
        "leakage": leakage_figures,
    }
    if view in plain:
        return plain[view](split)
    if summary is None:
        return []
    return (membership_figures if view == "membership" else distribution_figures)(split, summary)


def summary_from(split: Split, read: Callable[[Digest], bytes]) -> Summary | None:
    """The stored summary of a split, or None.

    Parameters
    ----------
    read : the content of a stored digest.

    Raises
    ------
    Damage : what is stored is no summary.
    """
    import msgspec

    from jupyter_mlversion.codec import json
    from jupyter_mlversion.codec.record import from_plain
    from jupyter_mlversion.domain.summary import Summary
    from jupyter_mlversion.errors import Damage

    if split.summary is None:
        return None
    try:
        return from_plain(Summary, json.load(read(split.summary)))
    except (ValueError, TypeError, msgspec.ValidationError) as error:
        message = f"the summary of the split {split.name!r} cannot be read: {error}"
        raise Damage(message, hint="Run mlversion verify.") from error


def version_figures(
    splits: Iterable[Split], read: Callable[[Digest], bytes], *, name: str | None = None, view: str | None = None
) -> list[dict[str, Any]]:
    """The figures of the splits of a version.

    Parameters
    ----------
    name : of the split; None: all.
    view : one of `VIEWS`; None: all but the distributions, which are many.

    Raises
    ------
    UsageError : there is no such view.
    NotFound : there is no such split.
    """
    from jupyter_mlversion.errors import NotFound, UsageError

    if view is not None and view not in VIEWS:
        message = f"there is no view {view!r} of a split"
        raise UsageError(message, hint=f"Views are {', '.join(VIEWS)}.")
    chosen = [split for split in splits if name in {None, split.name}]
    if not chosen:
        message = "the version has no split" + (f" {name!r}" if name is not None else "")
        raise NotFound(message, hint="mlversion show lists the splits of a version.")
    views = VIEWS[:-1] if view is None else (view,)
    return [figure for split in chosen for one in views
            for figure in view_figures(split, one, summary_from(split, read))]
