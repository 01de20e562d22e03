"""Versions side by side, in a tab of the main area."""

from __future__ import annotations

import base64
import csv
import io
import json
import struct
import zlib
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from jupyter_mlversion.domain.artifact import Access
from jupyter_mlversion.domain.environment import Environment
from jupyter_mlversion.domain.run import Metric, Run
from jupyter_mlversion.domain.version import Checkpoint, Trigger
from jupyter_mlversion.repository import Repository, Seen

if TYPE_CHECKING:
    from conftest import Lab, Notebook

EVIL = "<img src=x onerror=window.hacked=1>"
THEMES = {"light": "JupyterLab Light", "dark": "JupyterLab Dark"}
COMPARE = ".jp-mlversion-Compare:visible"


def picture(shade: int) -> str:
    """A small PNG of one shade, in base 64."""
    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    size = 96
    rows = zlib.compress((b"\x00" + bytes([shade, 120, 255 - shade]) * size) * size)
    header = struct.pack(">IIBBBBB", size, size, 8, 2, 0, 0, 0)
    png = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")
    return base64.b64encode(png).decode()


def cells(number: int, odd: str) -> list[Any]:
    """The notebook of version `number`."""
    lines = "\n".join(f"step_{place} = {place}" for place in range(30))
    html = f"{odd}<script>window.hacked = 2</script><b>bold {number}</b>"
    outputs = [new_output("display_data", data={"image/png": picture(80 * number), "text/plain": "a picture"}),
               new_output("display_data", data={"text/html": html}),
               new_output("stream", text=f"accuracy {number}\n")]
    made = [
        new_markdown_cell("# Digits", id="title"),
        *(new_code_cell(f"import library_{place}", id=f"import-{place}") for place in range(5)),
        new_code_cell(f"{lines}\ndepth = {number}\nfit(depth)\n{lines}", id="fit", outputs=outputs),
        new_code_cell(f"gone = {odd!r}", id="gone") if number == 1 else new_code_cell(f"new = {odd!r}", id="new"),
    ]
    return made if number < 3 else [made[1], made[0], *made[2:]]


def version(repository: Repository, name: str, number: int, odd: str) -> str:
    """Make version `number` of the notebook `name`, `odd` being in everything that can be named; its id."""
    root = repository.root
    metadata = {"kernelspec": {"name": "python3", "display_name": "python3", "language": "python"}}
    nbformat.write(new_notebook(cells=cells(number, odd), metadata=metadata), root / name)
    (root / "model.bin").write_bytes(b"weights %d" % number)
    (root / "same.csv").write_text("a,b\n")
    steps = list(range(20))
    curves = {"accuracy": [1 - 1 / (number + step) for step in steps], "loss": [number / (1 + step) for step in steps],
              odd: [float(number)] * 20}

    def runs(batch: Any) -> tuple[Run, ...]:
        series = {name: {"steps": steps[: len(values)], "times": steps[: len(values)], "values": values}
                  for name, values in curves.items()}
        metrics = {name: Metric(values[-1], min(values), max(values), len(values), len(values) - 1)
                   for name, values in curves.items()}
        digest = batch.put_bytes(json.dumps(series).encode()).digest
        return (Run("", "fit", 1.0, params={"depth": number, "kind": "forest", odd: f"{odd}{number}"},
                    metrics=metrics, series=digest),)

    packages = {"numpy": f"2.{number}", odd: odd, **{f"package-{place}": "1.0" for place in range(2000)}}
    seen = Seen({"model.bin": Access.WRITTEN, "same.csv": Access.READ}, runs=runs,
                environment=Environment(python="3.11.7", packages=packages))
    key = f"session.{number}"
    repository.stage(Checkpoint(key, Trigger.CELL, datetime.now(UTC), f"depth {number} {odd}", name, "fit"), seen)
    made = repository.join(key).version
    assert made
    return made.id


def three(lab: Lab, notebook: Notebook, odd: str) -> list[str]:
    """Three versions of the open notebook, oldest first."""
    path = notebook("")
    file = lab.server.root / path
    repository = Repository.open(file.parent, create=True)
    made = [version(repository, file.name, number, odd) for number in (1, 2, 3)]
    lab.open(path)
    lab.show_panel()
    lab.wait_for_rows(3)
    return made


