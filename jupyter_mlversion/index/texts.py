"""The texts that versions have somewhere, for completion."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyter_mlversion.history import TAGS
from jupyter_mlversion.index.facts import KEY, PARAM, clean

if TYPE_CHECKING:
    import sqlite3

_MOST = 500
_COLUMNS = ("author", "branch", "cell", "document", "message", "note", "notebook", "trigger")
_OF_PARAM = f"SELECT text FROM logged WHERE key = {KEY} AND text != '' GROUP BY text ORDER BY count(*) DESC"
_ASKS = {
    "id": "SELECT id FROM facts ORDER BY time DESC",
    "label": "SELECT value FROM annotations, json_each(record, '$.labels') GROUP BY value ORDER BY count(*) DESC",
    "tag": f"SELECT substr(name, {len(TAGS) + 1}) FROM refs WHERE name GLOB 'refs/tags/*' ORDER BY name DESC",
    **{name: f"SELECT {name} FROM facts WHERE {name} != '' GROUP BY {name} ORDER BY max(time) DESC"
       for name in _COLUMNS},
}


def texts(connection: sqlite3.Connection, of: str) -> list[str]:
    """The texts of a field, or of a parameter (``param.NAME``): the newest or most frequent ones."""
    kind, _, name = of.partition(".")
    ask, values = (_OF_PARAM, [clean(name), PARAM]) if kind == "param" else (_ASKS[of], [])
    return [row[0] for row in connection.execute(f"{ask} LIMIT {_MOST}", values)]
