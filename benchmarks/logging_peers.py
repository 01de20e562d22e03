"""The loggers that `logging_cost.py` measures: each logs values in a folder and has them on disk when it returns."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

METRICS = 10
"""Values that a training step logs."""


def steps(values: int) -> list[tuple[int, dict[str, float]]]:
    """Steps of ten metrics, so many values in all."""
    return [(step, {f"metric{number}": 0.5 + number / (step + 1) for number in range(METRICS)})
            for step in range(values // METRICS)]


def ours(values: int) -> Callable[[], None]:
    """`log` with a step's ten metrics."""
    mlversion, flush = _ours()
    points = steps(values)

    def run() -> None:
        for step, metrics in points:
            mlversion.log(metrics, step=step)
        flush()

    return run


def ours_one_by_one(values: int) -> Callable[[], None]:
    """`log` with one metric a call."""
    mlversion, flush = _ours()
    points = [(step, value) for step, metrics in steps(values) for value in metrics.values()]

    def run() -> None:
        for step, value in points:
            mlversion.log(loss=value, step=step)
        flush()

    return run


def ours_through_mlflow(values: int) -> Callable[[], None]:
    """MLflow's client on our store, 1,000 values a batch."""
    _, flush = _ours()
    from jupyter_mlversion.mlflow.setup import use_store

    use_store()
    return _mlflow_batches(values, flush)


def mlflow_sqlite(values: int) -> Callable[[], None]:
    """MLflow's client on its SQLite store, 1,000 values a batch: the most that it allows."""
    import mlflow

    mlflow.set_tracking_uri(f"sqlite:///{Path.cwd()}/mlflow.db")
    return _mlflow_batches(values, lambda: None)


def mlflow_steps(values: int) -> Callable[[], None]:
    """MLflow's `log_metrics`, a step's ten a call, as its autolog without batching does."""
    import mlflow

    mlflow.set_tracking_uri(f"sqlite:///{Path.cwd()}/mlflow.db")
    mlflow.start_run()
    points = steps(values)

    def run() -> None:
        for step, metrics in points:
            mlflow.log_metrics(metrics, step=step)
        mlflow.end_run()

    return run


def tensorboard(values: int) -> Callable[[], None]:
    """TensorBoard's event files, by tensorboardX."""
    from tensorboardX import SummaryWriter

    writer = SummaryWriter("events")
    points = steps(values)

    def run() -> None:
        for step, metrics in points:
            for name, value in metrics.items():
                writer.add_scalar(name, value, step)
        writer.close()

    return run


def wandb_offline(values: int) -> Callable[[], None]:
    """W&B's offline run."""
    import wandb

    run_ = wandb.init(mode="offline", project="benchmark", dir=str(Path.cwd()),
                      settings=wandb.Settings(console="off", silent=True, x_disable_stats=True))
    points = steps(values)

    def run() -> None:
        for step, metrics in points:
            run_.log(metrics, step=step)
        run_.finish()

    return run


def trackio_local(values: int) -> Callable[[], None]:
    """The local SQLite database of trackio, with what it starts beside."""
    os.environ["TRACKIO_DIR"] = str(Path.cwd() / "trackio")
    import trackio

    trackio.init(project="benchmark")
    points = steps(values)

    def run() -> None:
        for step, metrics in points:
            trackio.log(metrics, step=step)
        trackio.finish()

    return run


def dvclive(values: int) -> Callable[[], None]:
    """DVCLive's files, without Git and DVC."""
    from dvclive import Live

    live = Live("dvclive", save_dvc_exp=False, report=None, dvcyaml=None)
    points = steps(values)

    def run() -> None:
        for _, metrics in points:
            for name, value in metrics.items():
                live.log_metric(name, value)
            live.next_step()
        live.end()

    return run


def _ours() -> tuple[Any, Callable[[], None]]:
    import jupyter_mlversion as mlversion
    from jupyter_mlversion.tracking import recorder

    recorder().attach(Path.cwd() / ".mlversion" / "metrics" / "session.jsonl", makes=True)
    recorder().begin("cell")

    def flush() -> None:
        recorder().flush()
        with contextlib.closing(os.fdopen(os.open(recorder().folder.with_suffix(".jsonl"), os.O_RDONLY))) as file:
            os.fsync(file.fileno())

    return mlversion, flush


def _mlflow_batches(values: int, flush: Callable[[], None]) -> Callable[[], None]:
    from mlflow import MlflowClient
    from mlflow.entities import Metric

    client = MlflowClient()
    run_id = client.create_run("0").info.run_id
    points = [Metric(name, value, 1_700_000_000_000 + step, step) for step, metrics in steps(values)
              for name, value in metrics.items()]

    def run() -> None:
        for start in range(0, len(points), 1000):
            client.log_batch(run_id, points[start : start + 1000])
        flush()

    return run


PEERS: dict[str, tuple[Callable[[int], Callable[[], None]], int, str]] = {
    "`mlversion.log`, ten a call": (ours, 100_000, "a file, appended three times a second"),
    "`mlversion.log`, one a call": (ours_one_by_one, 100_000, "the same"),
    "MLflow's client on our store, 1,000 a batch": (ours_through_mlflow, 100_000, "the same"),
    "MLflow `log_batch`, SQLite, 1,000 a batch": (mlflow_sqlite, 100_000, "every batch is a transaction"),
    "MLflow `log_metrics`, SQLite, ten a call": (mlflow_steps, 10_000, "every call is a transaction"),
    "TensorBoard's writer (tensorboardX)": (tensorboard, 100_000, "every two minutes, or when ten wait"),
    "W&B offline, ten a call": (wandb_offline, 100_000, "a process of its own writes a file"),
    "trackio, ten a call": (trackio_local, 100_000, "SQLite, every half second"),
    "DVCLive, ten a step": (dvclive, 2_000, "every step writes its files anew or appends"),
}
"""What is measured: how it is made, how many values it gets (fewer where they cost most), and what is on disk when."""
