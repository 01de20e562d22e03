"""A comparison as a page and as a sheet: complete, readable, and harmless whatever is in it."""

from __future__ import annotations

import csv
import io
import math
from datetime import UTC, datetime
from html.parser import HTMLParser

import pytest

from jupyter_mlversion.compare.notebook import difference
from jupyter_mlversion.compare.table import Compared, table
from jupyter_mlversion.domain.comparison import Side
from jupyter_mlversion.domain.environment import Environment
from jupyter_mlversion.domain.run import Metric, Run
from jupyter_mlversion.domain.snapshot import Snapshot
from jupyter_mlversion.domain.split import Part, Split
from jupyter_mlversion.figures.metrics import series_figures
from jupyter_mlversion.reports import Report, page, sheet
from jupyter_mlversion.reports.drawing import svg

EVIL = "\"'><img src=x onerror=alert(1)><script>alert(2)</script>{{7*7}}</style></title>"


class Reader(HTMLParser):
    """Every element and the attributes of a page."""

    def __init__(self, text):
        super().__init__()
        self.elements = []
        self.text = ""
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))

    def handle_data(self, data):
        self.text += data


def state(name, message, last, param):
    side = Side(name * 40, name * 8, message, message, message, datetime(2026, 11, 26, tzinfo=UTC), message)
    run = Run("", "c", 0.0, params={message: param}, metrics={message: Metric(last, 0.0, 1.0, 5, 4)})
    splits = (Split(message, message, 7, parts=(Part(message, 3),)),)
    return Compared(side, Snapshot(runs=(run,), splits=splits, environment=Environment(packages={message: param})))


def notebook(source):
    return (b'{"nbformat": 4, "metadata": {}, "cells": [{"cell_type": "code", "id": "a", "metadata": {}, "outputs": [],'
            b'"source": ' + repr([source]).replace("'", '"').encode() + b"}]}")


def report():
    told = table([state("a", EVIL, 0.5, "1"), state("b", EVIL, math.nan, "2")])
    figures = series_figures([(EVIL, {EVIL: ([0, 1, 2], [0.1, math.inf, 0.3])}), ("b", {EVIL: ([0, 5], [1.0, -2.0])})])
    return Report(told, figures, [difference(notebook("x = 1 < 2"), notebook("x = 1 < 3"))])


def test_nothing_in_a_page_runs_or_asks():
    read = Reader(page(report()))
    assert {tag for tag, _ in read.elements} <= {
        "html", "head", "meta", "title", "style", "body", "h1", "h2", "h3", "section", "p", "div", "table", "thead",
        "tbody", "tr", "th", "td", "span", "b", "br", "figure", "figcaption", "svg", "line", "polyline", "circle",
        "text", "ul", "li", "i", "article", "pre", "del", "ins"}
    names = {name for _, attributes in read.elements for name in attributes}
    assert not [name for name in names if name.startswith("on") or name in {"src", "href", "srcset", "action"}]
    assert "url(" not in page(report())
    assert "default-src 'none'" in page(report())


def test_the_texts_are_in_the_page_letter_by_letter():
    read = Reader(page(report()))
    assert read.text.count("<script>alert(2)</script>") > 5
    assert "x = 1 < 2" in read.text
    assert "x = 1 < 3" in read.text
    assert [tag for tag, _ in read.elements].count("del") == 1
    assert any(tag == "polyline" for tag, _ in read.elements)
    assert "nan" in read.text


@pytest.mark.parametrize("values", [[5.0], [1e308, -1e308], [0.0, 5e-324], [-3.0, 7.0], [math.nan], [0.1, 0.3]])
def test_any_values_can_be_drawn(values):
    [figure] = series_figures([("a", {"m": (list(range(len(values))), values)})])
    drawn = svg(figure, ("#000",))
    assert drawn.count("<text") >= 2 or math.isnan(values[0])
    assert "nan" not in drawn
    assert "inf" not in drawn


def test_a_sheet_has_a_column_for_each_side_and_full_numbers():
    rows = list(csv.reader(io.StringIO(sheet(table([state("a", "first", 0.123456789, "x"),
                                                    state("b", "second", -1.5, "y")])))))
    assert rows[0] == ["section", "name", "value", "aaaaaaaa first", "bbbbbbbb second"]
    assert ["metric", "first", "last", "0.123456789", ""] in rows
    assert ["metric", "second", "last", "", "-1.5"] in rows
    assert ["split", "first", "seed", "7", ""] in rows
    assert {len(row) for row in rows} == {5}


@pytest.mark.parametrize("formula", ["=1+1", "+1", "-cmd|' /C calc'!A0", "@SUM(A1)", "\t=1", "\r=1", "\n=1"])
def test_no_text_of_a_sheet_is_a_formula(formula):
    text = sheet(table([state("a", formula, 0.5, formula), state("b", "x", 0.5, "y")]))
    cells = [cell for row in csv.reader(io.StringIO(text, newline="")) for cell in row]
    assert f"'{formula}" in cells
    assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@", "\t", "\r", "\n"))]
