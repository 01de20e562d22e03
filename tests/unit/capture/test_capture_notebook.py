"""The bytes of a notebook are what Jupyter would have saved, without any claim of trust."""

from __future__ import annotations

import copy
import json
import os

import nbformat
import pytest
from jupyter_server.services.contents.filemanager import FileContentsManager

from jupyter_mlversion.capture.notebook import document_bytes, saved_bytes
from jupyter_mlversion.errors import FileFailure, InvalidNotebook


def code(source="print(1)", **more):
    return {"cell_type": "code", "id": "c1", "metadata": {}, "execution_count": 1, "source": source, "outputs": [],
            **more}


def notebook(*cells, minor=5, **metadata):
    return {"nbformat": 4, "nbformat_minor": minor, "metadata": metadata, "cells": list(cells)}


RICH = notebook(
    code("a = 1\nb = 'ü \u2028 日本'", outputs=[
        {"output_type": "stream", "name": "stdout", "text": "one\ntwo"},
        {"output_type": "display_data", "metadata": {},
         "data": {"text/plain": "x\ny", "image/png": "iVBORw0KGgo=\n", "application/json": {"a": [1, 2]},
                  "image/svg+xml": "<svg>\n</svg>", "text/html": ["<b>", "x</b>"]}},
        {"output_type": "error", "ename": "E", "evalue": "v", "traceback": ["a", "b"]},
        {"output_type": "execute_result", "execution_count": 3, "metadata": {}, "data": {"text/plain": ["a\n", "b"]}},
    ]),
    {"cell_type": "markdown", "id": "m1", "metadata": {"tags": ["x"]}, "source": ["# T\n", "text"],
     "attachments": {"a.png": {"image/png": "aGk="}}},
    {"cell_type": "raw", "id": "r1", "metadata": {}, "source": ""},
    kernelspec={"name": "python3", "display_name": "Python 3"})


@pytest.mark.parametrize("document", [
    RICH, notebook(), notebook(code()), notebook(*[{key: value for key, value in code().items() if key != "id"}],
                                                 minor=4),
], ids=["rich", "empty", "one", "minor4"])
def test_the_bytes_are_those_that_the_file_manager_writes(tmp_path, document):
    manager = FileContentsManager(root_dir=str(tmp_path))
    joined = json.loads(nbformat.writes(nbformat.reads(json.dumps(document), as_version=nbformat.NO_CONVERT),
                                        split_lines=False))
    manager.save({"type": "notebook", "content": copy.deepcopy(joined)}, "n.ipynb")
    assert document_bytes(document) == (tmp_path / "n.ipynb").read_bytes()


def test_the_document_is_left_alone():
    document = copy.deepcopy(RICH)
    document["metadata"]["trusted"] = True
    before = copy.deepcopy(document)
    document_bytes(document)
    assert document == before


def test_trust_is_removed_everywhere():
    document = notebook(code(metadata={"trusted": True, "tags": ["t"]}), trusted=True, language_info={"name": "python"})
    written = json.loads(document_bytes(document))
    assert written["metadata"] == {"language_info": {"name": "python"}}
    assert written["cells"][0]["metadata"] == {"tags": ["t"]}


def test_missing_and_repeated_ids_are_mended_the_same_way_each_time():
    plain = {key: value for key, value in code().items() if key != "id"}
    document = notebook(plain, copy.deepcopy(plain), code("x"), code("y"))
    data = document_bytes(document)
    ids = [cell["id"] for cell in json.loads(data)["cells"]]
    assert len(set(ids)) == 4
    assert data == document_bytes(copy.deepcopy(document))
    nbformat.validate(json.loads(data))


@pytest.mark.parametrize(("document", "where"), [
    ([], "not a JSON object"),
    ({}, "nbformat is missing"),
    ({"nbformat": 4, "nbformat_minor": 5, "metadata": {}}, "cells is missing"),
    (notebook(3), r"cells\[0\]: not an object"),
    (notebook(code(), code(outputs=None)), r"cells\[1\]: outputs"),
    (notebook(code(outputs=[{"output_type": "stream", "text": "x"}])), r"cells\[0\].outputs\[0\]: .*name"),
    (notebook(code(outputs=[{"output_type": "strange"}])), r"cells\[0\].outputs\[0\]"),
    (notebook({"cell_type": "strange", "metadata": {}, "source": ""}), r"cells\[0\]"),
    (notebook(code(id="no spaces allowed!")), r"cells\[0\]"),
    (notebook(code(execution_count="one")), r"cells\[0\]"),
    ({**notebook(), "nbformat": 99}, "99 is not known"),
    ({**notebook(), "metadata": 3}, "metadata"),
])
def test_what_is_not_valid_says_what_and_where(document, where):
    with pytest.raises(InvalidNotebook, match=where):
        document_bytes(document)


