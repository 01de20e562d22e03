"""TensorBoard's event files: simple values and tensors of one element; hyperparameters of its HParams plugin."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from jupyter_mlversion.errors import InvalidInput, MissingPackage
from jupyter_mlversion.exchange.found import FoundRun
from jupyter_mlversion.tracking.number import parameter_of

if TYPE_CHECKING:
    from collections.abc import Iterator

_FILES = "*tfevents*"
_HPARAMS = "_hparams_/session_start_info"


def recognises(source: str) -> bool:
    """Whether there are event files in the folder, or it is one."""
    path = Path(source)
    return "tfevents" in path.name if path.is_file() else next(path.rglob(_FILES), None) is not None


def runs(source: str, notes: list[str]) -> Iterator[FoundRun]:
    """A run for each folder with event files."""
    top = Path(source)
    files = [top] if top.is_file() else sorted(path for path in top.rglob(_FILES) if path.is_file())
    if not files:
        message = f"there are no event files in {source}"
        raise InvalidInput(message)
    base = top.parent if top.is_file() else top
    folders: dict[Path, list[Path]] = {}
    for file in files:
        folders.setdefault(file.parent, []).append(file)
    for folder, own in folders.items():
        inside = folder.relative_to(base).as_posix()
        name = base.resolve().name if inside == "." else inside
        run = FoundRun(f"tensorboard.{folder.resolve()}", base.resolve().name, name, float("inf"))
        others: set[str] = set()
        for file in own:
            _read(run, file, others)
        if others:
            notes.append(f"{name}: left out what are no numbers: {', '.join(sorted(others))}")
        if run.points or run.params:
            run.status = "finished"
            yield run


def _read(run: FoundRun, path: Path, others: set[str]) -> None:
    loader, make_ndarray, hparams = _library()
    try:
        for event in loader(str(path)).Load():
            run.started = min(run.started, event.wall_time)
            run.ended = max(run.ended or event.wall_time, event.wall_time)
            for value in event.summary.value:
                number = _number(value, make_ndarray)
                if value.tag == _HPARAMS:
                    run.params |= _hparams(value, hparams)
                elif number is not None:
                    run.add(value.tag, event.step, event.wall_time, number)
                elif not value.tag.startswith("_hparams_/"):
                    others.add(value.tag)
    except Exception as error:  # whatever a damaged file makes the parser raise
        message = f"{path} is no event file of TensorBoard: {error}"
        raise InvalidInput(message) from error


def _number(value: Any, make_ndarray: Any) -> float | None:
    if value.WhichOneof("value") == "simple_value":
        return float(value.simple_value)
    if value.WhichOneof("value") == "tensor" and not value.tensor.string_val:
        array = make_ndarray(value.tensor)
        if array.size == 1 and array.dtype.kind in "fiub":
            return float(array.reshape(-1)[0])
    return None


def _hparams(value: Any, hparams: Any) -> dict[str, Any]:
    data = hparams.HParamsPluginData.FromString(value.metadata.plugin_data.content)
    return {name: parameter_of(getattr(item, item.WhichOneof("kind") or "string_value"))
            for name, item in data.session_start_info.hparams.items()}


def _library() -> tuple[Any, Any, Any]:
    try:
        from tensorboard.backend.event_processing.event_file_loader import LegacyEventFileLoader
        from tensorboard.plugins.hparams import plugin_data_pb2
        from tensorboard.util.tensor_util import make_ndarray
    except ImportError as error:
        message = "event files are read by tensorboard, which is not installed"
        raise MissingPackage(message, hint='Run: pip install "jupyter_mlversion[tensorboard]"') from error
    return LegacyEventFileLoader, make_ndarray, plugin_data_pb2
