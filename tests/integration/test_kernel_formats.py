"""What a cell reads and writes is found, whatever the format, in a real kernel and without a call from the user."""

from __future__ import annotations

import json
import subprocess
import sys
from importlib.util import find_spec

import nbformat
import pytest

from jupyter_mlversion.execute import execute_notebook
from jupyter_mlversion.repository import Repository

# name → (import needed, code that makes the input, code that reads it, code that writes the output)
FORMATS = {
    "in.csv out.csv": (
        "pandas", "import pandas; pandas.DataFrame({'a': [1, 2]}).to_csv('in.csv')",
        "import pandas as pd; frame = pd.read_csv('in.csv')", "pd.DataFrame({'a': [3]}).to_csv('out.csv')",
    ),
    "in.txt out.txt": (
        "numpy", "import numpy; numpy.savetxt('in.txt', [1, 2])",
        "import numpy as np; np.loadtxt('in.txt', delimiter=',')", "np.savetxt('out.txt', [1, 2])",
    ),
    "in.npz out.npz": (
        "numpy", "import numpy; numpy.savez('in.npz', a=[1])",
        "import numpy as np; np.load('in.npz')['a']", "np.savez('out.npz', a=[2])",
    ),
    "in.npy out.npy": (
        "numpy", "import numpy; numpy.save('in.npy', [1])",
        "import numpy as np; mapped = np.load('in.npy', mmap_mode='r')", "np.save('out.npy', [2])",
    ),
    "in.parquet out.parquet": (
        "pyarrow", "import pyarrow, pyarrow.parquet as pq; pq.write_table(pyarrow.table({'a': [1]}), 'in.parquet')",
        "import pyarrow.parquet as pq; table = pq.read_table('in.parquet')", "pq.write_table(table, 'out.parquet')",
    ),
    "pandas_in.parquet pandas_out.parquet": (
        "pyarrow", "import pandas; pandas.DataFrame({'a': [1, 2]}).to_parquet('pandas_in.parquet')",
        "import pandas as pd; frame = pd.read_parquet('pandas_in.parquet')", "frame.to_parquet('pandas_out.parquet')",
    ),
    "in.feather out.feather": (
        "pyarrow", "import pyarrow, pyarrow.feather as f; f.write_feather(pyarrow.table({'a': [1]}), 'in.feather')",
        "import pyarrow.feather as f; table = f.read_table('in.feather', memory_map=True)",
        "f.write_feather(table, 'out.feather')",
    ),
    "arrow_in.csv arrow_out.csv": (
        "pyarrow", "open('arrow_in.csv', 'w').write('a\\n1\\n')",
        "import pyarrow.csv as c; table = c.read_csv('arrow_in.csv')", "c.write_csv(table, 'arrow_out.csv')",
    ),
    "polars_in.csv polars_out.parquet": (
        "polars", "open('polars_in.csv', 'w').write('a\\n1\\n')",
        "import polars as pl; frame = pl.read_csv('polars_in.csv')", "frame.write_parquet('polars_out.parquet')",
    ),
    "in.joblib out.joblib": (
        "joblib", "import joblib; joblib.dump([1], 'in.joblib')",
        "import joblib; joblib.load('in.joblib')", "joblib.dump([2], 'out.joblib')",
    ),
    "in.pkl out.pkl": (
        "pickle", "import pickle; pickle.dump([1], open('in.pkl', 'wb'))",
        "import pickle; pickle.load(open('in.pkl', 'rb'))", "pickle.dump([2], open('out.pkl', 'wb'))",
    ),
    "in.safetensors out.safetensors": (
        "safetensors",
        "import numpy; from safetensors.numpy import save_file; save_file({'a': numpy.zeros(3)}, 'in.safetensors')",
        "from safetensors.numpy import load_file, save_file; tensors = load_file('in.safetensors')",
        "save_file(tensors, 'out.safetensors')",
    ),
    "opened.safetensors opened_out.safetensors": (
        "safetensors",
        "import numpy; from safetensors.numpy import save_file; save_file({'a': numpy.zeros(3)}, 'opened.safetensors')",
        "from safetensors import safe_open; handle = safe_open('opened.safetensors', framework='np')",
        "from safetensors.numpy import save_file; save_file({'a': handle.get_tensor('a')}, 'opened_out.safetensors')",
    ),
    "in.h5 out.h5": (
        "h5py", "import h5py; h5py.File('in.h5', 'w').create_dataset('a', data=[1])",
        "import h5py; value = h5py.File('in.h5')['a'][()]", "h5py.File('out.h5', 'w').create_dataset('a', data=[1])",
    ),
    "in.png out.png": (
        "PIL", "from PIL import Image; Image.new('RGB', (2, 2)).save('in.png')",
        "from PIL import Image; picture = Image.open('in.png'); picture.load()", "picture.save('out.png')",
    ),
    "in.db out.db": (
        "sqlite3", "import sqlite3; c = sqlite3.connect('in.db'); c.execute('create table t (a)'); c.commit()",
        "import sqlite3; sqlite3.connect('file:in.db?mode=ro', uri=True).execute('select * from t').fetchall()",
        "c = sqlite3.connect('out.db'); c.execute('create table t (a)'); c.commit(); c.close()",
    ),
    "in.sub out.sub": (
        "subprocess", "open('in.sub', 'w').write('1')",
        "import subprocess; subprocess.run(['cp', 'in.sub', 'out.sub'], check=True)", "pass",
    ),
    "deep/in/é ü.txt new/folder/out.txt": (
        "os", "import os; os.makedirs('deep/in'); open('deep/in/é ü.txt', 'w').write('1')",
        "import shutil, os; os.makedirs('new/folder')", "shutil.copyfile('deep/in/é ü.txt', 'new/folder/out.txt')",
    ),
    "renamed.bin renamed_out.bin": (
        "os", "open('renamed.bin', 'w').write('1')",
        "open('renamed.bin').read()",
        "import os; open('part.tmp', 'w').write('2'); os.replace('part.tmp', 'renamed_out.bin')",
    ),
    "forked.in forked.out": (
        "os", "open('forked.in', 'w').write('1')",
        "import os, shutil\npid = os.fork()\nif not pid:\n  shutil.copyfile('forked.in', 'forked.out')\n  os._exit(0)",
        "os.waitpid(pid, 0)",
    ),
}
HEAVY = {
    "in.pt out.pt": (
        "torch", "import torch; torch.save({'a': torch.zeros(3)}, 'in.pt')",
        "import torch; state = torch.load('in.pt', mmap=True)", "torch.save(state, 'out.pt')",
    ),
    "torch.safetensors torch_out.safetensors": (
        "torch",
        "import torch; from safetensors.torch import save_file; save_file({'a': torch.zeros(3)}, 'torch.safetensors')",
        "from safetensors.torch import load_file, save_file; state = load_file('torch.safetensors')",
        "save_file(state, 'torch_out.safetensors')",
    ),
    "in.ubj out.ubj": (
        "xgboost",
        "import xgboost as x, numpy; x.XGBRegressor(n_estimators=1).fit(numpy.eye(3), [1, 2, 3]).save_model('in.ubj')",
        "import xgboost; model = xgboost.Booster(model_file='in.ubj')", "model.save_model('out.ubj')",
    ),
    "lgb_in.txt lgb_out.txt": (
        "lightgbm",
        "import lightgbm as l, numpy; l.train({}, l.Dataset(numpy.eye(30), [1] * 30), 1).save_model('lgb_in.txt')",
        "import lightgbm; model = lightgbm.Booster(model_file='lgb_in.txt')", "model.save_model('lgb_out.txt')",
    ),
    "in.keras out.keras": (
        "keras", "import keras; keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)]).save('in.keras')",
        "import keras; model = keras.models.load_model('in.keras')", "model.save('out.keras')",
    ),
}


