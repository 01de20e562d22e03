"""Pictures of different parts that look the same: resized, recompressed, a little brighter.

A picture's hash is 256 bits, whether each cell of a thumbnail is brighter than its neighbour to the left (difference
hash, N. Krawetz, *Kind of like that*, 2013). Pictures whose hashes differ in at most 12 bits share at least one of 13
bands of the hash, so that only those are compared; they must also have thumbnails that correlate by 0.98 or more.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from jupyter_mlversion.domain.check import Check, Item, Verdict
from jupyter_mlversion.errors import MissingPackage
from jupyter_mlversion.splits.checks.answer import answer, count_text, not_applicable, skipped
from jupyter_mlversion.splits.checks.subject import NOWHERE

if TYPE_CHECKING:
    from jupyter_mlversion.splits.checks.subject import Subject

NAME = "similar-images"
BITS = 12
"""Bits of the hash, of 256, in which similar pictures may differ."""

ALIKE = 0.98
"""Correlation of the thumbnails from which pictures are similar."""

MUCH = 0.01
PLAIN = 4.0
"""Standard deviation of the grey values (0 to 255) below which a picture shows nothing."""

NEXT = 8
"""Pictures of a band that each is compared with."""


def check(subject: Subject) -> Check:
    """Whether a picture looks like one in another part: any is a warning, 1 % of a part a problem."""
    import numpy as np

    if subject.images is None:
        return not_applicable(NAME, "The data holds no pictures of 16 pixels a side or more.")
    try:
        thumbnails, unreadable = subject.images.thumbnails(subject.clock)
    except MissingPackage as error:
        return skipped(NAME, f"{error.message}: {error.hint}")
    bits = (thumbnails[:, :, 1:] > thumbnails[:, :, :-1]).reshape(len(thumbnails), -1)
    shows = thumbnails.reshape(len(thumbnails), -1).std(axis=1) >= PLAIN
    found: dict[int, tuple[int, float]] = {}
    share = 0.0
    for round_, places in zip(subject.some_rounds, subject.places, strict=True):
        pairs = _pairs(subject, thumbnails, bits, np.flatnonzero(shows & (places != NOWHERE)), places)
        found.update(pairs)
        sizes = np.array([max(len(part), 1) for part in round_.values()])
        counted = np.bincount(places[np.array(sorted(pairs), dtype=int)], minlength=len(sizes))
        share = max(share, float((counted / sizes).max()))
    numbers = {"share": share, "bits": BITS, "unreadable": len(unreadable), "problem from": MUCH}
    if not found:
        return Check(NAME, Verdict.OK, "No picture looks like one in another part.", {k: float(v) for k, v in
                                                                                     numbers.items()})
    verdict = Verdict.PROBLEM if share >= MUCH else Verdict.WARNING
    items = [Item(f"row {row} ≈ row {twin}", verdict, {"row": row, "twin": twin, "correlation": alike})
             for row, (twin, alike) in sorted(found.items(), key=lambda pair: -pair[1][1])]
    sentence = (f"{count_text(len(found), 'picture')} of one part {'looks' if len(found) == 1 else 'look'} like one in "
                f"another: up to {share:.1%} of a part.")
    return answer(NAME, verdict, sentence, numbers=numbers, rows=sorted(found), items=items)


def _pairs(subject: Subject, thumbnails: Any, bits: Any, used: Any, places: Any) -> dict[int, tuple[int, float]]:
    import numpy as np

    found: dict[int, tuple[int, float]] = {}
    for band in np.array_split(np.arange(bits.shape[1]), BITS + 1):
        subject.clock.tick()
        keys = bits[used][:, band] @ (np.uint64(1) << np.arange(len(band), dtype=np.uint64))
        order = used[np.argsort(keys, kind="stable")]
        sorted_keys = np.sort(keys, kind="stable")
        for gap in range(1, min(NEXT + 1, len(order))):
            one, two = order[:-gap], order[gap:]
            together = (sorted_keys[:-gap] == sorted_keys[gap:]) & (places[one] != places[two])
            one, two = one[together], two[together]
            close = (bits[one] != bits[two]).sum(axis=1) <= BITS
            for left, right in zip(one[close].tolist(), two[close].tolist(), strict=True):
                row, twin = (left, right) if places[left] > places[right] else (right, left)
                alike = float(np.corrcoef(thumbnails[row].ravel(), thumbnails[twin].ravel())[0, 1])
                if alike >= ALIKE and (row not in found or found[row][1] < alike):
                    found[row] = (twin, alike)
    return found
