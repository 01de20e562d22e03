"""Values given from outside, put into a notebook as Papermill does it."""

from __future__ import annotations

import json
import math
import re
import shlex
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from jupyter_mlversion.errors import UsageError

if TYPE_CHECKING:
    from jupyter_mlversion.domain.run import Value

DEFAULTS, INJECTED = "parameters", "injected-parameters"
"""Cell tags: where the notebook sets its defaults, and the cell that we put below."""


def inject(node: Any, parameters: Mapping[str, Value], language: str) -> None:
    """Put a cell with `parameters` below the one tagged ``parameters`` (else at the top), in place of an earlier one.

    Parameters
    ----------
    node : the notebook, changed in place.
    language : of its kernel.

    Raises
    ------
    UsageError : a name cannot be a variable, or the language is not known.
    """
    import nbformat

    if not parameters:
        return
    source = "\n".join(["# Parameters", *(_line(name, value, language) for name, value in parameters.items())])
    cells = node["cells"]
    earlier = next((place for place, cell in enumerate(cells) if INJECTED in tags_of(cell)), None)
    if earlier is not None:
        cells[earlier]["source"] = source
        return
    cell = nbformat.v4.new_code_cell(source, metadata={"tags": [INJECTED]})  # type: ignore[no-untyped-call]
    if (node["nbformat"], node["nbformat_minor"]) < (4, 5):
        del cell["id"]
    defaults = next((place for place, cell in enumerate(cells) if DEFAULTS in tags_of(cell)), -1)
    cells.insert(defaults + 1, cell)


def tags_of(cell: Any) -> list[str]:
    """The tags of a cell."""
    tags = cell.get("metadata", {}).get("tags", [])
    return tags if isinstance(tags, list) else []


def _line(name: str, value: Value, language: str) -> str:
    if not re.fullmatch(r"[A-Za-z_]\w*", name):
        message = f"{name!r} cannot be the name of a parameter"
        raise UsageError(message, hint="A name has letters, digits and underscores.")
    if language == "python":
        return f"{name} = {_python(value)}"
    if language == "bash":
        return f"{name}={shlex.quote(str(value) if not isinstance(value, bool) else str(value).lower())}"
    if language in {"R", "julia"}:
        return f"{name} = {_c_like(value, language)}"
    message = f"parameters cannot be put into a notebook of the language {language!r}"
    raise UsageError(message, hint="Python, R, Julia and Bash are known.")


def _python(value: Value) -> str:
    if isinstance(value, float) and not math.isfinite(value):
        return f"float({str(value)!r})"
    return repr(value)


def _c_like(value: Value, language: str) -> str:
    if isinstance(value, bool):
        return str(value).upper() if language == "R" else str(value).lower()
    if value is None:
        return "NULL" if language == "R" else "nothing"
    if isinstance(value, float) and not math.isfinite(value):
        return "NaN" if math.isnan(value) else ("Inf" if value > 0 else "-Inf")
    text = json.dumps(value, ensure_ascii=False)
    return text.replace("$", "\\$") if language == "julia" and isinstance(value, str) else text
