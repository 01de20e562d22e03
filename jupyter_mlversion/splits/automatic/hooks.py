"""Which modules are hooked, and by what."""

from __future__ import annotations

from types import ModuleType

SCIKIT_LEARN = "sklearn.model_selection._split"
PYTORCH = "torch.utils.data.dataset"


def _scikit_learn(module: ModuleType) -> None:
    from jupyter_mlversion.splits.automatic.scikit_learn import hook_up

    hook_up(module)


def _pytorch(module: ModuleType) -> None:
    from jupyter_mlversion.splits.automatic.pytorch import hook_up

    hook_up(module)


HOOKS = {SCIKIT_LEARN: _scikit_learn, PYTORCH: _pytorch}
"""Module → what is called with it when it has been imported."""
