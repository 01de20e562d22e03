"""The tree at the head of errors.py is the tree of the classes."""

from __future__ import annotations

import inspect
import re

from jupyter_mlversion import errors


def drawn() -> dict[str, str]:
    """Class → base, as drawn."""
    parents, tree = ["MlversionError"], {}
    for line in errors.__doc__.splitlines():
        match = re.fullmatch(r" {4}((?:│   |    )*)(?:├── |└── )(\w+).*", line)
        if match:
            depth = len(match[1]) // 4 + 1
            del parents[depth:]
            tree[match[2]] = parents[-1]
            parents.append(match[2])
    return tree


def test_the_drawing_matches_the_classes():
    classes = {name: item for name, item in vars(errors).items() if inspect.isclass(item)}
    actual = {
        name: item.__base__.__name__ for name, item in classes.items()
        if issubclass(item, errors.MlversionError) and item is not errors.MlversionError
    }
    assert drawn() == actual


def test_every_error_says_how_the_edges_report_it():
    for name in drawn():
        error = getattr(errors, name)("what", hint="do")
        assert error.exit_code in {1, 2}
        assert 400 <= error.status < 600
        assert re.fullmatch(r"[a-z]+(-[a-z]+)*", error.kind)
        assert str(error) == "what\ndo"
