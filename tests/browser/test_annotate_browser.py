"""What is said of versions in the panel: messages, notes, labels, stars, tags, branches; deleting and its undo."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from jupyter_mlversion.repository import Repository

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conftest import Lab, Notebook, Server
    from playwright.sync_api import Locator

ROW = "#mlversion-panel .jp-mlversion-Row"
DETAIL = "#mlversion-panel .jp-mlversion-Detail"
DIALOG = ".jp-Dialog"
EVIL = "<img src=x onerror=window.hacked=1>"


def write_versions(server: Server, path: str, count: int) -> list[str]:
    """Make `count` versions of a notebook and a model, called number 1, number 2 and so on; their ids."""
    file = server.root / path
    (file.parent / "mlversion.toml").write_text('track = ["*.bin"]\n')
    repository = Repository.open(file.parent, create=True)
    made = []
    for number in range(1, count + 1):
        document = json.loads(file.read_text())
        document["cells"][0]["source"] = f"number = {number}"
        file.write_text(json.dumps(document))
        (file.parent / "model.bin").write_bytes(f"weights {number}".encode() * 1000)
        outcome = repository.checkpoint(file.name, f"number {number}")
        assert outcome.version
        made.append(outcome.version.id)
    return made


class Scene:
    """The panel with versions, and the words of these tests."""

    def __init__(self, lab: Lab, path: str, ids: list[str]) -> None:
        self.lab, self.path, self.ids = lab, path, ids
        self.page = lab.page
        self.repository = Repository.open(lab.server.root / path)

    def row(self, title: str) -> Locator:
        return self.page.locator(ROW, has=self.page.locator(f".jp-mlversion-Row-title:text-is({json.dumps(title)})"))

    def menu(self, title: str, item: str) -> None:
        """Take an item of the context menu of a row."""
        self.row(title).click(button="right")
        self.page.locator(".lm-Menu-item", has_text=item).first.click()

    def button(self, label: str) -> Locator:
        return self.page.locator(DETAIL).get_by_role("button", name=label, exact=True)

    def accept(self) -> None:
        self.page.locator(f"{DIALOG} button.jp-mod-accept").click()
        self.page.wait_for_selector(DIALOG, state="detached")

    def version(self, number: int):
        """Version number `number` as the history knows it now."""
        return self.repository.history.read(self.ids[number - 1])


@pytest.fixture
def scene(lab: Lab, server: Server, notebook: Notebook) -> Iterator[Scene]:
    path = notebook("number = 0", "other = 1")
    ids = write_versions(server, path, 4)
    lab.open(path)
    lab.show_panel()
    lab.wait_for_rows(4)
    yield Scene(lab, path, ids)
    for _ in range(lab.dialogs()):  # of a test that failed
        lab.page.keyboard.press("Escape")


def test_rename_by_menu_keyboard_and_button(scene: Scene) -> None:
    page = scene.page
    scene.menu("number 2", "Rename…")
    area = page.locator(f"{DIALOG} textarea")
    assert area.input_value() == "number 2"
    area.fill(EVIL)
    scene.lab.screenshot("annotate-rename")
    area.press("Enter")
    scene.row(EVIL).wait_for()
    assert (scene.version(2).message, scene.version(2).original_message) == (EVIL, "number 2")
    scene.row(EVIL).click()
    page.wait_for_selector(f"{DETAIL} h3:text-is({json.dumps(EVIL)})")
    assert "number 2" in page.locator(".jp-mlversion-Said").inner_text()
    page.get_by_role("listbox").focus()
    page.keyboard.press("F2")
    page.locator(f"{DIALOG} textarea").fill("")
    scene.accept()
    page.wait_for_selector(f"{DETAIL} h3:text-is('number 2')")
    scene.button("Rename").click()
    page.locator(f"{DIALOG} textarea").fill("left")
    page.keyboard.press("Escape")
    page.wait_for_selector(DIALOG, state="detached")
    assert scene.version(2).message == "number 2"
    assert page.evaluate("() => window.hacked") is None


def test_a_note_of_several_lines(scene: Scene) -> None:
    page = scene.page
    scene.row("number 3").click()
    scene.button("Write a note").click()
    area = page.locator(f"{DIALOG} textarea")
    area.press_sequentially("one")
    area.press("Enter")
    area.press_sequentially(EVIL)
    area.press("Control+Enter")
    page.wait_for_selector(".jp-mlversion-Note")
    assert page.locator(".jp-mlversion-Note").inner_text() == f"one\n{EVIL}"
    assert scene.version(3).note == f"one\n{EVIL}"
    scene.lab.screenshot("annotate-note")
    scene.button("Edit the note").click()
    assert page.locator(f"{DIALOG} textarea").input_value() == f"one\n{EVIL}"
    page.locator(f"{DIALOG} textarea").fill("")
    scene.accept()
    page.wait_for_selector(".jp-mlversion-Note", state="detached")
    assert page.evaluate("() => window.hacked") is None


def test_labels_of_one_and_of_several(scene: Scene) -> None:
    page = scene.page
    scene.row("number 4").click()
    scene.button("Labels").click()
    field = page.locator(f"{DIALOG} input")
    field.fill("baseline")
    field.press("Enter")
    field.press_sequentially("for the paper,")
    field.fill(EVIL)
    scene.lab.screenshot("annotate-labels")
    scene.accept()
    page.wait_for_selector(f"{DETAIL} .jp-mlversion-Label >> nth=2")
    assert scene.version(4).labels == ("baseline", "for the paper", EVIL)
    scene.row("number 2").click(modifiers=["Control"])
    page.get_by_role("listbox").focus()
    page.keyboard.press("l")
    page.wait_for_selector(f"{DIALOG} datalist option[value=baseline]", state="attached")
    assert page.locator(f"{DIALOG} .jp-mlversion-Label").count() == 0
    page.locator(f"{DIALOG} input").fill("both")
    scene.accept()
    scene.row("number 4").click()
    page.wait_for_selector(f"{DETAIL} .jp-mlversion-Label >> nth=3")
    assert scene.version(2).labels == ("both",)
    assert scene.version(4).labels == ("baseline", "for the paper", EVIL, "both")
    scene.button("Labels").click()
    page.get_by_role("button", name="Remove the label baseline").click()
    scene.accept()
    page.wait_for_selector(f"{DETAIL} .jp-mlversion-Label >> nth=3", state="detached")
    assert scene.version(4).labels == ("for the paper", EVIL, "both")
    assert page.evaluate("() => window.hacked") is None


def test_stars_of_one_and_of_several(scene: Scene) -> None:
    page = scene.page
    scene.row("number 1").click()
    star = scene.button("Star")
    assert star.get_attribute("aria-pressed") == "false"
    star.click()
    page.wait_for_selector(f"{DETAIL} button[aria-label=Star][aria-pressed=true]")
    assert scene.version(1).starred
    scene.row("number 3").click(modifiers=["Control"])
    page.get_by_role("listbox").focus()
    page.keyboard.press("s")
    page.wait_for_function("() => window.app.commands.label('mlversion:toggle-star') === 'Remove Star'")
    assert [scene.version(number).starred for number in (1, 2, 3)] == [True, False, True]
    page.keyboard.press("s")
    page.wait_for_function("() => window.app.commands.label('mlversion:toggle-star') === 'Star'")
    assert not any(scene.version(number).starred for number in (1, 2, 3))


def test_tags_come_move_and_go(scene: Scene) -> None:
    page = scene.page
    scene.menu("number 2", "Add Tag…")
    page.locator(f"{DIALOG} input").fill("best")
    scene.accept()
    scene.row("number 2").locator(".jp-mlversion-Chip", has_text="best").wait_for()
    scene.menu("number 3", "Add Tag…")
    page.locator(f"{DIALOG} input").fill("best")
    page.locator(f"{DIALOG} button.jp-mod-accept").click()
    page.wait_for_selector(f"{DIALOG} >> text=Move the tag best?")
    scene.accept()
    scene.row("number 3").locator(".jp-mlversion-Chip", has_text="best").wait_for()
    assert scene.repository.tags().tags == {"best": scene.ids[2]}
    scene.menu("number 3", "Remove Tag…")
    scene.lab.toast("The tag best is gone")
    assert scene.repository.tags().tags == {}
    page.locator(".Toastify__toast", has_text="The tag best is gone").get_by_role("button", name="Undo").click()
    scene.row("number 3").locator(".jp-mlversion-Chip", has_text="best").wait_for()
    scene.menu("number 1", "Add Tag…")
    page.locator(f"{DIALOG} input").fill("two words")
    scene.accept()
    assert "cannot name a tag" in scene.lab.toast("^Tag:")


def test_branches_begin_and_go(scene: Scene) -> None:
    page = scene.page
    line = scene.version(1).line
    scene.menu("number 1", "New Branch Here…")
    page.locator(f"{DIALOG} input").fill("aside")
    scene.accept()
    scene.lab.toast("The branch aside begins at version")
    assert scene.repository.branches(line).branches == {"aside": scene.ids[0], "main": scene.ids[3]}
    page.locator("#mlversion-panel .jp-mlversion-Header").click(button="right", position={"x": 20, "y": 12})
    page.locator(".lm-Menu-item", has_text="Rename Branch…").click()
    page.locator(f"{DIALOG} select").select_option("main")
    page.locator(f"{DIALOG} button.jp-mod-accept").click()
    page.locator(f"{DIALOG} input[type=text]").fill("first")
    scene.accept()
    page.wait_for_selector("#mlversion-panel .jp-mlversion-Header .jp-mlversion-Chip:text-is('first')")
    scene.lab.run_command("mlversion:delete-branch")
    scene.lab.toast("The branch aside is gone")
    assert scene.repository.branches(line).branches == {"first": scene.ids[3]}
    assert len(scene.lab.rows()) == 4


def test_switching_between_branches_that_end_at_the_same_version(scene: Scene) -> None:
    page = scene.page
    line = scene.version(1).line
    chip = "#mlversion-panel .jp-mlversion-Header .jp-mlversion-Chip:text-is('{}')"
    scene.menu("number 4", "New Branch Here…")
    page.locator(f"{DIALOG} input").fill("aside")
    scene.accept()
    page.wait_for_selector(chip.format("aside"))
    for branch in ("main", "aside"):
        page.locator("#mlversion-panel .jp-mlversion-Header").click(button="right", position={"x": 20, "y": 12})
        page.locator(".lm-Menu-item", has_text="Switch Branch…").click()
        page.wait_for_selector(f"{DIALOG} >> text=branch {branch}")
        scene.accept()
        page.wait_for_selector(chip.format(branch))
        assert scene.repository.history.head(line).branch == branch
    assert scene.repository.branches(line).branches == {"aside": scene.ids[3], "main": scene.ids[3]}


def test_deleting_says_what_goes_and_is_undone(scene: Scene) -> None:
    page = scene.page
    scene.row("number 1").click()
    scene.row("number 2").click(modifiers=["Control"])
    page.get_by_role("listbox").focus()
    page.keyboard.press("Delete")
    page.wait_for_selector(f"{DIALOG} >> text=Collecting garbage would then free")
    body = page.locator(".jp-mlversion-Deletion").inner_text()
    assert "number 1" in body
    assert "number 2" in body
    assert "model.bin" in body
    scene.lab.screenshot("annotate-delete")
    page.locator(f"{DIALOG} button.jp-mod-warn").click()
    scene.lab.wait_for_rows(2)
    page.locator(".Toastify__toast", has_text="2 versions were deleted").get_by_role("button", name="Undo").click()
    scene.lab.wait_for_rows(4)
    scene.menu("number 4", "Delete Version…")
    page.wait_for_selector(f"{DIALOG} >> text=Its files are kept in any case")
    page.locator(f"{DIALOG} button.jp-mod-reject").click()
    page.wait_for_selector(DIALOG, state="detached")
    assert len(scene.lab.rows()) == 4


def test_the_cell_that_made_it_is_shown_and_the_id_copied(lab: Lab, notebook: Notebook) -> None:
    path = notebook(*("pass" for _ in range(40)), ("print('made it')", ["checkpoint"]))
    lab.open(path)
    lab.show_panel()
    lab.run_all()
    lab.wait_for_rows(1)
    page = lab.page
    page.evaluate("() => { window.panel.content.activeCellIndex = 0; }")
    page.locator(ROW).click(button="right")
    page.locator(".lm-Menu-item", has_text="Show the Cell That Made It").click()
    page.wait_for_function("() => window.panel.content.activeCellIndex === 40")
    page.wait_for_selector(".jp-Cell.jp-mod-active >> text=made it")
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.locator(ROW).click(button="right")
    page.locator(".lm-Menu-item", has_text="Copy Id").click()
    lab.toast("is on the clipboard")
    (version,) = Repository.open(lab.server.root / path).log()
    assert page.evaluate("() => navigator.clipboard.readText()") == version.id
    page.evaluate("() => { window.panel.context.model.sharedModel.deleteCell(40); }")
    page.locator(ROW).click()
    page.locator(DETAIL).get_by_role("button", name="Show the cell that made it").click()
    lab.toast("is no longer in the notebook")


def test_what_is_said_stays_after_a_reload_and_in_a_narrow_dark_panel(scene: Scene) -> None:
    page = scene.page
    long = "a label that is much longer than all others are"
    scene.repository.annotate([scene.ids[2]], message="deeper trees, seed 7", note="Overfits after epoch 12.\nSee it.",
                              add_labels=["baseline", "for the paper", long], starred=True)
    scene.row("deeper trees, seed 7").click()
    page.wait_for_selector(".jp-mlversion-Note")
    for theme in ("JupyterLab Light", "JupyterLab Dark", "JupyterLab Dark High Contrast"):
        scene.lab.run_command("apputils:change-theme", theme=theme)
        for width in (300, 600):
            scene.lab.widen_panel(width)
            scene.lab.screenshot(f"annotate-details-{theme.split()[-1].lower()}-{width}")
        assert scene.lab.violations(".jp-mlversion-Said") == []
        for label in ("Rename", "Edit the note", "Labels"):
            scene.button(label).click()
            page.wait_for_selector(DIALOG)
            assert scene.lab.violations(DIALOG) == []
            page.keyboard.press("Escape")
            page.wait_for_selector(DIALOG, state="detached")
        scene.menu("deeper trees, seed 7", "Delete Version…")
        page.wait_for_selector(f"{DIALOG} >> text=Collecting garbage would then free")
        assert scene.lab.violations(DIALOG) == []
        page.keyboard.press("Escape")
        page.wait_for_selector(DIALOG, state="detached")
    scene.lab.run_command("apputils:change-theme", theme="JupyterLab Light")
    scene.lab.widen_panel()
