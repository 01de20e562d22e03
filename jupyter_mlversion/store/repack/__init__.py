"""Encoding what lies long anew, as small as it gets: against what it was made from, where that is known.

Lineage tells what each content was before; runs of chunks become frames; of each frame the smallest encoding is taken.
"""

from __future__ import annotations

from jupyter_mlversion.store.repack.anew import Anew
from jupyter_mlversion.store.repack.lineage import Named, Step
from jupyter_mlversion.store.repack.repacker import Repacker

__all__ = ["Anew", "Named", "Repacker", "Step"]
