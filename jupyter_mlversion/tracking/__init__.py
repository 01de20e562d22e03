"""Metrics, parameters and other things that a process logs, until a checkpoint seals them."""

from jupyter_mlversion.tracking.block import Block
from jupyter_mlversion.tracking.figure import figure_item
from jupyter_mlversion.tracking.image import image_item
from jupyter_mlversion.tracking.item import Item, item_of_file
from jupyter_mlversion.tracking.reader import Reader
from jupyter_mlversion.tracking.recorder import Recorder, recorder
from jupyter_mlversion.tracking.run import OpenRun
from jupyter_mlversion.tracking.system import Watch
from jupyter_mlversion.tracking.table import table_item, text_item

__all__ = [
    "Block",
    "Item",
    "OpenRun",
    "Reader",
    "Recorder",
    "Watch",
    "figure_item",
    "image_item",
    "item_of_file",
    "recorder",
    "table_item",
    "text_item",
]
