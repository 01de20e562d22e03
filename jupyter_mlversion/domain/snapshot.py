"""The whole captured state."""

from __future__ import annotations

from dataclasses import dataclass, field

from jupyter_mlversion.domain.artifact import Artifact
from jupyter_mlversion.domain.environment import CodeState, Environment
from jupyter_mlversion.domain.glance import Glance, glances_of
from jupyter_mlversion.domain.run import Metric, Run, Value
from jupyter_mlversion.domain.split import Split


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The whole captured state of a line.

    Parameters
    ----------
    artifacts : sorted by path, each path once; the line's notebook is the artifact whose path the version names.
    runs : in the order in which they started.
    splits : in the order in which they were made.
    environment, code : where it ran.
    """

    artifacts: tuple[Artifact, ...] = ()
    runs: tuple[Run, ...] = ()
    splits: tuple[Split, ...] = ()
    environment: Environment = field(default_factory=Environment)
    code: CodeState = field(default_factory=CodeState)

    @property
    def metrics(self) -> dict[str, float]:
        """The last value of each metric; a later run wins, and any over those that are nested in another."""
        return {name: metric.last for name, metric in self.last_metrics.items()}

    @property
    def last_metrics(self) -> dict[str, Metric]:
        """Each metric in the run that counts for `metrics`."""
        return {name: metric for run in self._by_weight() for name, metric in run.metrics.items()}

    @property
    def params(self) -> dict[str, Value]:
        """The parameters of all runs; a later run wins, and any over those that are nested in another."""
        return {name: value for run in self._by_weight() for name, value in run.params.items()}

    @property
    def glances(self) -> tuple[Glance, ...]:
        """The last splits in one glance."""
        return glances_of(self.splits)

    def artifact(self, path: str) -> Artifact | None:
        """The artifact at `path`, or None."""
        return next((artifact for artifact in self.artifacts if artifact.path == path), None)

    def _by_weight(self) -> list[Run]:
        return sorted(self.runs, key=lambda run: not run.parent)
