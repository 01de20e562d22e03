"""One definition of every command's words, arguments and answer, for command line, magics and documentation."""

from jupyter_mlversion.commands.call import call
from jupyter_mlversion.commands.definition import Argument, Command, Request, Result
from jupyter_mlversion.commands.parser import HelpAsked, make_parser, meant
from jupyter_mlversion.commands.table import COMMANDS, MAGICS

__all__ = [
    "COMMANDS",
    "MAGICS",
    "Argument",
    "Command",
    "HelpAsked",
    "Request",
    "Result",
    "call",
    "make_parser",
    "meant",
]
