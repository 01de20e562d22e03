"""New packs, in the order of history, of what old packs hold."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import AbstractContextManager, closing, nullcontext
from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING

from jupyter_mlversion.domain.progress import Progress, silent
from jupyter_mlversion.store.piece import Piece, pieces_of
from jupyter_mlversion.store.plan.beside import Beside
from jupyter_mlversion.store.repack.bases import depths_in, roots_in
from jupyter_mlversion.store.repack.frames import SMALL, Frames
from jupyter_mlversion.store.repack.known import Known
from jupyter_mlversion.store.repack.lineage import Named, Step
from jupyter_mlversion.store.repack.runs import runs
from jupyter_mlversion.store.rewrite import Rewritten
from jupyter_mlversion.store.survey import listed

if TYPE_CHECKING:
    from jupyter_mlversion.store.folder import Folder
    from jupyter_mlversion.store.reader import Reader
    from jupyter_mlversion.store.source import Source
    from jupyter_mlversion.store.survey import Packed

_REMEMBERED = 16  # contents


class Repacker:
    """Encodes what packs hold anew.

    Parameters
    ----------
    folder : of the packs, old and new.
    reader : of the chunks.
    steps : contents in the order in which they came to be; of those that are missing, nothing is known.
    staying : packs that stay as they are; what they hold may be a base where it needs no other packs, so that no chunk
        can ever need itself.
    """

    def __init__(self, folder: Folder, reader: Reader, steps: Iterable[Step], staying: Collection[Packed] = ()) -> None:
        self._folder = folder
        self._reader = reader
        self._steps = steps
        self._staying = staying
        self._named: dict[bytes, Named] = {}
        self._known = lru_cache(_REMEMBERED)(self._look_up)

    def rewrite(self, packs: Collection[Packed], wants: Callable[[bytes], bool],
                progress: Progress = silent) -> Rewritten:
        """Write the chunks and manifests that `wants` says into new packs.

        Raises
        ------
        DiskFull, FileFailure : the operating system refused; what was finished before is named by nothing but itself.
        """
        left = {chunk.hash: chunk.length for pack in packs for chunk in pack.footer.chunks if wants(chunk.hash)}
        manifests = {manifest.hash: manifest for pack in packs for manifest in pack.footer.manifests
                     if wants(listed(manifest.hash))}
        total, done = sum(left.values()), 0

        def told(nbytes: int) -> None:
            nonlocal done
            done += nbytes
            progress("encoding anew", done, total)

        depths = depths_in(self._staying, left)
        roots = roots_in(self._staying, depths)
        with closing(Frames(self._folder, self._reader.chunk, depths, roots, told)) as frames:
            for step in self._order(manifests):
                self._content(step, left, frames)
                if step.content in manifests:
                    frames.add_manifest(manifests[step.content])
            for chunk, length in left.items():
                frames.add_small(Piece(0, length, chunk))
            frames.finish()
        damaged = {pack.name for pack in packs if not pack.keys.isdisjoint(frames.lost)}
        return Rewritten(frames.packs, damaged)

    def _order(self, manifests: Collection[bytes]) -> Iterator[Step]:
        """The steps, each content once, and then the contents of which no step tells."""
        seen: set[bytes] = set()
        for steps in (self._steps, map(Step, manifests)):
            for step in steps:
                if step.content not in seen:
                    seen.add(step.content)
                    if step.named:
                        self._named[step.content] = step.named
                    yield step

    def _content(self, step: Step, left: dict[bytes, int], frames: Frames) -> None:
        """Encode the chunks of a content that are left."""
        content = self._known(step.content)
        if content is None or not any(piece.hash in left for piece in content.pieces):
            return
        parent = self._known(step.parent) if step.parent else None
        if len(content.pieces) == 1 and content.size <= SMALL and parent is None:
            frames.add_small(content.pieces[0])
        else:
            small = len(content.pieces) == 1 and content.size <= SMALL
            for run in runs(content, parent, left.__contains__, frames):
                frames.add(replace(run, small=small))
        for piece in content.pieces:
            left.pop(piece.hash, None)

    def _look_up(self, content: bytes) -> Known | None:
        manifest = self._reader.manifest(content)
        if manifest is None:
            return None
        return Known(pieces_of(manifest), self._reader.chunk, self._beside(content))

    def _beside(self, content: bytes) -> Beside | None:
        """The files that may say what lies where in a content, as they are stored."""
        named = self._named.get(content)
        if named is None:
            return None
        guides = dict(named.guides)

        def opened(name: str) -> AbstractContextManager[Source]:
            manifest = self._reader.manifest(guides[name])
            if manifest is None:
                raise FileNotFoundError(name)
            return nullcontext(Known(pieces_of(manifest), self._reader.chunk))

        return Beside(named.name, tuple(guides), opened)
