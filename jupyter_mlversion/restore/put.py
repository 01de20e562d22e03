"""A step that puts a new file in place, done and undone from whatever state a killed process left behind.

What has been done is told by names alone: ``new/N`` is there until the step is done, ``old/N`` holds what was at the
path. Between the two renames of one step a comparison of bytes tells (see `_was_put`).
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from jupyter_mlversion.restore.places import NOWHERE, Places, fresh_of, is_fresh
from jupyter_mlversion.restore.swap import exchange, rename_free
from jupyter_mlversion.restore.tree import digest_at

if TYPE_CHECKING:
    from jupyter_mlversion.restore.aside import Aside
    from jupyter_mlversion.restore.guard import Guards
    from jupyter_mlversion.restore.record import Step


class Put:
    """Puts ``new/N`` at the path and what was there at ``old/N``, or back.

    Parameters
    ----------
    places : where the files of steps are.
    aside : keeps what has no place.
    guards : of the files that are replaced.
    """

    def __init__(self, places: Places, aside: Aside, guards: Guards) -> None:
        self._places = places
        self._aside = aside
        self._guards = guards

    def forward(self, step: Step, *, resumed: bool) -> None:
        """Put the new file in place, unless that was done; `resumed` after a crash, when it may be half done.

        Raises
        ------
        OSError : the OS refused.
        """
        if not self._places.waits(step):
            return
        with self._places.parent(step) as (parent, name):
            if resumed and self._was_put(step, parent, name):
                return
            if step.expected is not None:
                self._guards.watch(step, parent, name)
            self._put(step, parent, name)

    def back(self, step: Step) -> None:
        """Bring back what was at the path; what is ours of what is there now goes to ``new/N``.

        Raises
        ------
        OSError : the OS refused.
        """
        waiting, shelved = self._places.waits(step), self._places.shelved(step)
        if shelved and not self._places.make_parents(step):
            self._aside.put(self._places.old(step), str(step.number), step.path)
            return
        try:
            with self._places.parent(step) as (parent, name):
                if shelved:
                    self._put_back(step, self._places.old(step), parent, name)
                elif waiting and self._exchanged(step, parent, name):
                    self._put_back(step, self._places.new(step), parent, name)
                elif not waiting and step.expected != fresh_of(step).digest:
                    self._withdraw(step, parent, name)
        except OSError as error:
            if shelved or error.errno not in NOWHERE:
                raise

    def _was_put(self, step: Step, parent: int, name: str) -> bool:
        """Whether ``new/N`` is still there although the path was switched; it is then put where it belongs."""
        new, number = self._places.new(step), str(step.number)
        fresh = fresh_of(step)
        if digest_at(new, number) == fresh.digest:
            if not is_fresh(parent, name, fresh):
                return False
            if step.expected != fresh.digest:
                os.unlink(number, dir_fd=new)  # the other half of a link
                return True
        self._shelve(step, new)
        return True

    def _put(self, step: Step, parent: int, name: str) -> None:
        """In one instant the new file is at the path and what was there at ``new/N``, then at ``old/N``."""
        new, number = self._places.new(step), str(step.number)
        while True:
            try:
                if exchange(new, number, parent, name):
                    self._shelve(step, new)
                    return
                self._clear(step, parent, name)
            except FileNotFoundError:
                pass
            try:
                rename_free(new, number, parent, name)
            except FileExistsError:
                continue
            return

    def _clear(self, step: Step, parent: int, name: str) -> None:
        """Where names cannot be exchanged: move what is at the path to ``old/N``."""
        try:
            rename_free(parent, name, self._places.old(step), str(step.number))
        except FileExistsError:
            self._aside.put(parent, name, step.path)

    def _shelve(self, step: Step, new: int) -> None:
        """What the exchange left at ``new/N`` belongs to ``old/N``."""
        try:
            rename_free(new, str(step.number), self._places.old(step), str(step.number))
        except FileExistsError:
            self._aside.put(new, str(step.number), step.path)

    def _exchanged(self, step: Step, parent: int, name: str) -> bool:
        """Whether ``new/N`` holds what was at the path."""
        fresh = fresh_of(step)
        if digest_at(self._places.new(step), str(step.number)) != fresh.digest:
            return True
        return step.expected == fresh.digest and is_fresh(parent, name, fresh)

    def _put_back(self, step: Step, shelf: int, parent: int, name: str) -> None:
        """Exchange again: what was at the path comes from `shelf`, what is there now goes to ``new/N``."""
        new, number, fresh = self._places.new(step), str(step.number), fresh_of(step)
        if shelf != new and digest_at(shelf, number) == fresh.digest and not is_fresh(parent, name, fresh):
            self._return(step, shelf)
            return
        try:
            exchanged = exchange(shelf, number, parent, name)
            if not exchanged:
                self._withdraw(step, parent, name)
        except FileNotFoundError:
            exchanged = False
        if exchanged:
            self._return(step, shelf)
            return
        try:
            rename_free(shelf, number, parent, name)
        except FileExistsError:
            self._aside.put(shelf, number, step.path)

    def _return(self, step: Step, shelf: int) -> None:
        """What was taken from the path goes back to ``new/N`` if it is ours, else beside the path."""
        new, number = self._places.new(step), str(step.number)
        if digest_at(shelf, number) != fresh_of(step).digest:
            self._aside.put(shelf, number, step.path)
        elif shelf != new:
            rename_free(shelf, number, new, number)

    def _withdraw(self, step: Step, parent: int, name: str) -> None:
        """Take the new file away from a path where nothing was before, unless it is no longer ours."""
        if digest_at(parent, name) == fresh_of(step).digest:
            rename_free(parent, name, self._places.new(step), str(step.number))
