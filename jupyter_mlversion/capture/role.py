"""What a file is, told from its content and, where that says nothing, from its name."""

from __future__ import annotations

import os
import re
import struct
from typing import TYPE_CHECKING

from jupyter_mlversion.domain.artifact import Access, Role

if TYPE_CHECKING:
    from typing import BinaryIO

_FIRST = 1 << 16
_HEAD = 1 << 20
_TAIL = 1 << 16

_DATA_MAGIC = (
    b"PAR1", b"ARROW1", b"FEA1", b"ORC", b"\x93NUMPY", b"SQLite format 3\0", b"Obj\x01", b"MATLAB 5.0",
    b"\x89PNG\r\n", b"\xff\xd8\xff", b"GIF87a", b"GIF89a", b"BM", b"II*\0", b"MM\0*", b"RIFF", b"fLaC", b"OggS", b"ID3",
    b"\x1aE\xdf\xa3", b"\x01\xda\x01", b"CDF\x01", b"CDF\x02",
)
_MODEL_MAGIC = (
    b"GGUF", b"lmgg", b"tjgg", b"CBM1", b"binf", b"tree\nversion=",
    b"\x80\x02\x8a\nl\xfc\x9cF\xf9 j\xa8P\x19",  # what torch wrote before it wrote zip files
)
_HDF5 = b"\x89HDF\r\n\x1a\n"
_KERAS = re.compile(rb"keras_version|model_config|layer_names|_layer_checkpoint_dependencies|model_weights")
_NOTEBOOK = re.compile(rb'"nbformat"\s*:\s*\d')
_WHOLE_NOTEBOOK = 4 << 20


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_DATA_NAMES = _words(
    "csv tsv parquet pq arrow feather orc avro npy npz mat sqlite db jsonl ndjson json txt dat data arff libsvm svm "
    "xls xlsx ods png jpg jpeg gif bmp tif tiff webp svg wav mp3 flac ogg m4a mp4 avi mov mkv nii dcm h5 hdf5 hdf nc "
    "pkl pickle zip tar gz tgz bz2 xz zst xml geojson fasta fastq tfrecord")
_MODEL_NAMES = _words(
    "pt pth ckpt safetensors onnx keras joblib gguf ggml tflite mlmodel cbm bst ubj pb skops model")
_CODE_NAMES = _words(
    "py pyi pyx ipy r jl sh bash js ts c h cpp hpp cc cu rs go java scala sql toml yaml yml ini cfg conf lock md rst "
    "tex html htm css log pdf so dll dylib exe whl jar")
_SAVED_MODEL = re.compile(r"(^|/)(saved_model\.pbtxt|keras_metadata\.pb|fingerprint\.pb|"
                          r"variables\.(index|data-\d+-of-\d+)|[^/]+\.ckpt[^/]*\.(index|data-\d+-of-\d+|meta))$")


def role_of(path: str, open_file: BinaryIO, access: Access) -> Role:
    """The role of the file `path`, which is open for reading; a hostile or broken file gets a role, too.

    Bounded parts of the file are read, nothing is unpickled, and nothing of the file is believed further than that.

    Parameters
    ----------
    open_file : seekable; its position afterwards is anywhere.
    access : decides for bytes that say nothing under a name that says nothing: what was read is data.
    """
    try:
        role = _by_content(path, open_file)
    except Exception:  # noqa: BLE001 - parsers of foreign bytes may fail in any way; the name is left
        role = None
    return role or _by_name(path, access)


def _by_content(path: str, file: BinaryIO) -> Role | None:
    size = file.seek(0, os.SEEK_END)
    file.seek(0)
    head = file.read(_FIRST)
    if path.endswith(".ipynb"):
        return Role.NOTEBOOK if _is_notebook(file, head, size) else Role.OTHER
    if head.startswith(_MODEL_MAGIC) or head[4:8] == b"TFL3" or _is_safetensors(head, size):
        return Role.MODEL
    if head.startswith(_DATA_MAGIC) or head[4:8] == b"ftyp" or head[128:132] == b"DICM":
        return Role.DATA
    if head.startswith(b"{"):
        return _of_object(head)
    if head.startswith(b"PK\x03\x04"):
        from jupyter_mlversion.capture import zipped

        return zipped.role_of(file, size)
    if len(head) == _FIRST:  # what follows looks deeper
        head += file.read(_HEAD - _FIRST)
    if head.startswith(_HDF5):
        return Role.MODEL if _is_keras(path, file, head, size) else Role.DATA
    if _is_protobuf_model(path, head, size):
        return Role.MODEL
    from jupyter_mlversion.capture import pickled

    return pickled.role_of(path, head)


