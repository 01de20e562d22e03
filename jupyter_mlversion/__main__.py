"""``python -m jupyter_mlversion`` is the command line."""

from __future__ import annotations

import sys

from jupyter_mlversion.cli import main

sys.exit(main())
