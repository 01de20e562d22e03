"""What the store has to hold against its peers, and whether the measured figures do."""

from __future__ import annotations

from collections.abc import Iterator

from harness import median, table
from timing import Cost

Results = dict[str, dict[str, list[Cost]]]
Sizes = dict[str, dict[str, list[int]]]
Row = tuple[str, float | None, float, bool]
"""What is compared, the figure, the bound, and whether the figure must be at least the bound (else at most)."""

_FASTER = {  # DVC's time ÷ ours, wall and CPU
    "W1": {"v1": 3, "v2": 12, "v3": 12, "v4": 12, "v5": 12, "to v5": 1, "to v1": 4, "to v2": 4},
    "W2": {"v1": 3, "to v3": 1, "to v1": 1, "to v2": 1},
    "W3": {"v1": 5, "v2": 5, "v3": 5, "to v2": 3, "to v1": 3, "to v3": 3},
    "W4": {"v1": 3, "to v2": 1, "to v1": 1},
    "W5": {"to v1": 1},
}


def verdicts(name: str, results: Results, sizes: Sizes) -> list[str]:
    """The table of a workload's bounds; nothing where this project was not measured."""
    if "mlversion" not in results:
        return []
    rows = [[what, "" if figure is None else f"{figure:.2f}", f"{'≥' if least else '≤'} {bound:g}",
             "" if figure is None else "yes" if (figure >= bound if least else figure <= bound) else "NO"]
            for what, figure, bound, least in _rows(name, results, sizes)]
    return [table([f"{name}: bound", "figure", "wanted", "holds"], rows)] if rows else []


def _rows(name: str, results: Results, sizes: Sizes) -> Iterator[Row]:
    for what, bound in _FASTER.get(name, {}).items():
        for when in ("", " packed") if what.startswith("to") else ("",):
            for figure in ("wall", "cpu"):
                ratio = _over(_time(results, "dvc", what, figure), _time(results, "mlversion", what + when, figure))
                yield f"DVC ÷ mlversion, {what}{when}, {figure}", ratio, bound, True
    yield from _sizes(name, sizes)
    if name == "W1":
        yield "first snapshot ÷ cp and sync, wall", _over(_time(results, "mlversion", "v1", "wall"),
                                                          _time(results, "cp", "v1", "wall")), 1.5, False
    if name == "W5":
        yield "later snapshot ÷ reading and hashing, wall", _over(
            _time(results, "mlversion", "v2", "wall"), _time(results, "read+hash", "v2", "wall")), 1.5, False
        yield "peak memory, MB", _peak(results, "mlversion"), 300, False
    elif name == "W6":
        yield "nothing changed, s wall", _time(results, "mlversion", "v2", "wall"), 1, False
    if (dvc := _peak(results, "dvc")) is not None:
        yield "peak memory ÷ DVC's", _over(_peak(results, "mlversion"), dvc), 1, False


def _sizes(name: str, sizes: Sizes) -> Iterator[Row]:
    def size(tool: str, stage: str) -> float | None:
        values = sizes.get(tool, {}).get(stage)
        return median([float(value) for value in values]) if values else None

    def added(tool: str, stage: str, before: str) -> float | None:
        now, then = size(tool, stage), size(tool, before)
        return None if now is None or then is None else now - then

    last = {"W1": "v5", "W2": "v4", "W3": "v3"}.get(name)
    before, after = {"W1": (0.25, 0.2), "W2": (0.55, 0.12), "W3": (0.75, 0.75)}.get(name, (0, 0))
    if last:
        yield f"size after {last} ÷ DVC's", _over(size("mlversion", last), size("dvc", last)), before, False
    if last and name != "W1":
        yield f"packed size ÷ DVC's after {last}", _over(size("mlversion", "packed"), size("dvc", last)), after, False
    if name == "W1":  # packed are all six versions: at most what the five heads and the fine-tune may take together
        dvc, tuned = size("dvc", "v5"), added("dvc", "v6", "v5")
        allowed = None if dvc is None or tuned is None else after * dvc + 0.6 * tuned
        yield "packed size ÷ what is allowed of DVC's", _over(size("mlversion", "packed"), allowed), 1, False
    final = {"W1": "v6", "W2": "v4", "W3": "v3", "W4": "v3"}.get(name)
    for tool in ("restic", "borg") if final else ():
        yield f"packed size ÷ {tool}'s", _over(size("mlversion", "packed"), size(tool, final or "")), 1, False


def _time(results: Results, tool: str, what: str, figure: str) -> float | None:
    costs = results.get(tool, {}).get(what)
    return median([getattr(cost, figure) for cost in costs]) if costs else None


def _peak(results: Results, tool: str) -> float | None:
    costs = [cost.peak for what, listed in results.get(tool, {}).items() if what != "pack" for cost in listed]
    return max(costs, default=None)


def _over(a: float | None, b: float | None) -> float | None:
    return None if a is None or not b else a / b
