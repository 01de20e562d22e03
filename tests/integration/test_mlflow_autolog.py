"""MLflow's autolog in a real kernel: what libraries tell MLflow is in the version of the cell."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

import nbformat
import pytest

sys.path.insert(0, str(Path(__file__).parent))
from test_kernel_staging import Kernel

from jupyter_mlversion.repository import Repository

pytest.importorskip("mlflow")
pytest.importorskip("sklearn")


@pytest.fixture(scope="module")
def kernel(tmp_path_factory):
    root = tmp_path_factory.mktemp("autolog")
    path = root / "train.ipynb"
    nbformat.write(nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("x", id="cell")]), path)
    made = Kernel(path)
    made.root = root
    reply = made.run("%mlversion autolog\nimport mlflow\nmlflow.autolog(log_models=False, silent=True)\n"
                     "from sklearn.datasets import load_iris\nX, y = load_iris(return_X_y=True)", cell="first")
    assert reply["status"] == "ok", reply["text"]
    yield made
    made.client.stop_channels()
    made.manager.shutdown_kernel(now=True)


@pytest.fixture
def train(kernel):
    """Run a tagged cell; the runs that its version holds of it."""

    def trained(source, cell):
        reply = kernel.run(source, "checkpoint", cell=cell)
        assert reply["status"] == "ok", reply["text"]
        repository = Repository.open(kernel.root)
        version = repository.join(kernel.comms[-1]["key"]).version
        return repository, [run for run in repository.show(version.id).snapshot.runs if run.cell_id == cell]

    return trained


def library(name):
    if importlib.util.find_spec(name) is None:
        pytest.skip(f"{name} is not installed")


def test_scikit_learn_and_the_candidates_of_a_search(train, kernel):
    repository, runs = train("""
from sklearn.model_selection import GridSearchCV
from sklearn.svm import SVC
search = GridSearchCV(SVC(), {"C": [0.1, 1, 10]}, cv=3).fit(X, y)
""", "search")
    parent = next(run for run in runs if not run.parent)
    children = [run for run in runs if run.parent == parent.id]
    assert len(children) == 3
    assert {run.params["C"] for run in children} == {"0.1", "1", "10"}
    assert parent.metrics["best_cv_score"].last > 0.9
    assert parent.params["best_C"] in {"0.1", "1", "10"}
    assert parent.status == "finished"
    names = {item.name for item in parent.logged}
    assert {"cv_results.csv", "estimator.html"} <= names
    html = next(item for item in parent.logged if item.name == "estimator.html")
    assert html.kind == "file"  # never shown as a page
    assert repository.verify(read_data=True) == []
    # The next cells still find them, as does MLflow's own language.
    reply = kernel.run("runs = mlflow.search_runs(filter_string='metrics.best_cv_score > 0.9')\nprint(len(runs))")
    assert reply["text"].strip().endswith("1"), reply["text"]


def test_a_model_is_stored_and_loaded_by_another_kernel(train, kernel):
    _, runs = train("""
from sklearn.tree import DecisionTreeClassifier
mlflow.sklearn.autolog(disable=True)
with mlflow.start_run(run_name="tree"):
    tree = DecisionTreeClassifier(random_state=0).fit(X, y)
    named = {"name": "tree"} if mlflow.__version__ >= "3" else {"artifact_path": "tree"}
    info = mlflow.sklearn.log_model(tree, pip_requirements=[], serialization_format="cloudpickle", **named)
mlflow.sklearn.autolog(log_models=False, silent=True)
""", "model")
    (run,) = runs
    assert any(item.name.endswith("MLmodel") for item in run.logged)
    reply = kernel.run("print((mlflow.sklearn.load_model(info.model_uri).predict(X) == tree.predict(X)).all())")
    assert "True" in reply["text"], reply["text"]
    other = Kernel(kernel.notebook)
    try:
        uri = kernel.run("print(info.model_uri)")["text"].strip()
        reply = other.run("%mlversion autolog\nimport mlflow\nfrom sklearn.datasets import load_iris\n"
                          f"print(mlflow.sklearn.load_model({uri!r}).predict(load_iris().data[:1]))")
        assert "[0]" in reply["text"], reply["text"]
    finally:
        other.client.stop_channels()
        other.manager.shutdown_kernel(now=True)


@pytest.mark.heavy
def test_torch_by_hand(train):
    library("torch")
    _, (run,) = train("""