@pytest.fixture
def versions(lab: Lab, notebook: Notebook) -> list[str]:
    """Three versions whose names try to be scripts."""
    return three(lab, notebook, EVIL)


def tab(lab: Lab, name: str) -> None:
    lab.page.locator(f"{COMPARE} [role=tab]", has_text=name).click()


def column(lab: Lab, name: str) -> list[str]:
    """The cells of a row."""
    row = lab.page.locator(f"{COMPARE} [role=row]", has=lab.page.locator("[role=rowheader]", has_text=name)).first
    return row.locator("[role=cell]").all_inner_texts()


def test_metrics_parameters_baseline_and_differences(lab: Lab, versions: list[str]) -> None:
    lab.run_command("mlversion:compare", versions=versions)
    page = lab.page
    page.wait_for_selector(f"{COMPARE} [role=table]")
    first, second, third = column(lab, "accuracy")
    assert first.startswith("0.95")
    assert "better" in second
    assert "★ best" in third
    assert "★ best" in column(lab, "loss")[0]
    assert column(lab, "depth") == ["1", "2", "3"]
    assert column(lab, EVIL)[0].startswith("1")
    assert page.locator(f"{COMPARE} [role=rowheader]", has_text="kind").count() == 0
    page.locator(f"{COMPARE} label", has_text="Differences only").locator("input").uncheck()
    page.wait_for_selector(f"{COMPARE} [role=rowheader]:has-text('kind')")
    page.locator(f"{COMPARE} [role=columnheader]", has_text=versions[2][:8]).locator("text=Make baseline").click()
    page.wait_for_function("id => document.querySelector('.jp-mlversion-Compare h2').innerText.startsWith(id)",
                           arg=versions[2][:8])
    assert column(lab, "depth") == ["3", "1", "2"]
    assert "worse" in column(lab, "accuracy")[1]
    page.locator(f"{COMPARE} [role=columnheader] button", has_text=versions[1][:8]).click()
    assert page.locator(f"{COMPARE} [role=columnheader][aria-sort=descending]").count() == 1
    page.locator(f"{COMPARE} select").select_option("low")
    assert column(lab, "loss")[0] == "0.15"
    assert page.evaluate("() => window.hacked") is None


def test_only_what_is_seen_of_a_long_table_is_drawn(lab: Lab, versions: list[str]) -> None:
    lab.run_command("mlversion:compare", versions=versions[:2])
    page = lab.page
    page.locator(f"{COMPARE} label", has_text="Differences only").locator("input").uncheck()
    tab(lab, "Environment")
    table = page.locator(f"{COMPARE} [role=table]")
    page.wait_for_function("() => +document.querySelector('.jp-mlversion-Compare [role=table]').ariaRowCount > 2000")
    assert page.locator(f"{COMPARE} [role=row]").count() < 100
    table.evaluate("node => node.scrollTo(0, node.scrollHeight)")
    page.wait_for_selector(f"{COMPARE} [role=rowheader]:has-text('package-999')")
    page.locator(f"{COMPARE} input[type=search]").fill("numpy")
    page.wait_for_function("() => document.querySelectorAll('.jp-mlversion-Compare [role=row]').length === 2")
    assert column(lab, "numpy") == ["2.1", "2.2"]


def test_the_notebook_cell_by_cell_with_outputs_on_demand(lab: Lab, versions: list[str]) -> None:
    lab.run_command("mlversion:compare", versions=versions[:2])
    tab(lab, "Notebook")
    page = lab.page
    page.wait_for_selector(f"{COMPARE} .jp-mlversion-CellDiff .cm-content")
    titles = page.locator(f"{COMPARE} .jp-mlversion-CellDiff > h3").all_inner_texts()
    assert [title.split(" · ")[1] for title in titles] == ["modified", "removed", "added"]
    assert page.locator(f"{COMPARE} .jp-mlversion-Folded").inner_text() == "6 cells are the same"
    edited = page.locator(f"{COMPARE} .jp-mlversion-CellDiff.jp-mod-modified")
    assert edited.locator(".cm-merge-l-deleted, .cm-merge-r-deleted").first.inner_text() == "1"
    assert edited.locator(".cm-merge-r-inserted").first.inner_text() == "2"
    assert edited.locator(".cm-collapsedLines").count() >= 2
    assert edited.locator(".jp-mlversion-Outputs").count() == 0
    edited.locator("summary").click()
    page.wait_for_selector(f"{COMPARE} .jp-mlversion-Outputs img[src^='data:image/png']")
    sides = edited.locator(".jp-mlversion-Outputs > section")
    assert sides.count() == 2
    page.wait_for_selector(f"{COMPARE} .jp-mlversion-Outputs >> text=bold 2")
    assert edited.locator("script").count() == 0
    assert edited.locator("[onerror]").count() == 0
    assert page.evaluate("() => window.hacked") is None
    page.locator(f"{COMPARE} .jp-mlversion-Folded").click()
    page.wait_for_selector(f"{COMPARE} .jp-mlversion-CellDiff.jp-mod-same")
    assert page.locator(f"{COMPARE} .jp-mlversion-CellDiff.jp-mod-same").count() == 6


