"""Callbacks on the real libraries, where MLflow is not used."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))
from mlflow_scene import own  # noqa: F401

pytestmark = pytest.mark.filterwarnings("ignore")


@pytest.fixture
def iris():
    datasets = pytest.importorskip("sklearn.datasets")
    return datasets.load_iris(return_X_y=True)


SKLEARN = """
import sys
sys.modules["mlflow"] = None
import importlib.util
find = importlib.util.find_spec
importlib.util.find_spec = lambda name: None if name == "mlflow" else find(name)
import jupyter_mlversion as mlversion
mlversion.autolog()
mlversion.autolog()
from sklearn.datasets import load_iris
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC
X, y = load_iris(return_X_y=True)
make_pipeline(StandardScaler(), SVC(C=2.0)).fit(X, y)
GridSearchCV(SVC(), {"C": [0.1, 1]}, cv=3).fit(X, y=y)
try:
    SVC(C=-1).fit(X, y)
except ValueError:
    pass
from jupyter_mlversion.tracking import recorder
for run in recorder().known():
    recorder().settle(run)
    print(run.name, run.status, run.params.get("svc__C", run.params.get("best_C")), sorted(run.series), list(run.items))
try:
    mlversion.autolog(log_models=False)
except Exception as error:
    print(error)
"""


def test_every_fit_of_scikit_learn_is_a_run_where_mlflow_is_absent(tmp_path):
    pytest.importorskip("sklearn")
    environment = {name: value for name, value in os.environ.items() if name != "MLVERSION_RUN"}
    done = subprocess.run([sys.executable, "-W", "ignore", "-c", SKLEARN], capture_output=True, text=True, check=True,
                          cwd=tmp_path, env=environment)
    pipeline, search, failed, *message = done.stdout.splitlines()
    assert pipeline.startswith("Pipeline finished 2.0 ['training_score']")
    assert search.startswith("GridSearchCV finished ")
    assert "'best_score', 'training_score'" in search
    assert "cv_results" in search
    assert failed.startswith("SVC failed")
    assert 'pip install "jupyter_mlversion[mlflow]"' in " ".join(message)


@pytest.mark.heavy
def test_xgboost(own, iris):  # noqa: F811
    xgboost = pytest.importorskip("xgboost")
    from jupyter_mlversion.callbacks.xgboost import Callback

    data = xgboost.DMatrix(*iris)
    xgboost.train({"objective": "multi:softprob", "num_class": 3, "nthread": 1, "eta": 0.25}, data, 4,
                  evals=[(data, "train")], callbacks=[Callback()], verbose_eval=False)
    run = own.settle(own.current())
    assert list(run.series["train/mlogloss"].columns()[0]) == [0, 1, 2, 3]
    assert run.params["num_class"] == "3"


@pytest.mark.heavy
def test_lightgbm(own, iris):  # noqa: F811
    lightgbm = pytest.importorskip("lightgbm")
    from jupyter_mlversion.callbacks.lightgbm import callback

    data = lightgbm.Dataset(*iris)
    lightgbm.train({"objective": "multiclass", "num_class": 3, "verbose": -1, "num_threads": 1}, data, 4,
                   valid_sets=[data], callbacks=[callback()])
    run = own.settle(own.current())
    assert list(run.series["training/multi_logloss"].columns()[0]) == [0, 1, 2, 3]
    assert run.params["num_class"] == 3


@pytest.mark.heavy
def test_keras(own, iris, monkeypatch):  # noqa: F811
    pytest.importorskip("torch")
    monkeypatch.setenv("KERAS_BACKEND", "torch")
    keras = pytest.importorskip("keras")
    from jupyter_mlversion.callbacks.keras import Callback

    model = keras.Sequential([keras.layers.Input((4,)), keras.layers.Dense(3, activation="softmax")])
    model.compile(keras.optimizers.SGD(0.05), "sparse_categorical_crossentropy")
    model.fit(*iris, epochs=3, verbose=0, callbacks=[Callback()])
    run = own.settle(own.current())
    assert list(run.series["loss"].columns()[0]) == [0, 1, 2]
    assert run.params["learning_rate"] == pytest.approx(0.05)
    assert run.params["weights"] == 15


@pytest.mark.heavy
def test_lightning(own, iris, tmp_path):  # noqa: F811
    torch = pytest.importorskip("torch")
    lightning = pytest.importorskip("lightning.pytorch")
    from jupyter_mlversion.callbacks.lightning import Logger

    class Net(lightning.LightningModule):
        def __init__(self, rate):
            super().__init__()
            self.save_hyperparameters()
            self.layer = torch.nn.Linear(4, 3)

        def training_step(self, batch, _):
            loss = torch.nn.functional.cross_entropy(self.layer(batch[0]), batch[1])
            self.log("loss", loss)
            return loss

        def configure_optimizers(self):
            return torch.optim.SGD(self.parameters(), self.hparams.rate)

    x, y = iris
    data = torch.utils.data.TensorDataset(torch.tensor(x, dtype=torch.float32), torch.tensor(y))
    trainer = lightning.Trainer(max_epochs=2, accelerator="cpu", logger=Logger(), log_every_n_steps=1,
                                enable_checkpointing=False, enable_progress_bar=False, enable_model_summary=False)
    trainer.fit(Net(0.1), torch.utils.data.DataLoader(data, 50))
    run = own.settle(own.current())
    assert list(run.series["loss"].columns()[0]) == [0, 1, 2, 3, 4, 5]
    assert run.params["rate"] == 0.1


@pytest.mark.heavy
def test_transformers(own, tmp_path):  # noqa: F811
    torch = pytest.importorskip("torch")
    transformers = pytest.importorskip("transformers")
    pytest.importorskip("accelerate")
    from jupyter_mlversion.callbacks.transformers import Callback

    config = transformers.BertConfig(vocab_size=20, hidden_size=8, num_hidden_layers=1, num_attention_heads=1,
                                     intermediate_size=8, num_labels=2)
    rows = [{"input_ids": torch.tensor([1, 2, 3]), "labels": torch.tensor(number % 2)} for number in range(8)]
    arguments = transformers.TrainingArguments(str(tmp_path / "out"), max_steps=3, logging_steps=1, report_to="none",
                                               use_cpu=True, disable_tqdm=True, save_strategy="no")
    trainer = transformers.Trainer(transformers.BertForSequenceClassification(config), arguments, train_dataset=rows,
                                   callbacks=[Callback()])
    trainer.train()
    run = own.settle(own.current())
    assert list(run.series["loss"].columns()[0]) == [1, 2, 3]
    assert run.params["max_steps"] == 3
