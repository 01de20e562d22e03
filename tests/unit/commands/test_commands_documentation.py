"""docs/commands.md says what the definitions say: every command, every argument, no others."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from jupyter_mlversion.commands import COMMANDS, make_parser

PAGE = (Path(__file__).parents[3] / "docs" / "commands.md").read_text()
SECTIONS = {
    match[1]: match[0] for match in re.finditer(r"^## `mlversion (\w+).*?(?=^## |\Z)", PAGE, re.MULTILINE | re.DOTALL)
}
COMMON = {"--json", "-C", "-h", "--help"}


def parser():
    return make_parser(COMMANDS.values(), program="mlversion", folder=True)


def usage(name: str) -> str:
    """The command's words as argparse writes them, without those that all commands have."""
    command = parser()._subparsers._group_actions[0].choices[name]
    words = " ".join(command.format_usage().removeprefix("usage: ").split())
    for common in (" [-h]", " [--json]", " [-C DIR]"):
        words = words.replace(common, "")
    return words.replace(" ...]", " …]")


def test_the_page_has_exactly_the_commands():
    assert list(SECTIONS) == list(COMMANDS)


@pytest.mark.parametrize("name", COMMANDS)
def test_the_heading_is_the_usage(name):
    assert SECTIONS[name].splitlines()[0] == f"## `{usage(name)}`"


@pytest.mark.parametrize("name", COMMANDS)
def test_every_option_is_explained_and_no_other(name):
    known = {flag for argument in COMMANDS[name].arguments for flag in argument.names if flag.startswith("-")}
    listed = re.findall(r"^- (`.*?) —", SECTIONS[name], re.MULTILINE)
    explained = {flag for item in listed for flag in re.findall(r"`(-{1,2}[a-z-]+)", item)}
    assert explained == known


@pytest.mark.parametrize("name", COMMANDS)
def test_the_summary_is_there(name):
    summary = COMMANDS[name].summary
    assert summary[1:] in " ".join(SECTIONS[name].split())


@pytest.mark.parametrize("name", COMMANDS)
def test_magics_are_marked(name):
    assert ("*Magic.*" in SECTIONS[name]) == COMMANDS[name].magic


@pytest.mark.parametrize("name", COMMANDS)
def test_there_is_an_example_and_its_words_are_right(name):
    examples = re.findall(r"^ {4}\$ mlversion (.*)$", SECTIONS[name], re.MULTILINE)
    assert examples
    for example in examples:
        assert parser().parse_args(shlex.split(example)).command == name


@pytest.mark.parametrize("name", COMMANDS)
def test_the_answer_is_described(name):
    assert "Answer: " in SECTIONS[name]


def test_common_options_are_explained_once():
    head = PAGE.split("\n## ")[0]
    for flag in COMMON - {"-h"}:
        assert f"`{flag}" in head
