"""What a page of versions says of the graph and of the values beside it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from jupyter_mlversion.repository.listing import Listing, Listings


def draw(answer: dict[str, Any], listing: Listing, listings: Listings, offset: int | None) -> None:
    """Adds to a page of `listing` what a panel draws of it.

    Parameters
    ----------
    answer : for `encoded`, with its ``versions``; each gets its ``row`` (None where the order is not that of the
        history) and the ``change`` of its metrics.
    offset : of the page in the list; None in another order.
    """
    versions = answer["versions"]
    rows: list[Any] = [None] * len(versions)
    if offset is not None and listing.ids[offset : offset + len(versions)] == [version["id"] for version in versions]:
        rows = listing.rows(offset, len(versions))
    for version, row in zip(versions, rows, strict=True):
        version["row"] = row
        version["change"] = listings.change_of(version["id"])
    answer["ranges"] = listing.ranges
    answer["safeties"] = listing.safeties
