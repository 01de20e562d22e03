"""Which packs are encoded anew, and which were already."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from contextlib import suppress
from typing import TYPE_CHECKING

from jupyter_mlversion.store.repack.repacker import Repacker
from jupyter_mlversion.store.rewrite import Rewriter, Rewritten
from jupyter_mlversion.store.room import Room

if TYPE_CHECKING:
    from jupyter_mlversion.domain.progress import Progress
    from jupyter_mlversion.store.repack.lineage import Step
    from jupyter_mlversion.store.site import Site
    from jupyter_mlversion.store.survey import Packed

_NAME = 32


class Anew:
    """Encodes packs anew, each once: the names of those that came of it are in the file ``settled`` of the store.

    The file may be lost at any time: then it is tried again what could not be made smaller before.

    Parameters
    ----------
    steps : see `Repacker`; asked once.
    """

    def __init__(self, site: Site, steps: Callable[[], Iterable[Step]]) -> None:
        self._site = site
        self._steps = steps
        self._path = site.root / "settled"
        self._settled: set[bytes] = set()
        with suppress(OSError, ValueError):
            self._settled = {bytes.fromhex(line) for line in self._path.read_text("ascii").split()}

    def pending(self, pack: Packed) -> bool:
        """Whether the pack has still to be encoded anew."""
        return pack.name not in self._settled

    def fits(self, packs: Collection[Packed]) -> bool:
        """Whether there is room beside the packs for what comes of those that are pending."""
        need = sum(pack.size for pack in packs if self.pending(pack))
        return Room(self._site.root, None, lambda: 0).has(need, 0)

    def rewrite(self, packs: Collection[Packed], staying: Collection[Packed], wants: Callable[[bytes], bool],
                progress: Progress) -> Rewritten:
        """Write what `wants` says into new packs: encoded anew, or as it is where that was done before.

        Parameters
        ----------
        staying : the packs that nobody writes anew.

        Raises
        ------
        DiskFull, FileFailure : the operating system refused; what was finished before is named by nothing but itself.
        """
        site = self._site
        pending = [pack for pack in packs if self.pending(pack)]
        fresh = Repacker(site.folder, site.reader, self._steps(), staying).rewrite(pending, wants, progress)
        written = {chunk.hash for _, _, footer in fresh.packs for chunk in footer.chunks}
        copied = Rewriter(site.folder, site.folder, site.reader).rewrite(
            [pack for pack in packs if not self.pending(pack)], lambda key: key not in written and wants(key), progress)
        result = Rewritten([*fresh.packs, *copied.packs], fresh.damaged | copied.damaged)
        self._note(name for name, _, _ in result.packs)
        return result

    def _note(self, names: Iterable[bytes]) -> None:
        self._settled.update(names)
        there = self._site.folder.names()
        with suppress(OSError):
            self._path.write_text("".join(f"{name.hex()}\n" for name in sorted(self._settled & there)), "ascii")
