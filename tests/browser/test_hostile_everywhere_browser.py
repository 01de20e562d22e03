"""Texts that try to be scripts, or to break a page, in every field that a person can fill, in every view."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from jupyter_mlversion.domain.version import Trigger
from jupyter_mlversion.repository import Repository

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import Lab, Server

HTML = "<img src=x onerror=window.hacked=1>"
NAMES = [  # each up to 250 characters, which is what a name may have
    HTML,
    "<script>window.hacked=2</script>",
    "</script></style></textarea></title><svg onload=window.hacked=3>",
    "javascript:window.hacked=4",
    "[link](javascript:window.hacked=5) ![x](x)",
    "\" onmouseover=\"window.hacked=6\" ' ` \\ \\\" &lt;b&gt; &amp;",
    "\u202egnp.exe\u202c \u200b\u200d\u2066 \u05d0\u05d1\u05d2 \u0627\u0644\u0639",
    "{{7*7}} ${window.hacked=7} %1 %2 %s %(x)s __proto__",
    "👩🏽‍🔬🏳️‍🌈 z̸̢͐a̷͈͝l̴͎̈́g̷̱̀o̵̱͑",
    "__proto__",
    "constructor",
    "W" * 250,
]
TEXT = "\n".join([*NAMES, "W" * 9_000])
CELL = """\
import json
import numpy as np
import jupyter_mlversion as mlversion
from pathlib import Path
from safetensors.numpy import save_file
names = json.loads(Path("names.json").read_text())
text = "\\n".join([*names, "W" * 10_000])
for step in range(3):
    mlversion.log({{name: step + {number} for name in names}}, step=step)
mlversion.log_params({{name: name for name in names}})
mlversion.log_params(lone="lone \\ud800 end", nul="nul \\x00 \\x1b[31m end")
for name in names:
    mlversion.log_text(name, text)
mlversion.log_table(names[0], [{{name: name for name in names}}])
mlversion.log_figure(names[1], {{"data": [{{"type": "scatter", "x": names, "y": [1] * len(names), "name": names[0],
    "text": names}}], "layout": {{"title": {{"text": names[0]}}, "images": [{{"source": names[3]}}],
    "annotations": [{{"text": f'<a href="{{names[3]}}">{{names[0]}}</a>', "x": 0, "y": 1}}]}}}})
mlversion.log_image(names[2], np.zeros((4, 4), np.uint8))
rows = [names[n % len(names)] for n in range(60)]
mlversion.split([[n] for n in range(60)], target=rows, name=names[0], seed={number},
    sizes={{names[0]: 0.5, names[3]: 0.5}})
cells = ['"' + name.replace('"', '""') + '"' for name in [*names, text]]
Path(names[0] + ".csv").write_text(",".join(cells) + "\\n" + "\\n".join([",".join(cells)] * {number}))
Path("text %1 " + names[0] + ".md").write_text(text + "{number}")
tensors = {{name: np.full(3, {number}, np.float32) for name in names}}
save_file(tensors, "model.safetensors", metadata={{name: name for name in names}})
Path("odd" + names[0] + ".svg").write_text('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="{number}" '
    'onload="window.hacked=8"><script>window.hacked=9</script></svg>')