def test_curves_files_and_swapping(lab: Lab, versions: list[str]) -> None:
    lab.run_command("mlversion:compare", versions=versions[:2])
    page = lab.page
    tab(lab, "Curves")
    page.wait_for_selector(f"{COMPARE} .jp-mlversion-Plot .main-svg")
    assert page.locator(f"{COMPARE} .jp-mlversion-Figure").count() == 3
    assert page.locator(f"{COMPARE} .legendtext").first.text_content().startswith(versions[0][:8])
    tab(lab, "Artifacts")
    page.wait_for_selector(f"{COMPARE} [role=rowheader]:has-text('model.bin')")
    assert ["content A" in cell for cell in column(lab, "model.bin")] == [True, False]
    assert page.locator(f"{COMPARE} [role=rowheader]", has_text="same.csv").count() == 0
    label = "() => window.app.shell.currentWidget.title.label"
    assert page.evaluate(label) == f"{versions[0][:8]} ↔ {versions[1][:8]}"
    page.locator(f"{COMPARE} button", has_text="Swap").click()
    page.wait_for_function(f"{label.removeprefix('() => ')} === '{versions[1][:8]} ↔ {versions[0][:8]}'")


def test_with_the_workspace_and_exports(lab: Lab, versions: list[str], tmp_path: Path) -> None:
    lab.run_command("mlversion:compare-with-workspace", versions=[versions[0]])
    page = lab.page
    page.wait_for_selector(f"{COMPARE} [role=table]")
    assert "workspace" in page.locator(f"{COMPARE} h2").inner_text()
    for kind in ("HTML", "CSV"):
        with page.expect_download() as waiting:
            page.locator(f"{COMPARE} button", has_text=kind).click()
        waiting.value.save_as(tmp_path / kind)
        assert waiting.value.suggested_filename == f"comparison-{versions[0][:8]}-workspace.{kind.lower()}"
    rows = list(csv.reader(io.StringIO((tmp_path / "CSV").read_text())))
    assert ["parameter", "depth", "", "1", "3"] in rows
    exported = page.context.browser.new_page()
    asked: list[str] = []
    exported.on("request", lambda request: asked.append(request.url))
    exported.goto((tmp_path / "HTML").rename(tmp_path / "page.html").as_uri())
    assert exported.locator("h1").inner_text() == f"{versions[0][:8]} ↔ workspace"
    assert exported.locator("polyline").count() > 3
    assert exported.locator("img, script").count() == 0
    assert exported.evaluate("() => window.hacked") is None
    assert len(asked) == 1
    exported.close()


def test_a_comparison_comes_back_after_a_reload(lab: Lab, versions: list[str]) -> None:
    lab.run_command("mlversion:compare", versions=versions[:2])
    lab.page.wait_for_selector(f"{COMPARE} [role=table]")
    lab.page.evaluate(  # Lab saves its layout in its own time
        """async name => {
            const { workspaces } = window.app.serviceManager;
            while (!Object.keys((await workspaces.fetch('default')).data).includes(name)) {
                await new Promise(requestAnimationFrame);
            }
        }""", f"mlversion-compare:{'-'.join(versions[:2])}")
    lab.go()
    lab.page.wait_for_function(
        "label => [...window.app.shell.widgets('main')].some(widget => widget.title.label === label)",
        arg=f"{versions[0][:8]} ↔ {versions[1][:8]}")


