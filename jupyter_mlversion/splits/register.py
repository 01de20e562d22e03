"""The splits that a kernel session made."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from jupyter_mlversion.domain.split import Split
    from jupyter_mlversion.splits.partition import Partition, Puts


class Register:
    """Remembers splits until checkpoints seal them; for each cell those of its latest execution that made any.

    A cell that splits anew takes away what was split after its execution before, as runs do (`tracking.Recorder`).
    """

    def __init__(self) -> None:
        self._made: dict[tuple[str, str], Partition] = {}
        self._fresh = True
        self._frozen: dict[str, set[str]] = {}
        self.cell_id = ""
        self.executions = 0

    def begin(self, cell_id: str) -> None:
        """An execution of `cell_id` begins."""
        self.cell_id = cell_id
        self.executions += 1
        self._fresh = bool(cell_id)

    def add(self, partition: Partition) -> None:
        """Remember `partition`; one of the same name from the same cell is replaced."""
        if self._fresh:
            keys = list(self._made)
            first = next((at for at, key in enumerate(keys) if key[0] == self.cell_id), len(keys))
            self._made = {key: self._made[key] for key in keys[:first]}
            self._fresh = False
        key = (self.cell_id, partition.record.name)
        self._made.pop(key, None)
        self._made[key] = replace(partition, table=None, times=None)  # the user's data is not kept alive for it

    def find(self, name: str) -> Partition | None:
        """The latest split of that name, or None."""
        return next((made for key, made in reversed(self._made.items()) if key[1] == name), None)

    def update(self, old: Partition, new: Partition) -> None:
        """`new` stands for `old`, where that is still remembered: its rows are the same."""
        for key, made in self._made.items():
            if made.folds is old.folds:
                self._made[key] = replace(new, table=None, times=None)

    def names(self) -> list[str]:
        """The names of the splits, in the order in which they were made."""
        return list(dict.fromkeys(name for _, name in self._made))

    def freeze(self, partition: Partition, part: str) -> None:
        """From the next version on no training may see the rows of `part`, whatever cell splits them again."""
        name = partition.record.name
        if self.find(name) is None:
            self._made[partition.record.cell_id, name] = replace(partition, table=None, times=None)
        self._frozen.setdefault(name, set()).add(part)

    def seal(self, batch: Puts) -> tuple[Split, ...]:
        """Every split that counts, in the order in which they were made; the rows are stored in `batch`."""
        return tuple(self._marked(partition).seal(batch) for partition in list(self._made.values()))

    def _marked(self, partition: Partition) -> Partition:
        record = partition.record
        known = self._frozen.get(record.name, set()) & {part.name for part in record.parts}
        if known <= {*record.frozen}:
            return partition
        return replace(partition, record=replace(record, frozen=tuple(sorted({*record.frozen, *known}))))


_register = Register()


def register() -> Register:
    """The one register of this process."""
    return _register