print(text)
{number}
"""
RUNS = """() => [...document.querySelectorAll(
    'script, [onerror], [onload], [onmouseover], a[href^="javascript:" i]')]
    .filter(node => node.closest('[class*=jp-mlversion], .jp-Dialog, .Toastify, .lm-TabBar'))
    .map(node => node.outerHTML.slice(0, 200))"""
PICTURES = """() => [...document.querySelectorAll('img')].map(img => img.src).filter(src => /\\/x$/.test(src))"""
WIDE = """selector => [...document.querySelectorAll(selector)].filter(node => node.offsetParent)
    .filter(node => node.scrollWidth > node.clientWidth + 2).map(node => `${node.className} ${node.scrollWidth}`)"""


def write_version(folder: Path, number: int) -> None:
    """Run the notebook in a kernel; its tagged cell makes a version."""
    name = f"{HTML}.ipynb"
    source = f"# {HTML} {number}\n" + CELL.format(number=number)
    cells = [new_markdown_cell(TEXT, id="text"),
             new_code_cell(source, id="cell-0", metadata={"tags": ["checkpoint"]})]
    spec = {"name": "python3", "display_name": HTML, "language": "python"}
    nbformat.write(new_notebook(cells=cells, metadata={"kernelspec": spec}), folder / name)
    subprocess.run([sys.executable, "-m", "jupyter_mlversion", "execute", name], cwd=folder, check=True, timeout=300)


@pytest.fixture(scope="module")
def study(server: Server) -> tuple[str, list[str]]:
    """The contents path of a notebook with two versions that are hostile wherever possible; their ids, oldest first."""
    folder = server.root / "hostile %1"
    folder.mkdir()
    for line in ("init -q", "config user.email a@b.c"):
        subprocess.run(["git", *line.split()], cwd=folder, check=True)
    subprocess.run(["git", "config", "user.name", f"Eve {HTML}"], cwd=folder, check=True)
    (folder / "names.json").write_text(json.dumps(NAMES))
    (folder / "mlversion.toml").write_text('track = ["*.csv", "*.md", "*.svg", "*.safetensors"]\n')
    for number in (1, 2):
        write_version(folder, number)
    repository = Repository.open(folder)
    path = f"{folder.name}/{HTML}.ipynb"
    made = [version for version in repository.log(limit=10) if version.trigger is Trigger.EXECUTE]
    ids = [version.id for version in reversed(made)]
    assert len(ids) == 2
    repository.annotate(ids, note=TEXT, labels=[name for name in NAMES if len(name) < 60])
    repository.annotate(ids[1:], message=" ".join(NAMES)[:1000])
    for name in ("W" * 100, "constructor"):  # other characters cannot be in a name
        repository.tag(name, ids[1])
    return path, ids


def assert_harmless(lab: Lab, *boxes: str) -> None:
    """Nothing has run, nothing was made of a text; `boxes` are not wider than they show."""
    assert lab.page.evaluate("() => window.hacked") is None
    assert lab.page.evaluate(RUNS) == []
    assert lab.page.evaluate(PICTURES) == []
    assert lab.page.evaluate("() => document.documentElement.scrollWidth <= window.innerWidth")
    for box in boxes:
        assert lab.page.locator(box).count()
        assert lab.page.evaluate(WIDE, box) == []


def unfold(lab: Lab, box: str) -> None:
    """Open everything that can be opened within an element, and what then appears."""
    folds = lab.page.locator(f"{box} details:not([open]) > summary")
    for _ in range(60):
        if not folds.count():
            break
        folds.first.click()
    assert folds.count() == 0


@pytest.fixture
def opened(lab: Lab, study: tuple[str, list[str]]) -> list[str]:
    """The versions of the study, which is open; the panel is shown."""
    path, ids = study
    lab.open(path)
    lab.show_panel()
    lab.wait_for_rows(2)
    return ids


def test_the_panel_and_its_details(lab: Lab, opened: list[str]) -> None:
    page = lab.page
    for width in (300, 600):
        lab.widen_panel(width)
        page.locator(".jp-mlversion-Row").first.click()
        page.wait_for_selector(".jp-mlversion-Detail h3")
        unfold(lab, "#mlversion-panel")
        page.wait_for_selector(".jp-mlversion-Detail .jp-mlversion-Plot .main-svg")
        lab.screenshot(f"hostile-panel-{width}")
        assert_harmless(lab, "#mlversion-panel", ".jp-mlversion-Detail")
        page.get_by_role("button", name="Close the details").click()
    text = page.locator("#mlversion-panel").inner_text()
    assert HTML in text
    page.locator(".jp-mlversion-Row").first.hover()
    assert_harmless(lab)


def test_the_filter(lab: Lab, opened: list[str]) -> None:
    box = lab.page.locator("#mlversion-panel [role=combobox]")
    for typed in ("label:", "tag:", "metric.", "param.", "author:", "path:"):
        box.fill(typed)
        lab.page.keyboard.press("Control+Space")
        assert_harmless(lab, "#mlversion-panel")
    box.fill(f'"{HTML}')
    box.press("Enter")
    lab.page.wait_for_selector("#mlversion-panel [role=alert]")
    lab.screenshot("hostile-filter")
    assert_harmless(lab, "#mlversion-panel")
    box.fill("")
    box.press("Enter")
    lab.wait_for_rows(2)


@pytest.mark.parametrize("command", [
    "rename-version", "edit-note", "edit-labels", "add-tag", "remove-tag", "create-branch", "delete-version",
    "restore"])
def test_a_dialog(lab: Lab, opened: list[str], command: str) -> None:
    args: dict[str, Any] = {"version": opened[0]} if command == "restore" else {"versions": opened[1:]}
    lab.page.evaluate("([id, args]) => void window.app.commands.execute(id, args)", [f"mlversion:{command}", args])
    lab.page.wait_for_selector(".jp-Dialog")
    if command == "restore":
        lab.page.wait_for_selector(".jp-Dialog .jp-mlversion-Plan")
    lab.screenshot(f"hostile-dialog-{command}")
    assert_harmless(lab, ".jp-Dialog-content")
    lab.page.keyboard.press("Escape")
    lab.page.wait_for_selector(".jp-Dialog", state="detached")


def test_a_comparison_and_its_export(lab: Lab, opened: list[str], tmp_path: Path) -> None:
    box = ".jp-mlversion-Compare:visible"
    page = lab.page
    lab.run_command("mlversion:compare", versions=opened)
    page.wait_for_selector(f"{box} [role=table]")
    page.locator(f"{box} label", has_text="Differences only").locator("input").uncheck()
    for name, ready in (("Metrics", "[role=table]"), ("Curves", ".main-svg"), ("Notebook", ".cm-content"),
                        ("Artifacts", "[role=table]"), ("Splits", "[role=table]"), ("Environment", "[role=table]")):
        page.locator(f"{box} [role=tab]", has_text=name).click()
        page.wait_for_selector(f"{box} [role=tabpanel] {ready}")
        unfold(lab, box.removesuffix(":visible"))
        lab.screenshot(f"hostile-compare-{name.lower()}")
        assert_harmless(lab, ".jp-mlversion-Compare")
    for kind in ("HTML", "CSV"):
        with page.expect_download() as waiting:
            page.locator(f"{box} button", has_text=kind).click()
        waiting.value.save_as(tmp_path / f"export.{kind.lower()}")
    exported = page.context.browser.new_page()
    exported.goto((tmp_path / "export.html").as_uri())
    assert exported.locator("img, script, [onerror], [onload], [onmouseover], a[href^=javascript]").count() == 0
    assert HTML in exported.locator("body").inner_text()
    assert exported.evaluate("() => window.hacked") is None
    exported.close()


def test_metrics_and_storage(lab: Lab, opened: list[str]) -> None:
    page = lab.page
    lab.run_command("mlversion:show-metrics")
    page.wait_for_selector("#mlversion-metrics .main-svg")
    for select in page.locator("#mlversion-metrics select").all():
        for option in select.locator("option").all():
            select.select_option(option.get_attribute("value"))
        select.select_option(index=0)
    unfold(lab, "#mlversion-metrics")
    lab.screenshot("hostile-metrics")
    assert_harmless(lab, "#mlversion-metrics")
    lab.run_command("mlversion:show-storage")
    page.wait_for_selector(".jp-mlversion-Storage .jp-mlversion-Bars")
    page.locator(".jp-mlversion-Storage").get_by_role("button", name="What Would Be Freed", exact=True).click()
    page.wait_for_selector(".jp-mlversion-Storage .jp-mlversion-Outcome")
    lab.screenshot("hostile-storage")
    assert_harmless(lab, ".jp-mlversion-Storage")


@pytest.mark.parametrize("file", [
    f"{HTML}.csv", f"text %1 {HTML}.md", "model.safetensors", f"odd{HTML}.svg", f"{HTML}.ipynb"])
def test_a_file_of_a_version(lab: Lab, study: tuple[str, list[str]], opened: list[str], file: str) -> None:
    tab = ".jp-mlversion-InsideTab:not(.lm-mod-hidden)"
    lab.run_command("mlversion:open-artifact", notebook=study[0], version=opened[1], path=file)
    lab.page.wait_for_selector(f"{tab} :is(th, img, .cm-line, .jp-Cell)")
    name = re.sub(r"\W+", "-", file)
    lab.screenshot(f"hostile-file-{name}")
    assert_harmless(lab)
    lab.run_command("mlversion:compare-artifact", notebook=study[0], versions=opened, path=file)
    lab.page.wait_for_selector(":is(.jp-mlversion-InsideTab, .jp-mlversion-Compare) :is(th, img, td, .cm-line):visible")
    lab.screenshot(f"hostile-two-{name}")
    assert_harmless(lab)


def test_what_toasts_say(lab: Lab, opened: list[str]) -> None:
    lab.run_command("mlversion:checkpoint", message=TEXT)
    lab.page.wait_for_selector(".Toastify__toast")
    lab.run_command("mlversion:open-artifact", notebook="", version=opened[1], path=HTML)
    lab.run_command("mlversion:restore", version=HTML)
    lab.page.locator(".Toastify__toast", has_text="img src=x").first.wait_for()
    lab.screenshot("hostile-toasts")
    assert_harmless(lab)
