"""Style sheets: a class is drawn in one of them."""

from __future__ import annotations

import re
from collections import defaultdict
from pathlib import Path

STYLE = Path(__file__).parents[2] / "labextension" / "style"
OWN = re.compile(r"(?:\w+|)\.(jp-mlversion-[\w-]+)(?:::[\w-]+)?")


def drawn(text):
    """The classes that rules draw wherever they stand: nothing confines the rule, no state is asked for."""
    text = re.sub(r"/\*.*?\*/", "", text, flags=re.DOTALL)
    for selectors in re.findall(r"([^{};]+)\{", text):
        for selector in selectors.split(","):
            if found := OWN.fullmatch(selector.strip()):
                yield found[1]


def test_no_two_style_sheets_draw_the_same_class():
    found = defaultdict(set)
    for sheet in STYLE.glob("*.css"):
        for name in drawn(sheet.read_text()):
            found[name].add(sheet.name)
    assert found
    assert {name: sorted(sheets) for name, sheets in found.items() if len(sheets) > 1} == {}


def test_what_a_rule_draws():
    rules = (".jp-mlversion-A, .jp-mlversion-B .jp-mlversion-C { } .jp-mlversion-D.jp-mod-x { }"
             " /* .jp-mlversion-E { } */ button.jp-mlversion-F::before { }")
    assert list(drawn(rules)) == ["jp-mlversion-A", "jp-mlversion-F"]
