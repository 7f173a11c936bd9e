"""What pages say of days and minutes."""

from __future__ import annotations

from datetime import date

import pytest

from sitebuild.derive.metadata import minutes
from sitebuild.render import day


def test_day_is_english_whatever_the_machine_speaks() -> None:
    """A day is written with its month in words, and for machines as ISO 8601."""
    assert day(date(2026, 3, 9)) == '<time datetime="2026-03-09">9 March 2026</time>'


@pytest.mark.parametrize(
    ("count", "expected"), [(0, 1), (100, 1), (440, 2), (2200, 10)]
)
def test_reading_time(count: int, expected: int) -> None:
    """220 words are a minute; tags are no words; nothing is read in less than one."""
    assert minutes([f"<p>{'word ' * count}<br class='x y z'></p>"]) == expected
