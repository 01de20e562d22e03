"""Named partitions of data sets, recorded so that they can be seen, compared and made again."""

from jupyter_mlversion.splits.partition import Partition
from jupyter_mlversion.splits.register import Register, register
from jupyter_mlversion.splits.split import split

__all__ = ["Partition", "Register", "register", "split"]
