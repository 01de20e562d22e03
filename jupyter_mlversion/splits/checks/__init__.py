"""Questions that a careful reviewer asks of a split, each in a file of its own."""

from jupyter_mlversion.splits.checks.clock import Clock, TimeOver
from jupyter_mlversion.splits.checks.features import Column, Features, Kind, features_of
from jupyter_mlversion.splits.checks.images import Images, images_of
from jupyter_mlversion.splits.checks.run import CHECKS, run
from jupyter_mlversion.splits.checks.subject import Subject

__all__ = [
    "CHECKS", "Clock", "Column", "Features", "Images", "Kind", "Subject", "TimeOver", "features_of", "images_of", "run",
]
