"""What is inside of artifacts: previews, and differences in the terms of tables, texts, pictures and tensors.

Files may be hostile. Nothing of them is run, unpickled, or believed further than it is checked; what is read and kept
in memory is bounded.
"""

from __future__ import annotations

from jupyter_mlversion.compare.inside.difference import difference
from jupyter_mlversion.compare.inside.preview import preview
from jupyter_mlversion.compare.inside.source import File, Source, StoredSource

__all__ = ["File", "Source", "StoredSource", "difference", "preview"]
