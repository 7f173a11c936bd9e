"""What pages draw and count, at build time: days, rows of dots, counts in rings.

Pure: values in, markup out. The words and numbers of a picture are HTML beside it, so
that they grow with the reader's type and can be links. No line is without length:
WebKit draws those as blocks.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from datetime import date

from markupsafe import Markup

_MOST_DOTS = 40  # in a row
_MANY = 3  # from so many on, a ring is filled
# strftime follows the machine's locale; pages do not.
_MONTHS = (
    *("January", "February", "March", "April", "May", "June", "July", "August"),
    *("September", "October", "November", "December"),
)
_DOTS = (
    '<svg class="dots" width="{}" height="10" viewBox="0 0 {} 1" aria-hidden="true">'
    '<path d="{}"/></svg>'
)


def day(value: date) -> Markup:
    """Return a day as readers write it, marked up for machines."""
    month = _MONTHS[value.month - 1]
    return Markup('<time datetime="{}">{} {} {}</time>').format(
        value, value.day, month, value.year
    )


def per_dot(counts: Iterable[tuple[str, int]]) -> int:
    """Return how many things a dot stands for: 1, 10, 100, so that no row is long."""
    longest = max((count for _, count in counts), default=0)
    each = 1
    while longest > each * _MOST_DOTS:
        each *= 10
    return each


def dots(count: int, each: int = 1) -> Markup:
    """Return a row of dots, one for each so many things; the number stands beside it.

    What is left over has a dot, too.
    """
    if not count:
        return Markup()
    columns = math.ceil(count / each)
    # Round ends make a dot of a very short line.
    way = "".join(f"M{column}.5.5h.01" for column in range(columns))
    return Markup(_DOTS).format(columns * 10, columns, way)


def spot(count: int) -> Markup:
    """Return a count in a ring, filled where there are many; nothing for none."""
    if not count:
        return Markup()
    kind = Markup(' class="many"') if count >= _MANY else Markup()
    return Markup("<i{}>{}</i>").format(kind, count)