def _by_name(path: str, access: Access) -> Role:
    name = path.rpartition("/")[2].lower()
    if _SAVED_MODEL.search(path):
        return Role.MODEL
    suffix = name.rpartition(".")[2] if "." in name else ""
    if suffix in _MODEL_NAMES:
        return Role.MODEL
    if suffix in _DATA_NAMES:
        return Role.DATA
    if suffix in _CODE_NAMES or suffix == "ipynb":
        return Role.OTHER
    return Role.DATA if access in {Access.READ, Access.BOTH} else Role.OTHER


def _is_notebook(file: BinaryIO, head: bytes, size: int) -> bool:
    if not head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{"):
        return False
    if size > _WHOLE_NOTEBOOK:
        file.seek(size - _TAIL)
        return _NOTEBOOK.search(head[:_TAIL]) is not None or _NOTEBOOK.search(file.read(_TAIL)) is not None
    import json

    document = json.loads(head + file.read(_WHOLE_NOTEBOOK))
    cells = document.get("cells", document.get("worksheets"))
    return isinstance(document.get("nbformat"), int) and isinstance(cells, list)


def _is_safetensors(head: bytes, size: int) -> bool:
    """Eight bytes of length, then that much JSON."""
    if len(head) < 10:  # noqa: PLR2004 - the length and the smallest header, {}
        return False
    length = struct.unpack("<Q", head[:8])[0]
    header = head[8:8 + length].rstrip()
    return 2 <= length <= min(size - 8, 100 << 20) and (  # noqa: PLR2004 - see above
        header == b"{}" or (header.startswith(b'{"') and (len(header) < length or header.endswith(b"}"))))


def _is_keras(path: str, file: BinaryIO, head: bytes, size: int) -> bool:
    if path.endswith(".weights.h5") or _KERAS.search(head):
        return True
    file.seek(max(0, size - _TAIL))
    return _KERAS.search(file.read(_TAIL)) is not None


def _of_object(head: bytes) -> Role | None:
    """A JSON or UBJSON object: an XGBoost model has the key ``learner`` at the start."""
    if re.match(rb'\{\s*"learner"\s*:\s*\{', head) or (head.startswith(b"{L") and b"learner" in head[:32]):
        return Role.MODEL
    return None


def _is_protobuf_model(path: str, head: bytes, size: int) -> bool:
    """ONNX (a version, then graph and operator sets) or TensorFlow's saved_model.pb (a version, then graphs)."""
    if len(head) < 4 or head[0] != 0x08 or head[1] > 0x7F:  # noqa: PLR2004 - field 1, a small number
        return False
    fields = _protobuf_fields(head, size)
    if path.endswith("saved_model.pb"):
        return fields[:2] == [1, 2]
    return 7 in fields and 8 in fields and set(fields) <= {1, 2, 3, 4, 5, 6, 7, 8, 14, 20, 25}  # noqa: PLR2004


def _protobuf_fields(head: bytes, size: int) -> list[int]:
    """The numbers of the outermost fields that begin within `head`; empty when it does not parse."""
    fields: list[int] = []
    at = 0
    while at < len(head):
        tag, at = _varint(head, at)
        if tag & 7 == 0:
            _, at = _varint(head, at)
        elif tag & 7 == 2:  # noqa: PLR2004 - length-delimited
            length, at = _varint(head, at)
            at += length
        else:
            return []
        fields.append(tag >> 3)
    if at > len(head) and at <= size and 7 in fields:  # noqa: PLR2004 - a graph longer than what was read
        fields.append(8)  # the operator sets, which stand behind it
    return fields if at <= size else []


def _varint(data: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = data[at]
        value |= (byte & 0x7F) << shift
        at += 1
        if byte < 0x80:  # noqa: PLR2004 - the last byte of the number
            return value, at
        shift += 7
        if shift > 63:  # noqa: PLR2004 - no number is longer
            raise ValueError
