"""Versions with runs, in a real repository."""

from __future__ import annotations

import itertools
from array import array
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

import pytest

from jupyter_mlversion.domain.run import Logged, Run
from jupyter_mlversion.domain.version import Checkpoint, Trigger
from jupyter_mlversion.repository import Repository, Seen
from jupyter_mlversion.tracking.series import joined, short

BEGIN = 1_700_000_000.0


class Trainings:
    """Makes versions, each with the runs that it is given and those of before."""

    def __init__(self, root):
        self.repository = Repository.init(root)
        self._numbers = itertools.count(1)
        self._made = []

    def run(self, metrics: Mapping[str, list[float]], *, name="", parent="", status="", steps=None, pictures=(),
            **params):
        """A run that the next version has; `pictures` are the steps at which it logged one."""
        number = next(self._numbers)
        started = BEGIN + 1000 * number
        columns = {}
        for metric, values in metrics.items():
            at = list(steps) if steps is not None else list(range(len(values)))
            columns[metric] = (array("q", at), array("d", [started + 2.0 * place for place in range(len(values))]),
                               array("d", values))
        self._made.append((columns, Run(name, f"cell-{number}", started, params, status=status, parent=parent,
                                        id=f"{number:032x}",
                                        metrics={metric: short(points) for metric, points in columns.items()}),
                           pictures))
        return f"{number:032x}"

    @staticmethod
    def _picture(batch, step):
        data = f"the picture of step {step}".encode()
        return Logged("sample", "image", "image/png", batch.put_bytes(data).digest, len(data), BEGIN, step)

    def version(self, message="", *, keep=False):
        """A version of what was run since the last one, with `keep` of what was run before, too."""
        import dataclasses

        def runs(batch):
            return tuple(dataclasses.replace(run, series=batch.put_bytes(joined(columns)).digest if columns else None,
                                             logged=tuple(self._picture(batch, step) for step in pictures))
                         for columns, run, pictures in self._made)

        key = f"k.{next(self._numbers)}"
        time = datetime.now(UTC) + timedelta(seconds=len(self.repository.log()))
        self.repository.stage(Checkpoint(key, Trigger.CELL, time, message), Seen({}, runs=runs))
        made = self.repository.join(key).version
        if not keep:
            self._made = []
        return made


@pytest.fixture
def trainings(tmp_path):
    return Trainings(tmp_path)