def test_lone_surrogates_survive():
    data = document_bytes(notebook(code("x = '\ud800'")))
    assert "".join(json.loads(data)["cells"][0]["source"]) == "x = '\ud800'"


def test_fifty_megabytes_of_outputs(tmp_path):
    text = "some line of output that a training prints\n" * 1_200_000
    data = document_bytes(notebook(code(outputs=[{"output_type": "stream", "name": "stdout", "text": text}])))
    assert len(data) > 50_000_000
    (tmp_path / "n.ipynb").write_bytes(data)
    assert saved_bytes(tmp_path / "n.ipynb") == data


def test_saved_bytes_are_the_very_bytes_on_disk(tmp_path):
    data = b'{"cells":[],\r\n "nbformat":4,  "metadata":{},"nbformat_minor":2, "odd": [1,2]}'
    (tmp_path / "n.ipynb").write_bytes(data)
    assert saved_bytes(tmp_path / "n.ipynb") == data


def test_saved_bytes_of_a_notebook_that_claims_trust(tmp_path):
    document = notebook(code("a\nü", metadata={"trusted": True}), trusted=True)
    (tmp_path / "n.ipynb").write_text(json.dumps(document))
    cleaned = json.loads(saved_bytes(tmp_path / "n.ipynb"))
    assert cleaned == notebook(code("a\nü"))
    (tmp_path / "n.ipynb").write_text('{"nbformat":4,"nbformat_minor":5,"cells":[],"metadata":{"\\u0074rusted":true}}')
    assert json.loads(saved_bytes(tmp_path / "n.ipynb"))["metadata"] == {}


def test_an_old_notebook_is_taken_as_it_is(tmp_path):
    data = json.dumps({"nbformat": 3, "nbformat_minor": 0, "metadata": {"name": ""}, "worksheets": [
        {"metadata": {}, "cells": [{"cell_type": "code", "input": ["x"], "outputs": [],
                                    "language": "python"}]}]}).encode()
    (tmp_path / "n.ipynb").write_bytes(data)
    assert saved_bytes(tmp_path / "n.ipynb") == data


@pytest.mark.parametrize(("data", "where"), [
    (b"", "not valid JSON"), (b"{", "not valid JSON"), (b"\xff\xfe\x00", "not valid JSON"), (b"[]",
                                                                                             "not a JSON object"),
    (b"{}", "nbformat is missing"), (b'{"nbformat": 4}', "cells is missing"), (b"[" * 100_000, "not valid JSON"),
    (b'{"nbformat": 4, "metadata": {}, "cells": [{"cell_type": "code", "source": "x"}]}', r"cells\[0\]: outputs"),
    (b'{"nbformat": 4, "metadata": {}, "cells": [{"cell_type": "raw"}]}', r"cells\[0\]: source"),
    (b'{"nbformat": 4, "metadata": {}, "cells": [{"source": ""}]}', r"cells\[0\]: cell_type"),
    (b'{"nbformat": 3, "worksheets": 1}', "worksheets"),
])
def test_a_broken_file_says_what_and_where(tmp_path, data, where):
    (tmp_path / "broken.ipynb").write_bytes(data)
    with pytest.raises(InvalidNotebook, match=where) as caught:
        saved_bytes(tmp_path / "broken.ipynb")
    assert "broken.ipynb" in caught.value.message
    assert caught.value.hint


def test_no_file_a_folder_and_a_pipe(tmp_path):
    with pytest.raises(FileNotFoundError):
        saved_bytes(tmp_path / "none.ipynb")
    with pytest.raises(FileFailure):
        saved_bytes(tmp_path)
    os.mkfifo(tmp_path / "pipe.ipynb")
    with pytest.raises(FileFailure, match="not a regular file"):
        saved_bytes(tmp_path / "pipe.ipynb")
