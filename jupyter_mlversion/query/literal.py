"""Numbers and times as they are written in a query."""

from __future__ import annotations

import math
import re
from datetime import datetime, timedelta

_AGES = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
_AGE = re.compile(r"(\d{1,6})([smhdw])")


def number_of(text: str) -> float | None:
    """The number that `text` is, truth values as 1 and 0; None when it is none, as NaN says of itself."""
    if text.lower() in ("true", "false"):
        return float(text.lower() == "true")
    try:
        number = float(text)
    except ValueError:
        return None
    return None if math.isnan(number) else number


def time_of(text: str, now: datetime) -> float | None:
    """Seconds since the epoch of a date, a date with a time, or an age before `now` (``2d``); None when it is none."""
    try:
        if age := _AGE.fullmatch(text):
            return (now - timedelta(**{_AGES[age[2]]: int(age[1])})).timestamp()
        if text.lower() in ("today", "yesterday"):
            day = now.replace(hour=0, minute=0, second=0, microsecond=0)
            return (day - timedelta(days=text.lower() == "yesterday")).timestamp()
        moment = datetime.fromisoformat(text)
        return (moment if moment.tzinfo else moment.replace(tzinfo=now.tzinfo)).timestamp()
    except (ValueError, OverflowError):
        return None
