"""Files of versions, opened read-only and compared, by our viewers and by an extension's."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

from jupyter_mlversion.repository import Repository

if TYPE_CHECKING:
    from conftest import Lab, Notebook

EVIL = "<img src=x onerror=window.hacked=1>"
SVG = ('<svg xmlns="http://www.w3.org/2000/svg" width="120" height="80" onload="window.hacked=2">'
       '<script>window.hacked=3</script><rect width="120" height="80" fill="teal"/></svg>')
TAB = ".jp-mlversion-InsideTab:not(.lm-mod-hidden)"


def write_files(folder: Path, second: bool) -> None:
    """Files of all kinds, in the first state or the second."""
    from PIL import Image
    from safetensors.numpy import save_file

    rows = [f"{number},{EVIL if number == 1 else f'name {number}'},{number / 7:.4f}" for number in range(1, 400)]
    if second:
        rows[2] = "3,another name,0.5"
        del rows[10]
        rows.append("1000,new,1.5")
    (folder / "train.csv").write_text(f"id,name,score{',extra' if second else ''}\n" + "\n".join(
        f"{row},{number}" if second else row for number, row in enumerate(rows)))
    (folder / "notes.py").write_text("import numpy\n\n\ndef f(x):\n    return x\n" + ("# more\n" if second else ""))
    (folder / "logo.svg").write_text(SVG.replace("teal", "tomato" if second else "teal"))
    Image.new("RGB", (160, 120), (40, 90, 200) if second else (40, 90, 160)).save(folder / "plot.png")
    random = np.random.default_rng(1)
    weights = {f"encoder.layer.{n}.weight": random.normal(size=(64, 32 * (n + 1))).astype(np.float32) for n in range(6)}
    if second:
        weights["encoder.layer.2.weight"] += random.normal(scale=0.01, size=(64, 96)).astype(np.float32)
        weights["head.bias"] = np.zeros(10, np.float16)
    save_file(weights, folder / "model.safetensors")
    (folder / "model.pkl").write_bytes(b"\x80\x04K\x01." + b"2" * second)


@pytest.fixture
def files(lab: Lab, notebook: Notebook) -> tuple[str, Path, str, str]:
    """The notebook (contents path), its folder, and the ids of two versions whose files differ."""
    path = notebook("print('hello')\n", f"# {EVIL}\n1 + 1")
    folder = (lab.server.root / path).parent
    (folder / "mlversion.toml").write_text('track = ["*.*"]\n')
    ids = []
    for second in (False, True):
        write_files(folder, second)
        if second:
            document = json.loads((folder / "study.ipynb").read_text())
            document["cells"][0]["outputs"] = [{"output_type": "display_data", "metadata": {}, "data": {
                "text/html": f"{EVIL}<script>window.hacked = 4</script><b>bold</b>"}}]
            document["cells"][0]["metadata"]["trusted"] = True
            (folder / "study.ipynb").write_text(json.dumps(document))
        outcome = Repository.open(folder, create=True).checkpoint(folder / "study.ipynb", f"version {second}")
        ids.append(outcome.version.id)
    lab.open(path)
    return path, folder, ids[0], ids[1]


def opened(lab: Lab, files, path: str, version: int = 2) -> None:
    lab.run_command("mlversion:open-artifact", notebook=files[0], version=files[1 + version], path=path)
    lab.page.wait_for_selector(f"{TAB}:has-text('Read-only')")


def compared(lab: Lab, files, path: str) -> None:
    lab.run_command("mlversion:compare-artifact", notebook=files[0], versions=[files[2], files[3]], path=path)


def theme(lab: Lab, name: str) -> None:
    lab.run_command("apputils:change-theme", theme=name)
    lab.page.wait_for_selector(f"body[data-jp-theme-name='{name}']", state="attached")


def pictured(lab: Lab, name: str) -> None:
    """Keep a picture in the light and in the dark theme."""
    lab.screenshot(f"{name}-light")
    theme(lab, "JupyterLab Dark")
    lab.screenshot(f"{name}-dark")
    theme(lab, "JupyterLab Light")


def test_a_file_is_opened_from_the_details(lab: Lab, files) -> None:
    lab.show_panel()
    lab.wait_for_rows(2)
    lab.page.locator(".jp-mlversion-Row").first.click()
    lab.page.locator(".jp-mlversion-Artifact-open", has_text="train.csv").click()
    tab = lab.page.locator(TAB)
    tab.locator("th:has-text('extra')").wait_for()
    assert "399 rows · 4 columns" in tab.inner_text()
    assert tab.locator("tbody tr").count() == 100
    assert EVIL in tab.locator("tbody tr").first.inner_text()
    tab.get_by_role("button", name="Last").click()
    tab.locator("tbody th:has-text('398')").wait_for()
    tab.get_by_role("spinbutton", name="Go to row").fill("200")
    tab.get_by_role("spinbutton", name="Go to row").press("Enter")
    tab.locator("tbody th:has-text('200')").first.wait_for()
    pictured(lab, "artifact-table")
    label = lab.page.evaluate("() => window.app.shell.currentWidget.title.label")
    assert label == f"train.csv @ {files[3][:8]}"
    assert lab.page.evaluate("() => window.hacked") is None


def test_a_table_as_text_and_a_script(lab: Lab, files) -> None:
    opened(lab, files, "train.csv")
    lab.page.locator(f"{TAB} select").select_option("text")
    lab.page.locator(f"{TAB} .cm-line", has_text="id,name,score").wait_for()
    opened(lab, files, "notes.py")
    line = lab.page.locator(f"{TAB} .cm-line", has_text="import numpy")
    line.wait_for()
    line.click()
    lab.page.keyboard.type("typed")
    assert "typed" not in lab.page.locator(f"{TAB} .cm-content").inner_text()
    pictured(lab, "artifact-text")


def test_a_model_tells_its_tensors(lab: Lab, files) -> None:
    opened(lab, files, "model.safetensors")
    tab = lab.page.locator(TAB)
    tab.locator("th:has-text('head.bias')").wait_for()
    assert tab.locator("tbody tr").count() == 7
    tab.get_by_role("searchbox").fill("layer.2")
    tab.locator("text=1 fits").wait_for()
    assert tab.locator("tbody tr").count() == 1
    tab.get_by_role("searchbox").fill("")
    tab.get_by_role("button", name="Size").click()
    assert "layer.5" in tab.locator("tbody tr").first.inner_text()
    pictured(lab, "artifact-model")


def test_pictures_run_nothing(lab: Lab, files) -> None:
    opened(lab, files, "logo.svg")
    image = lab.page.locator(f"{TAB} img")
    image.wait_for()
    assert image.get_attribute("src").startswith("data:image/svg+xml")
    lab.page.wait_for_function(f"() => document.querySelector('{TAB} img').naturalWidth === 120")
    assert lab.page.locator(f"{TAB} svg rect").count() == 0
    opened(lab, files, "model.pkl")
    lab.page.locator(f"{TAB}:has-text('a pickle can run any code')").wait_for()
    assert "80 04" in lab.page.locator(f"{TAB} .jp-mlversion-Inside-hex").inner_text()
    lab.screenshot("artifact-pickle-light")
    assert lab.page.evaluate("() => window.hacked") is None


def test_the_notebook_of_a_version_is_opened_and_not_trusted(lab: Lab, files) -> None:
    lab.run_command("mlversion:open-version", versions=[files[3]])
    tab = lab.page.locator(TAB)
    tab.locator(".jp-Cell").first.wait_for()
    tab.locator(".jp-OutputArea-output b", has_text="bold").wait_for()
    assert lab.page.evaluate("() => window.hacked") is None
    tab.locator(".jp-Cell .cm-content").first.click()
    lab.page.keyboard.type("typed")
    assert "typed" not in tab.inner_text()
    pictured(lab, "artifact-notebook")


def test_tables_are_compared(lab: Lab, files) -> None:
    compared(lab, files, "train.csv")
    tab = lab.page.locator(TAB)
    tab.locator("text=1 row added").wait_for()
    assert tab.locator("li:has-text('1 row removed')").count() == 1
    assert tab.locator("del", has_text="name 3").count() == 1
    assert "extra" in tab.locator("section", has_text="Columns").first.inner_text()
    pictured(lab, "compare-table")
    tab.get_by_label("Rows told by").select_option("name")
    tab.locator("text=2 rows added").wait_for()
    tab.get_by_label("Rows told by").select_option("")
    tab.locator("text=1 row added").wait_for()


def test_texts_pictures_and_models_are_compared(lab: Lab, files) -> None:
    compared(lab, files, "notes.py")
    tab = lab.page.locator(TAB)
    tab.locator("tr[data-sign='+'] td", has_text="# more").wait_for()
    pictured(lab, "compare-text")
    compared(lab, files, "plot.png")
    tab.locator("text=of 19,200 pixels differ").wait_for()
    lab.page.wait_for_function(f"() => document.querySelectorAll('{TAB} img').length === 2")
    tab.get_by_label("One over the other").check()
    tab.get_by_role("slider").wait_for()
    tab.get_by_label("One over the other").uncheck()
    pictured(lab, "compare-image")
    compared(lab, files, "model.safetensors")
    row = tab.locator("tr", has_text="encoder.layer.2.weight")
    row.wait_for()
    assert "changed" in row.inner_text()
    assert "added" in tab.locator("tr", has_text="head.bias").inner_text()
    pictured(lab, "compare-model")
    assert lab.page.evaluate("() => window.hacked") is None


def test_with_the_workspace_and_the_version_before(lab: Lab, files) -> None:
    opened(lab, files, "notes.py", version=1)
    lab.page.locator(f"{TAB} .cm-line").first.wait_for()
    lab.page.locator(f"{TAB} jp-button", has_text="Compare with Workspace").click()
    lab.page.locator(f"{TAB} tr[data-sign='+'] td", has_text="# more").wait_for()
    opened(lab, files, "notes.py", version=1)
    lab.page.locator(f"{TAB} jp-button", has_text="Compare with Version Before").click()
    lab.toast("There is no version before")
    lab.dismiss_toasts()
    with lab.page.expect_download() as download:
        lab.page.locator(f"{TAB} jp-button", has_text="Save a Copy").click()
    assert download.value.suggested_filename == "notes.py"


@pytest.mark.parametrize("name", ["JupyterLab Light", "JupyterLab Dark", "JupyterLab Dark High Contrast"])
def test_nothing_keeps_people_from_using_the_tabs(lab: Lab, files, name: str) -> None:
    theme(lab, name)
    content = f"{TAB} .jp-mlversion-Inside"
    ready = {"train.csv": "th", "model.safetensors": "meter", "logo.svg": "img", "model.pkl": "pre"}
    found = []
    for path, selector in ready.items():
        opened(lab, files, path)
        lab.page.locator(f"{content} {selector}").first.wait_for()
        found += lab.violations(content)
    for path, selector in {"train.csv": "del", "notes.py": "td", "plot.png": "img", "model.safetensors": "td"}.items():
        compared(lab, files, path)
        lab.page.locator(f"{content} {selector}").first.wait_for()
        found += lab.violations(content)
    theme(lab, "JupyterLab Light")
    assert not found


def test_the_menu_of_a_file_compares_it(lab: Lab, files) -> None:
    lab.show_panel()
    lab.wait_for_rows(2)
    lab.page.locator(".jp-mlversion-Row").first.click()
    file = lab.page.locator(".jp-mlversion-Artifact", has_text="notes.py")
    file.wait_for()
    lab.screenshot("artifact-list-light")
    file.click(button="right")
    lab.page.locator(".lm-Menu-item", has_text="Compare File with Version Before").click()
    lab.page.locator(f"{TAB} tr[data-sign='+'] td", has_text="# more").wait_for()
    file.click(button="right")
    lab.page.locator(".lm-Menu-item", has_text="Open File of Version").click()
    lab.page.locator(f"{TAB} .cm-line", has_text="import numpy").wait_for()


def test_an_extension_shows_its_own_kind_of_file(lab: Lab, files) -> None:
    made = lab.page.evaluate(
        """async () => {
            // An extension would import it; here it is taken from the registry of services.
            const maps = Object.values(window.app.pluginRegistry).filter(value => value instanceof Map);
            const token = maps.flatMap(map => [...map.keys()])
                .find(key => key && key.name === 'jupyter-mlversion:IArtifactViewers');
            const viewers = await window.app.resolveRequiredService(token);
            let prototype = Object.getPrototypeOf(window.app.shell.currentWidget);
            while (Object.getPrototypeOf(prototype) !== Object.prototype) {
                prototype = Object.getPrototypeOf(prototype);
            }
            const Widget = prototype.constructor;
            window.added = viewers.addViewer({
                name: 'example:words', label: 'Words', rank: 100,
                accepts: preview => preview.kind === 'text' && preview.path.endsWith('.py'),
                render: (file, preview) => {
                    const node = document.createElement('p');
                    node.className = 'example-words';
                    node.textContent = `${preview.text.split(/\\s+/).length} words`;
                    return new Widget({ node });
                }
            });
            return viewers.viewers({ kind: 'text', path: 'a.py' }).map(viewer => viewer.name);
        }"""
    )
    assert made == ["example:words", "text"]
    opened(lab, files, "notes.py")
    lab.page.locator(f"{TAB} .example-words").wait_for()
    lab.page.locator(f"{TAB} select").select_option("text")
    lab.page.locator(f"{TAB} .cm-line").first.wait_for()
    lab.page.evaluate("() => window.added.dispose()")
