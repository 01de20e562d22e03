"""The inverse of capture: what a version holds becomes files again, safely.

`plan` says what a restore would do; `journal` does it, wholly or not at all, even through a crash; `recover` finishes
or undoes what a killed process left. `files`, `notebook`, `environment` and `code` are the inverses of the parts of the
same names in capture. Nothing here ever overwrites or deletes bytes that are not kept somewhere.
"""