def test_what_cannot_be_compared_is_said_in_words(lab: Lab, versions: list[str]) -> None:
    lab.run_command("mlversion:compare", versions=[versions[0], "0" * 40])
    lab.page.wait_for_selector(f"{COMPARE} [role=alert]")
    assert "could not be compared" in lab.page.locator(f"{COMPARE} [role=alert]").inner_text()


def test_chosen_versions_have_a_button_in_the_panel(lab: Lab, versions: list[str]) -> None:
    rows = lab.page.locator("#mlversion-panel .jp-mlversion-Row")
    rows.nth(2).click()
    rows.nth(0).click(modifiers=["Control"])
    lab.page.locator(".jp-mlversion-ChosenBar button", has_text="Compare").click()
    lab.page.wait_for_selector(f"{COMPARE} [role=table]")
    assert column(lab, "depth") == ["1", "3"]
    rows.nth(0).click()
    rows.nth(0).click(button="right")
    lab.page.locator(".lm-Menu-item", has_text="Compare with Version Before").click()
    lab.page.wait_for_function(
        "label => window.app.shell.currentWidget.title.label === label", arg=f"{versions[1][:8]} ↔ {versions[2][:8]}")


@pytest.mark.parametrize("theme", THEMES)
def test_pictures(lab: Lab, notebook: Notebook, theme: str) -> None:
    versions = three(lab, notebook, "f1")
    lab.run_command("apputils:change-theme", theme=THEMES[theme])
    lab.run_command("mlversion:compare", versions=versions)
    lab.page.wait_for_selector(f"{COMPARE} [role=table]")
    lab.screenshot(f"compare-values-{theme}")
    tab(lab, "Notebook")
    lab.page.wait_for_selector(f"{COMPARE} .jp-mlversion-CellDiff .cm-content")
    lab.page.locator(f"{COMPARE} .jp-mod-modified summary").click()
    lab.page.wait_for_selector(f"{COMPARE} .jp-mlversion-Outputs >> text=bold 2")
    lab.screenshot(f"compare-notebook-{theme}")
    tab(lab, "Curves")
    lab.page.wait_for_selector(f"{COMPARE} .jp-mlversion-Plot .main-svg")
    lab.screenshot(f"compare-curves-{theme}")
    lab.run_command("apputils:change-theme", theme=THEMES["light"])
    assert lab.page.evaluate("() => window.hacked") is None


@pytest.mark.parametrize("theme", ["JupyterLab Dark High Contrast", "JupyterLab Dark", "JupyterLab Light"])
def test_everybody_can_use_it(lab: Lab, versions: list[str], theme: str) -> None:
    lab.run_command("apputils:change-theme", theme=theme)
    lab.page.wait_for_selector("#jupyterlab-splash", state="detached")
    lab.run_command("mlversion:compare", versions=versions)
    page = lab.page
    page.wait_for_selector(f"{COMPARE} [role=table]")
    assert lab.violations(".jp-mlversion-Compare") == []
    for name, drawn in (("Notebook", ".cm-content"), ("Artifacts", "[role=table]"), ("Environment", "[role=table]")):
        tab(lab, name)
        page.wait_for_selector(f"{COMPARE} [role=tabpanel] {drawn}")
        assert "\n".join(lab.violations(".jp-mlversion-Compare")) == ""
    page.keyboard.press("ArrowRight")
    assert page.locator(f"{COMPARE} [role=tab][aria-selected=true]").inner_text().startswith("Metrics")


@pytest.mark.parametrize("width", [300, 600])
def test_narrow_pictures(lab: Lab, notebook: Notebook, width: int) -> None:
    versions = three(lab, notebook, "f1")
    before = lab.page.viewport_size
    lab.run_command("mlversion:compare", versions=versions)
    lab.page.wait_for_selector(f"{COMPARE} [role=table]")
    lab.run_command("application:toggle-left-area")
    lab.page.set_viewport_size({"width": width + 90, "height": 860})
    lab.screenshot(f"compare-values-{width}")
    tab(lab, "Notebook")
    lab.page.wait_for_selector(f"{COMPARE} .jp-mlversion-CellDiff .cm-content")
    lab.screenshot(f"compare-notebook-{width}")
    assert lab.page.evaluate("() => document.querySelector('.jp-mlversion-Compare').clientWidth") <= width + 20
    lab.page.set_viewport_size(before)
    lab.run_command("application:toggle-left-area")
