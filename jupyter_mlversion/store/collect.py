"""Garbage collection: bytes that nothing needs leave the packs, wait in the quarantine, and go.

What is needed is asked twice: at first without a lock, to find out what may go and to write packs anew that are needed
in part; then while nobody stores anything, and by this second answer alone it is decided. Whatever became needed in
between stays.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Collection
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import accumulate
from typing import TYPE_CHECKING

from jupyter_mlversion.domain.progress import Progress, silent
from jupyter_mlversion.errors import Busy, CorruptChunk, NoRoom
from jupyter_mlversion.store.failure import failures
from jupyter_mlversion.store.folder import sync_folder
from jupyter_mlversion.store.rewrite import Rewriter, sound
from jupyter_mlversion.store.survey import Packed, bytes_needed, load, needs

if TYPE_CHECKING:
    from jupyter_mlversion.store.folder import Folder
    from jupyter_mlversion.store.quarantine import Quarantine
    from jupyter_mlversion.store.repack import Anew
    from jupyter_mlversion.store.site import Site

SMALL = 32 * 2**20
"""Bytes; smaller packs are joined when there are `MANY` of them."""

MANY = 16

_WASTE = 0.2  # of a pack that must be dead, for the rest of it to be written anew


@dataclass
class Collected:
    """What a collection did, or would do; bytes.

    Parameters
    ----------
    dead : that nothing needs, in the packs.
    waiting : that are in the quarantine.
    freed : by which the store is smaller than before; negative when it has grown.
    written : of packs that were written anew.
    packs : how many packs there are now.
    returned : packs that were brought back from the quarantine because something needs them.
    crowded : whether there was no room to write packs anew.
    """

    dead: int = 0
    waiting: int = 0
    freed: int = 0
    written: int = 0
    packs: int = 0
    returned: int = 0
    crowded: bool = False


@dataclass
class Choice:
    """What is to be done with the packs: `dead` ones go as they are, `mixed` ones are written anew."""

    dead: list[Packed] = field(default_factory=list)
    mixed: list[Packed] = field(default_factory=list)

    @property
    def going(self) -> list[Packed]:
        """All that will not stay."""
        return [*self.dead, *self.mixed]


def choose(packs: Collection[Packed], need: set[bytes], *, anew: Callable[[Packed], bool] | None = None) -> Choice:
    """What is to be done with `packs`; those that are needed are written anew at least where `anew` says so."""
    choice, rest = Choice(), []
    copies = Counter(key for pack in packs for key in pack.keys)
    for pack in packs:
        if need.isdisjoint(pack.keys):
            choice.dead.append(pack)
        elif (anew and anew(pack)) or _wasted(pack, need) or all(copies[key] > 1 for key in need & pack.keys):
            choice.mixed.append(pack)
            copies.subtract(pack.keys)
        else:
            rest.append(pack)
    choice.mixed += _group(rest)
    return choice


def _wasted(pack: Packed, need: set[bytes]) -> bool:
    stored = sum(frame.stored for frame in pack.footer.frames)
    return stored - bytes_needed(pack, need) > _WASTE * stored


def _group(packs: Collection[Packed]) -> list[Packed]:
    """The small packs that are worth joining, if there are many: none larger than all that are smaller together."""
    ordered = sorted((pack for pack in packs if pack.size < SMALL), key=lambda pack: pack.size)
    sums = accumulate((pack.size for pack in ordered), initial=0)
    end = next((at for at, (pack, before) in enumerate(zip(ordered, sums, strict=False))
                if at >= MANY and pack.size > before), len(ordered))
    return ordered[:end] if end >= MANY else []


class Collector:
    """Collects the garbage of a store; one at a time, which the caller sees to.

    Parameters
    ----------
    contents : the hashes of all contents that are needed now; asked again while nobody stores anything.
    patience : seconds to wait until nobody does.
    """

    def __init__(self, site: Site, quarantine: Quarantine, *, contents: Callable[[], Collection[bytes]],
                 patience: float) -> None:
        self._site = site
        self._folder = site.folder
        self._quarantine = quarantine
        self._contents = contents
        self._patience = patience
        self._packs: dict[bytes, Packed] = {}
        self._waiting: dict[bytes, Packed] = {}

    def collect(self, grace: float, progress: Progress, anew: Anew | None = None) -> Collected:
        """Do it.

        Parameters
        ----------
        grace : seconds that what nothing needs waits in the quarantine.
        anew : encodes packs anew; None: they are written anew only where it is worth it, as they are.

        Raises
        ------
        Busy : somebody stored something all the time; nothing was removed.
        CorruptChunk : the list of a pack cannot be read; nothing was removed.
        """
        self._folder.reclaim()
        self._quarantine.tidy()
        self._quarantine.note()
        before = self._nbytes()
        self._look(progress)
        need = needs(self._all(), self._contents())
        crowded = anew is not None and not anew.fits(self._packs.values())
        anew = None if crowded else anew  # what is dead can go all the same
        choice = choose(self._packs.values(), need, anew=anew.pending if anew else None)
        done = Collected(dead=sum(_dead_bytes(pack, need) for pack in self._packs.values()), crowded=crowded)
        try:
            self._rewrite(choice, need, anew, done, progress, bury=grace > 0)
        except NoRoom:  # what is dead as a whole can go all the same
            choice.mixed, done.crowded = [], True
        with self._site.alone(patience=self._patience) as alone:
            if not alone:
                message = "a checkpoint or restore is at work and does not end"
                raise Busy(message, hint="Wait until it is done, then try again; nothing was removed.")
            self._decide(choice, grace, done)
        done.packs, done.waiting = len(self._folder.names()), self._quarantine.folder.nbytes()
        done.freed = before - self._nbytes()
        return done

    def _nbytes(self) -> int:
        return self._folder.nbytes() + self._quarantine.folder.nbytes()

    def _look(self, progress: Progress) -> None:
        """Get to know the packs that came, and forget those that went.

        Raises
        ------
        CorruptChunk : one cannot be read: what its contents need of the other packs cannot be told then.
        """
        for known, folder in ((self._packs, self._folder), (self._waiting, self._quarantine.folder)):
            names = folder.names()
            for name in set(known) - names:
                del known[name]
            known.update(load(folder, names - set(known), progress))
            if folder is self._folder:
                _all_are_known(folder, names - set(known))

    def _all(self) -> list[Packed]:
        return [*self._packs.values(), *self._waiting.values()]

    def _rewrite(self, choice: Choice, need: set[bytes], anew: Anew | None, done: Collected, progress: Progress, *,
                 bury: bool) -> None:
        """New packs for the mixed ones: of what is needed, and, to `bury` it in the quarantine, of what is not."""
        if not choice.mixed:
            return
        going = {pack.name for pack in choice.going}
        staying = [pack for name, pack in self._packs.items() if name not in going]
        held = sound(self._folder, staying, {key for pack in choice.mixed for key in pack.keys})

        def wanted(key: bytes) -> bool:
            return key in need and key not in held

        live = (anew.rewrite(choice.mixed, staying, wanted, progress) if anew else
                Rewriter(self._folder, self._folder, self._site.reader).rewrite(choice.mixed, wanted, progress))
        damaged, done.written = live.damaged, sum(size for _, size, _ in live.packs)
        if bury:
            keep = Rewriter(self._folder, self._quarantine.folder, self._site.reader)
            damaged |= keep.rewrite(choice.mixed, lambda key: key not in need and key not in held,
                                    progress).damaged
            self._quarantine.note()
        fresh = {name for name, _, _ in live.packs}
        choice.mixed = [pack for pack in choice.mixed if pack.name not in damaged | fresh]

    def _decide(self, choice: Choice, grace: float, done: Collected) -> None:
        self._look(silent)
        need = needs(self._all(), self._contents())
        going = {pack.name: pack for pack in choice.going if pack.name in self._packs}
        held = {key for name, pack in self._packs.items() if name not in going for key in pack.keys}
        held |= self._return(need, held, done)
        waiting = {key for pack in self._waiting.values() for key in pack.keys}
        replaced = {pack.name for pack in choice.mixed}
        for name, pack in list(going.items()):
            lost = (pack.keys & need) - held
            if grace and name in replaced:
                lost |= pack.keys - held - waiting
            if lost:
                del going[name]
                held |= pack.keys
        self._leave(going, replaced)
        self._clear(self._quarantine.waited(grace), need, held)

    def _return(self, need: set[bytes], held: set[bytes], done: Collected) -> set[bytes]:
        """Bring packs back that hold what is needed and what no other pack does; what they hold."""
        found: set[bytes] = set()
        for name, pack in list(self._waiting.items()):
            if (pack.keys & need) - held - found and self._quarantine.bring_back(name):
                self._site.index.add(name, pack.size, pack.footer)
                found |= pack.keys
                self._packs[name] = self._waiting.pop(name)
                done.returned += 1
        return found

    def _leave(self, going: dict[bytes, Packed], replaced: set[bytes]) -> None:
        """List packs no more, and then move or remove them: a reader that is sent to one looks again."""
        if not going:
            return
        gone = {key for pack in going.values() for key in pack.keys}
        staying = [(name, pack.size, pack.footer) for name, pack in self._packs.items()
                   if name not in going and not gone.isdisjoint(pack.keys)]
        self._site.index.forget(going, instead=staying)
        self._quarantine.take(name for name in going if name not in replaced)
        with failures("removing packs that were written anew"):
            for name in going:
                if name in replaced:
                    with suppress(FileNotFoundError):
                        os.unlink(self._folder.pack(name))
            sync_folder(self._folder.path)

    def _clear(self, names: set[bytes], need: set[bytes], held: set[bytes]) -> None:
        """Remove packs for good that have waited long enough and that still nothing needs."""
        packs = load(self._quarantine.folder, names)
        self._quarantine.remove([name for name, pack in packs.items() if not (pack.keys & need) - held])


def _all_are_known(folder: Folder, unknown: set[bytes]) -> None:
    for name in unknown:
        if folder.pack(name).exists():
            message = f"the pack {name.hex()}.pack cannot be read, so that what is needed of the others cannot be told"
            raise CorruptChunk(message, hint="Run: mlversion verify --repair. Nothing was removed.")


def _dead_bytes(pack: Packed, need: set[bytes]) -> int:
    if need.isdisjoint(pack.keys):
        return pack.size
    return sum(frame.stored for frame in pack.footer.frames) - bytes_needed(pack, need)
