"""A checkpoint that looks into changed folders only makes the version that one which looks into all would make."""

from __future__ import annotations

import os
import shutil
import tempfile
import time
from contextlib import suppress
from pathlib import Path

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from jupyter_mlversion.capture import files, scan
from jupyter_mlversion.capture.ignore import Ignore
from jupyter_mlversion.domain.artifact import Access, State
from jupyter_mlversion.errors import MlversionError
from jupyter_mlversion.index import Index, stats
from jupyter_mlversion.repository import Repository

FOLDERS = ["", "a", "a/b", "c d", "venv"]
NAMES = ["x.csv", "y.bin", "z", "é", "k.pem", "n.ipynb", "pyvenv.cfg"]
folders, names = st.sampled_from(FOLDERS), st.sampled_from(NAMES)
OLD = 1_600_000_000_000_000_000


class Workspace(RuleBasedStateMachine):
    """Random edits, and after each checkpoint a fresh capture of everything, with an index that knows nothing."""

    @initialize(track=st.sampled_from(['["**"]', '["*.csv", "a/"]', "[]"]))
    def begin(self, track):
        self.base = tempfile.mkdtemp()
        self.root = Path(self.base) / "w"
        self.root.mkdir()
        Repository.init(self.root)
        (self.root / "mlversion.toml").write_text(f"track = {track}\n")
        self.racy = stats._FINE, stats._COARSE
        # times cannot be waited for here: what was changed before a look began counts as certain
        stats._FINE = stats._COARSE = 0

    def teardown(self):
        stats._FINE, stats._COARSE = self.racy
        shutil.rmtree(self.base)

    @rule(folder=folders, name=names, data=st.binary(max_size=20))
    def write(self, folder, name, data):
        path = self.root / folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.is_symlink():
            path.unlink()
        path.write_bytes(data)

    @rule(folder=st.sampled_from(["", "a"]), name=st.just("z"), data=st.binary(min_size=1, max_size=1))
    def rewrite_as_if_untouched(self, folder, name, data):
        path = self.root / folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.is_symlink():
            path.unlink()
        path.write_bytes(data)
        os.utime(path, ns=(OLD, OLD))

    @rule(folder=folders, name=names)
    def remove(self, folder, name):
        (self.root / folder / name).unlink(missing_ok=True)

    @rule(folder=folders)
    def remove_folder(self, folder):
        if folder:
            shutil.rmtree(self.root / folder, ignore_errors=True)

    @rule(folder=folders, name=names, mode=st.sampled_from([0o644, 0o755]))
    def change_mode(self, folder, name, mode):
        path = self.root / folder / name
        if path.is_file() and not path.is_symlink():
            path.chmod(mode)

    @rule(folder=folders, name=names, to=names)
    def link(self, folder, name, to):
        path = self.root / folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.unlink(missing_ok=True)
        path.symlink_to(to)

    @rule(old=folders, new=folders)
    def move_folder(self, old, new):
        if old and new and not new.startswith(old) and not old.startswith(new) and (self.root / old).is_dir():
            shutil.rmtree(self.root / new, ignore_errors=True)
            (self.root / new).parent.mkdir(parents=True, exist_ok=True)
            (self.root / old).rename(self.root / new)

    @rule(ignore=st.sampled_from(['["*.bin"]', "[]", '["a/"]']), limit=st.sampled_from([2, 1000]))
    def change_the_rules(self, ignore, limit):
        track = (self.root / "mlversion.toml").read_text().splitlines()[0]
        (self.root / "mlversion.toml").write_text(f"{track}\nignore = {ignore}\nsize_limit = {limit}\n")

    @rule()
    def go_back(self):
        repository = Repository.open(self.root)
        versions = repository.log(safety=False)
        if versions:
            with suppress(MlversionError):  # its bytes may be lost, or something in the way
                repository.restore(versions[-1].id)

    @rule()
    def lose_the_index(self):
        (self.root / ".mlversion" / "index.sqlite").unlink(missing_ok=True)

    @rule()
    def lose_the_packs(self):
        for pack in (self.root / ".mlversion" / "store").rglob("*.pack"):
            pack.unlink()

    @invariant()
    def a_checkpoint_is_as_a_fresh_capture(self):
        if not hasattr(self, "root"):
            return
        now = time.time_ns()
        while time.time_ns() // 10_000_000 == now // 10_000_000:  # until the file system's clock has moved on
            pass
        repository = Repository.open(self.root)
        repository.checkpoint()
        head = repository.history.head("workspace").version
        made = {} if head is None else {item.path: item for item in repository.history.snapshot(head).artifacts}
        for item in made.values():
            assert item.state != State.STORED or item.digest in repository.store
        fresh = self.fresh(repository, made)
        alike = {path: (item.digest, item.mode, item.role, item.access) for path, item in made.items()}
        assert alike == {path: (item.digest, item.mode, item.role, item.access) for path, item in fresh.items()}

    def fresh(self, repository, made):
        config = repository.config
        ignore = Ignore(self.root, config)
        found = scan.tracked(self.root, config) if config.track else scan.changed_since(self.root, config, 0)
        wanted = {path: Access.TRACKED for path in found if not path.endswith(".ipynb")}
        for path, item in made.items():
            if not path.endswith(".ipynb") and not ignore.matches(path):
                wanted[path] = wanted.get(path, item.access).joined(item.access)
        index = Index(Path(self.base) / f"{time.time_ns()}.sqlite")
        with repository.store.batch() as batch:
            captured = files.capture(self.root, wanted, batch, store=repository.store, config=config, index=index)
        index.close()
        return {item.path: item for item in captured}


Workspace.TestCase.settings = settings(
    max_examples=12, stateful_step_count=12, deadline=None, phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=list(HealthCheck))
TestWorkspace = Workspace.TestCase