import torch
model = torch.nn.Linear(4, 3)
optimizer = torch.optim.SGD(model.parameters(), 0.1)
with mlflow.start_run(run_name="torch"):
    mlflow.log_params({"lr": 0.1})
    for step in range(20):
        loss = torch.nn.functional.cross_entropy(model(torch.tensor(X, dtype=torch.float32)), torch.tensor(y))
        optimizer.zero_grad(); loss.backward(); optimizer.step()
        mlflow.log_metric("loss", loss.item(), step=step)
""", "torch")
    assert (run.name, run.metrics["loss"].count, run.params) == ("torch", 20, {"lr": "0.1"})


@pytest.mark.heavy
def test_xgboost(train):
    library("xgboost")
    _, (run,) = train("""
import xgboost
xgboost.train({"objective": "multi:softprob", "num_class": 3, "nthread": 1}, xgboost.DMatrix(X, y), 5,
              evals=[(xgboost.DMatrix(X, y), "train")], verbose_eval=False)
""", "xgboost")
    assert run.metrics["train-mlogloss"].count == 5
    assert run.params["num_class"] == "3"


@pytest.mark.heavy
def test_lightgbm(train):
    library("lightgbm")
    _, (run,) = train("""
import lightgbm
data = lightgbm.Dataset(X, y)
lightgbm.train({"objective": "multiclass", "num_class": 3, "verbose": -1, "num_threads": 1}, data, 5, valid_sets=[data])
""", "lightgbm")
    assert run.metrics["training-multi_logloss"].count == 5


@pytest.mark.heavy
def test_lightning(train):
    library("torch")
    library("lightning")
    _, (run,) = train("""
import lightning, torch
mlflow.pytorch.autolog(log_models=False, silent=True)  # mlflow.autolog's hook fails where both names are installed
class Net(lightning.LightningModule):
    def __init__(self):
        super().__init__()
        self.layer = torch.nn.Linear(4, 3)
    def training_step(self, batch, index):
        loss = torch.nn.functional.cross_entropy(self.layer(batch[0]), batch[1])
        self.log("loss", loss, on_epoch=True)
        return loss
    def configure_optimizers(self):
        return torch.optim.SGD(self.parameters(), 0.1)
data = torch.utils.data.TensorDataset(torch.tensor(X, dtype=torch.float32), torch.tensor(y))
lightning.Trainer(max_epochs=3, accelerator="cpu", logger=False, enable_checkpointing=False, enable_progress_bar=False,
                  enable_model_summary=False).fit(Net(), torch.utils.data.DataLoader(data, 50))
mlflow.flush_async_logging() if hasattr(mlflow, "flush_async_logging") else None
""", "lightning")
    assert run.metrics["loss"].count >= 3
    assert run.params["optimizer_name"] == "SGD"


@pytest.mark.heavy
def test_keras(train):
    library("keras")
    library("torch")
    _, (run,) = train("""
import os
os.environ["KERAS_BACKEND"] = "torch"
import keras
callback = mlflow.keras.MlflowCallback() if hasattr(mlflow.keras, "MlflowCallback") else \\
    mlflow.keras.callback.MlflowCallback()
with mlflow.start_run():
    model = keras.Sequential([keras.layers.Input((4,)), keras.layers.Dense(3, activation="softmax")])
    model.compile("sgd", "sparse_categorical_crossentropy")
    model.fit(X, y, epochs=3, verbose=0, callbacks=[callback])
""", "keras")
    assert run.metrics["loss"].count == 3