def run(folder, formats):
    """Artifacts by path of the version that the last cell made; inputs exist before the kernel starts."""
    for _, make, *_ in formats.values():
        subprocess.run([sys.executable, "-c", make], check=True, cwd=folder)
    for quiet in ("untouched.csv", "untouched.pt"):
        (folder / quiet).write_text("1")
    cells = [
        nbformat.v4.new_code_cell(f"{read}\n{write}", metadata={"tags": ["raises-exception"]})
        for _, _, read, write in formats.values()
    ]
    cells.append(nbformat.v4.new_code_cell("print('done')", metadata={"tags": ["checkpoint"]}))
    notebook = folder / "formats.ipynb"
    nbformat.write(nbformat.v4.new_notebook(cells=cells), notebook)
    repository = Repository.open(folder, create=True)
    executed = execute_notebook(repository, notebook)
    document = json.loads(notebook.read_text())
    failures = [output for cell in document["cells"] for output in cell["outputs"] if output["output_type"] == "error"]
    assert failures == []
    assert executed.notes == []
    (version,) = executed.versions
    return {artifact.path: artifact for artifact in repository.show(version.id).snapshot.artifacts}


@pytest.fixture(scope="module")
def captured(tmp_path_factory):
    return run(tmp_path_factory.mktemp("formats"), FORMATS)


@pytest.mark.parametrize("names", FORMATS)
def test_files_are_found_with_their_access(captured, names):
    before, after = files(names)
    assert before in captured
    assert after in captured
    assert captured[before].access == "read"
    assert captured[after].access == ("both" if after == "out.db" else "written")  # a database is read to be written


def test_nothing_else_is_found(captured):
    expected = {name for names in FORMATS for name in files(names)}
    assert set(captured) == {*expected, "formats.ipynb"}


@pytest.mark.heavy
@pytest.mark.parametrize("names", HEAVY)
def test_heavy_libraries(tmp_path, names):
    library = HEAVY[names][0]
    if find_spec(library) is None:
        pytest.skip(f"{library} is not installed: pip install 'jupyter_mlversion[test-heavy]'")
    if library == "keras" and find_spec("torch") is None:
        pytest.skip("keras needs a backend: pip install 'jupyter_mlversion[test-heavy]'")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("KERAS_BACKEND", "torch")
        captured = run(tmp_path, {names: HEAVY[names]})
    before, after = files(names)
    assert captured[before].access == "read"
    assert captured[after].access == "written"


def files(names):
    if names.startswith("deep"):
        return "deep/in/é ü.txt", "new/folder/out.txt"
    before, after = names.split(" ")
    return before, after
