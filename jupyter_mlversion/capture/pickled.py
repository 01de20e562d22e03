"""What a pickle would make, told from the names in it; nothing is unpickled.

Advice and never a gate: a hostile pickle can hide its names, and only gets the wrong role for it.
"""

from __future__ import annotations

import re
import zlib
from typing import TYPE_CHECKING

from jupyter_mlversion.domain.artifact import Role

if TYPE_CHECKING:
    from collections.abc import Iterator

_LONGEST = 1 << 20
"""Bytes that are looked at, after decompression."""

_MOST_INSTRUCTIONS = 1 << 16
"""Bytes whose instructions are read one by one; what an object is stands at its start."""

_MODELS = re.compile(
    r"(sklearn\.(?!utils\._bunch|datasets\b)|((xgboost|lightgbm|catboost|torch|keras|tensorflow|statsmodels|transformers|"
    r"skorch|imblearn|prophet|lightning|pytorch_lightning|fastai|gensim|spacy|flax|jax|sentence_transformers|hmmlearn|"
    r"interpret)(\.|$)))")
_MODELS_RAW = re.compile(
    rb"(sklearn\.(?!utils\._bunch|datasets)[a-z_]+\.|(xgboost|lightgbm|catboost|keras)\.[a-z]|torch\.nn)")
_PLAIN = frozenset({
    "numpy", "pandas", "builtins", "__builtin__", "copyreg", "copy_reg", "collections", "datetime", "decimal",
    "_codecs", "scipy", "joblib", "pyarrow", "polars", "PIL", "fractions", "uuid", "pathlib", "array", "sklearn"})
_MODEL_LIKE = re.compile(
    r"model|estimator|classif|regress|pipeline|weights|checkpoint|(^|[/_.-])(clf|net)([_.-]|$)", re.IGNORECASE)
_SUFFIX = re.compile(r"\.(pkl|pickle|joblib|p|dill|cloudpickle)(\.(z|gz|bz2|xz|lzma))?$", re.IGNORECASE)


def role_of(path: str, head: bytes) -> Role | None:
    """Model when a pickle names a machine-learning library's classes, data when only plain ones; None when it is none.

    Compressed pickles, as joblib writes them, are looked into.

    Parameters
    ----------
    head : the first bytes of the file.

    Raises
    ------
    Exception : whatever a broken file makes the decompressors raise.
    """
    data = _decompressed(head)
    if not _is_pickle(path, data):
        return None
    names = set(_modules(data))
    if any(_MODELS.match(name) for name in names):
        return Role.MODEL
    strange = {name for name in names if name.partition(".")[0] not in _PLAIN}
    return Role.MODEL if strange and _MODEL_LIKE.search(path) else Role.DATA


def _is_pickle(path: str, data: bytes) -> bool:
    if len(data) > 1 and data[0] == 0x80 and 2 <= data[1] <= 5:  # noqa: PLR2004 - PROTO and its number
        return True
    return _SUFFIX.search(path) is not None and data[:1] in {b"(", b"c", b"]", b"}", b"I", b"F", b"S", b"V", b"l", b"d"}


def _decompressed(head: bytes) -> bytes:
    if head[:1] == b"x" and len(head) > 1 and (head[0] * 256 + head[1]) % 31 == 0:
        return zlib.decompressobj().decompress(head, _LONGEST)
    if head.startswith(b"\x1f\x8b"):
        return zlib.decompressobj(31).decompress(head, _LONGEST)
    if head.startswith(b"BZh"):
        import bz2

        return bz2.BZ2Decompressor().decompress(head, _LONGEST)
    if head.startswith((b"\xfd7zXZ\0", b"\x5d\0\0")):
        import lzma

        return lzma.LZMADecompressor(memlimit=64 << 20).decompress(head, _LONGEST)
    return head


def _modules(data: bytes) -> Iterator[str]:
    """The modules that a pickle's instructions name; from where they break off, found by a plain search.

    They break off where joblib puts the bytes of an array in between.
    """
    import pickletools  # few files are pickles

    texts: list[str] = []
    memo: dict[object, str] = {}
    top, at = "", 0
    try:
        for opcode, argument, position in pickletools.genops(data[:_MOST_INSTRUCTIONS]):
            at = position or 0
            name = opcode.name
            if name in {"GLOBAL", "INST"}:
                yield str(argument).partition(" ")[0]
            elif name == "STACK_GLOBAL" and len(texts) > 1:
                yield texts[-2]
            if name == "MEMOIZE":
                memo[len(memo)] = top
            elif name.endswith("PUT"):
                memo[argument] = top
            elif name.endswith("GET"):
                top = memo.get(argument, "")
                texts = [*texts[-1:], top]
            elif "UNICODE" in name or "STRING" in name:
                top = str(argument)
                texts = [*texts[-1:], top]
            else:
                top = ""
    except Exception:  # noqa: BLE001 - cut off, mixed with raw bytes, or hostile
        for match in _MODELS_RAW.finditer(data, at):
            yield match[1].decode("ascii")
