"""When sources were last looked up, and when they are due again. Pure."""

from __future__ import annotations

import calendar
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

_MONTHS_A_YEAR = 12


@dataclass(frozen=True)
class Review:
    """The day of the last look, and that by which the next is due; None if never."""

    last: date
    due: date | None


def due_day(last: date, months: int) -> date:
    """Return the day some months after another, its month's last if it is shorter."""
    count = last.year * _MONTHS_A_YEAR + last.month - 1 + months
    year = count // _MONTHS_A_YEAR
    month = count % _MONTHS_A_YEAR + 1
    longest = calendar.monthrange(year, month)[1]
    return date(year, month, min(last.day, longest))


def review(days: Iterable[date], months: int) -> Review | None:
    """Return the review of what was looked up on some days; None for no day.

    The oldest of them counts. `months` is the setting REVIEW_MONTHS; for 0 no next look
    is due.
    """
    last = min(days, default=None)
    if last is None:
        return None
    return Review(last, due_day(last, months) if months else None)
