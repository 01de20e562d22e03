"""The query language for versions, the same in panel, magics, command line and Python: ``docs/query.md``."""

from __future__ import annotations

from jupyter_mlversion.query.complete import Completions, complete, field_before
from jupyter_mlversion.query.evaluate import matches
from jupyter_mlversion.query.fields import FIELDS
from jupyter_mlversion.query.parse import parse
from jupyter_mlversion.query.tree import And, Changed, Comparison, Node, Not, Operator, Or, Text, changes_asked

__all__ = [
    "FIELDS", "And", "Changed", "Comparison", "Completions", "Node", "Not", "Operator", "Or", "Text",
    "changes_asked", "complete", "field_before", "matches", "parse",
]
