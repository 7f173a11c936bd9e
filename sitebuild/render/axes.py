"""Where the pictures of the evidence put a time, and how large they draw a number."""

from __future__ import annotations

import math
from itertools import pairwise

from sitebuild.drawn import Time

# The ticks of the axis of times: minutes, place in percent, name. Between two it is
# logarithmic; right after, 0, stands by itself.
TICKS = (
    (0, 1.5, "0"),
    (1, 14.0, "minute"),
    (60, 28.0, "hour"),
    (1440, 42.0, "day"),
    (10_080, 56.0, "week"),
    (100_800, 74.0, "10 weeks"),
    (525_600, 93.0, "year"),
)


def on_axis(time: Time) -> float:
    """Return how far along the axis of times one stands, in percent."""
    if not time.minutes:
        return TICKS[0][1]
    for (before, left, _), (after, right, _) in pairwise(TICKS[1:]):
        if time.minutes <= after:
            share = math.log(time.minutes / before) / math.log(after / before)
            return round(left + share * (right - left), 1)
    return TICKS[-1][1]


def mark_side(people: int) -> int:
    """Return the side in pixels of a mark whose area stands for a number of people."""
    return round(math.sqrt(people))
