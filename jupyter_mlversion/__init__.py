"""Every checkpoint of a notebook becomes one version: code, outputs, data, models, metrics, splits, environment.

In a notebook::

    import jupyter_mlversion as mlversion

    train, test = mlversion.split(frame, target="species", seed=7)
    mlversion.log_params(depth=5)
    mlversion.log(accuracy=0.93)

and tag the cell ``checkpoint`` (or begin it with ``%%checkpoint``): when it finishes well, a version is made.
Nothing heavy is imported here.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from jupyter_mlversion.pictures import log_confusion, log_figure, log_image, log_pr, log_roc, log_table, log_text
from jupyter_mlversion.reviews import check, compare_splits

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell
    from plotly.graph_objects import Figure

    from jupyter_mlversion.repository import Repository
    from jupyter_mlversion.splits import Partition
    from jupyter_mlversion.tracking import Block, Recorder, Watch

__all__ = [
    "__version__",
    "autolog",
    "check",
    "checkpoint",
    "compare_splits",
    "freeze",
    "get_split",
    "load_ipython_extension",
    "log",
    "log_confusion",
    "log_figure",
    "log_image",
    "log_params",
    "log_pr",
    "log_roc",
    "log_system",
    "log_table",
    "log_text",
    "open",
    "plot_metrics",
    "plot_split",
    "run",
    "split",
    "track",
]

__version__ = "0.1.0"

_recorder: list[Recorder] = []  # of this process, from the first value on: looking it up costs more than logging


def autolog(**options: Any) -> None:
    """Let MLflow's client, and every ``mlflow.autolog()``, log into the runs of this notebook; then call the latter.

    No server and no token is needed, and it works headless. Where MLflow is not installed, scikit-learn's ``fit`` is
    recorded by ourselves; for others there are callbacks: see docs/metrics.md.

    Parameters
    ----------
    options : for ``mlflow.autolog``, such as ``log_models=False``.
    """
    from jupyter_mlversion.automatic import start

    start(**options)


def checkpoint(message: str = "") -> None:
    """Make a version now, of the state at this moment: inside a running cell, or in a script.

    In a notebook the front end supplies the document as it is now; where none answers, the notebook as last saved is
    taken. To make a version when the cell finishes, tag the cell or write ``%%checkpoint`` on its first line.

    Parameters
    ----------
    message : what the version should be known by.
    """
    from jupyter_mlversion.kernel import checkpoint_now

    checkpoint_now(message)


def log(metrics: Mapping[str, Any] | None = None, /, step: int | None = None, **keywords: Any) -> None:
    """Log one point of each given metric: ``log(loss=0.3)``, ``log({"val/loss": 0.3}, step=epoch)``.

    Parameters
    ----------
    metrics, keywords : names and real numbers (Python's, NumPy's, tensors of one element); NaN and infinities are kept.
    step : a whole number; without it, one after the last of that metric.

    Raises
    ------
    UsageError : a value is no number; nothing is logged then.
    """
    if not _recorder:
        from jupyter_mlversion.tracking import recorder

        _recorder.append(recorder())
    if metrics is None and keywords:
        _recorder[0].add(keywords, step)
    else:
        _recorder[0].log(metrics, step=step, **keywords)


def log_params(params: Mapping[str, Any] | None = None, /, **keywords: Any) -> None:
    """Log configuration values: ``log_params(depth=5, optimizer="adam")``.

    Parameters
    ----------
    params, keywords : names and values; what is neither text, number, bool nor None is kept as text of 500 characters.

    Raises
    ------
    UsageError : a name is no text.
    """
    from jupyter_mlversion.tracking import recorder

    recorder().log_params(params, **keywords)


def log_system(seconds: float = 10.0) -> Watch:
    """Log CPU, memory and GPU of this machine under ``system/…`` until the cell ends, or until ``.stop()``.

    Parameters
    ----------
    seconds : between two looks.

    Raises
    ------
    MissingPackage : psutil is not installed (extra ``system``).
    """
    from jupyter_mlversion.tracking import Watch

    return Watch(seconds)


def open(path: str | os.PathLike[str] = ".") -> Repository:  # noqa: A001  the public name
    """The repository of the workspace that `path` lies in, with the verbs of the command line.

    Raises
    ------
    NotFound : nothing was ever checkpointed there.
    """
    from jupyter_mlversion.repository import Repository

    return Repository.open(os.fspath(path))


def run(name: str = "", /, *, system: float = 0, **params: Any) -> Block:
    """One of several trainings in a cell: ``with mlversion.run("lr 0.1", lr=0.1): …``; blocks can be nested.

    Parameters
    ----------
    name : what the run is called.
    system : seconds between two looks at CPU, memory and GPU; 0: none.
    params : configuration values.

    Returns
    -------
    Block : for ``with``; ``.log`` and ``.log_params`` log into it from any thread.
    """
    from jupyter_mlversion.tracking import Block

    return Block(name, params, system)


def split(  # noqa: PLR0913 - each names one thing that a strategy can be told
    data: Any,
    *,
    target: Any = None,
    sizes: Mapping[str, float] | None = None,
    strategy: str = "random",
    seed: int = 0,
    name: str = "split",
    groups: Any = None,
    time: Any = None,
    column: Any = None,
    folds: int = 5,
    repeats: int = 1,
    inner: int = 0,
    gap: int = 0,
    window: int | None = None,
    test_rows: int | None = None,
    checks: bool = True,
) -> Partition:
    """Partition the rows of `data`; the versions made from here on record how.

    Parameters
    ----------
    data : an array, list, data frame (pandas, Polars), Arrow table, sparse matrix, tensor, mapping of columns; the path
        of a CSV or Parquet file, or of a folder of images with a sub-folder for each class; or the number of rows.
    target : the class of each row, or the name of a column: rows per class are recorded. Needed to stratify.
    sizes : part → share of the rows, summing to 1; default ``{"train": 0.8, "test": 0.2}``.
    strategy : each row to one part: ``random``, ``stratified`` (every class in the same shares), ``group``,
        ``stratified-group`` (every group whole in one part), ``time`` (the last rows are the test), ``predefined`` (as
        `column` says). Cross-validation: ``k-fold``, ``stratified-k-fold``, ``group-k-fold``,
        ``stratified-group-k-fold``, ``leave-one-group-out``, ``nested``; for time series ``expanding``, ``sliding``.
        ``auto``: as `compare_splits` advises; the record says why.
    seed : the same seed gives the same rows, on every machine.
    name : what the split is called.
    groups : the group of each row, or the name of a column: a patient, a user, a place.
    time : the time of each row, or the name of a column; without it rows are in order as they stand.
    column : the part (text) or the fold (whole number, -1 for none) of each row, or the name of a column.
    folds, repeats : of a cross-validation.
    inner : folds within each training set: nested cross-validation with any strategy of folds by chance.
    gap : rows left out between train and test of a time series.
    window : most rows to train on, of ``sliding``.
    test_rows : rows of each test set of ``expanding`` and ``sliding``.
    checks : whether the questions of `check` are asked, for fifteen seconds at the most.

    Returns
    -------
    Partition : iterate for the ascending row numbers of each part, in order; ``.indices[part]``; ``.record``. Of a
        cross-validation: iterate for its folds, ``for train, test in …``; ``.folds[0].inner``.

    Raises
    ------
    UsageError : lengths differ, values are missing, shares do not sum to 1, a part would be empty, a class too small.
    UnknownPath, InvalidInput, FileFailure : a file cannot be read.
    MissingPackage : the strategy needs scikit-learn.
    """
    from jupyter_mlversion.splits import split as make

    return make(
        data, target=target, sizes=sizes, strategy=strategy, seed=seed, name=name, groups=groups, time=time,
        column=column, folds=folds, repeats=repeats, inner=inner, gap=gap, window=window, test_rows=test_rows,
        checks=checks,
    )


def track(pattern: str) -> None:
    """Let the files that match `pattern` belong to every version of this session, touched or not.

    Parameters
    ----------
    pattern : as in ``.gitignore``, seen from the workspace. For good: the entry ``track`` of ``mlversion.toml``.
    """
    from jupyter_mlversion.kernel import track_pattern

    track_pattern(pattern)


def freeze(split: Partition | str, part: str = "test") -> Partition:
    """From the next version on no training may see the rows of a part of a split.

    Every later version of this notebook is asked whether these rows were trained on in it or in any version before it,
    in whatever split and order: rows are told by what they contain. One that leaks says so, in `log`, in `show` and in
    the panel. A part stays frozen.

    Parameters
    ----------
    split : what `split` or `get_split` answered, or the name of a split of this session or of the last version.
    part : the part.

    Returns
    -------
    Partition : with ``.record.frozen``.

    Raises
    ------
    NotFound : there is no such split, or it has no such part.
    UsageError : its rows have no content (a number of rows was split), or it is a cross-validation.
    """
    from jupyter_mlversion.kernel.splits import freeze as make

    return make(split, part)


def get_split(
    version: str = "HEAD", name: str = "split", notebook: str | os.PathLike[str] | None = None, *, data: Any = None
) -> Partition:
    """The rows of a split as a version recorded them, whatever has become of the code that made it.

    Parameters
    ----------
    version : an id or its beginning, a branch, a tag, ``HEAD``, ``HEAD~2``.
    name : of the split.
    notebook : whose ``HEAD`` and branches are meant; None: this kernel's, else the one with the newest version.
    data : the data as it is now, of any kind that `split` takes. Row numbers are then those that the rows have in it,
        found by what they contain, and ``.changes`` says which rows moved, are new, and are gone; new rows are in no
        part.

    Returns
    -------
    Partition : as `split` answers it.

    Raises
    ------
    NotFound : there is no such version, or it has no such split.
    UsageError : none of the rows is in `data`: that is other data, or it was scaled or encoded.
    """
    from jupyter_mlversion.kernel.splits import get_split as get

    return get(version, name, notebook, data)


def plot_metrics(
    *versions: str, where: str = "", notebook: str | os.PathLike[str] | None = None, **options: Any
) -> list[Figure]:
    """Charts of metrics as Plotly's figures: ``plot_metrics(x="version")``, ``plot_metrics("HEAD", smooth=0.9)``.

    Parameters
    ----------
    versions : ids, branches, tags, ``HEAD~2``; none: all versions that fit the query `where`.
    notebook : whose; None: this kernel's, else all.
    options : ``kind`` (lines, scatter, parallel), ``metrics``, ``x`` (step, time, relative, version), ``log`` (x, y,
        xy), ``smooth`` (0 to less than 1), ``group`` (a parameter), ``band`` (std, range), ``against``, ``params``,
        ``colour``, ``width``, ``first``, ``last``: see docs/metrics.md.

    Raises
    ------
    NotFound, InvalidQuery : there is no such version; the query means nothing.
    UsageError : an option is none of these, or has no such value.
    """
    from jupyter_mlversion.kernel.charts import plot_metrics as plot

    return plot(versions, where, notebook, options)


def plot_split(
    version: str = "HEAD",
    name: str | None = None,
    view: str | None = None,
    notebook: str | os.PathLike[str] | None = None,
) -> list[Figure]:
    """The pictures of a split of a version, without its data, as Plotly's figures.

    Parameters
    ----------
    version : an id or its beginning, a branch, a tag, ``HEAD``, ``HEAD~2``.
    name : of the split; None: all.
    view : ``sizes``, ``balance``, ``membership`` (which part the rows are in), ``drift``, ``leakage``,
        ``distributions``; None: all but the last.
    notebook : whose ``HEAD`` and branches are meant; None: this kernel's, else the one with the newest version.

    Raises
    ------
    NotFound : there is no such version, or it has no such split.
    UsageError : there is no such view.
    """
    from jupyter_mlversion.kernel.splits import plot_split as plot

    return plot(version, name, view, notebook)


def load_ipython_extension(shell: InteractiveShell) -> None:
    """What ``%load_ext jupyter_mlversion`` calls."""
    from jupyter_mlversion.kernel import load

    load(shell)


def _jupyter_labextension_paths() -> list[dict[str, str]]:
    """Where the built front end is: asked by JupyterLab's development install."""
    return [{"src": "labextension", "dest": "jupyter-mlversion"}]


def _jupyter_server_extension_points() -> list[dict[str, Any]]:
    """The server extension: asked by the Jupyter server, which is told to load this package."""
    from jupyter_mlversion.server import _jupyter_server_extension_points as points

    return points()
