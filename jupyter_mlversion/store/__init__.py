"""The content store: bytes under their digest, cut into chunks, the chunks in packs; nothing is stored twice.

Packs are the truth, `index.sqlite` beside them is a cache of what they hold. ``docs/format.md`` has the format.
"""

from __future__ import annotations

from jupyter_mlversion.store.address import digest_of_bytes, digest_of_file
from jupyter_mlversion.store.batch import Batch
from jupyter_mlversion.store.content import Content
from jupyter_mlversion.store.folder import sync_folder
from jupyter_mlversion.store.store import Store
from jupyter_mlversion.store.survey import Survey

__all__ = ["Batch", "Content", "Store", "Survey", "digest_of_bytes", "digest_of_file", "sync_folder"]
