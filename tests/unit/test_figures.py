"""What pages say of days and minutes, and what stands before their contents."""

from __future__ import annotations

from datetime import date

import pytest

from sitebuild.derive.pages import split_lead
from sitebuild.derive.text import minutes
from sitebuild.model import (
    AnswerOptions,
    Block,
    Heading,
    Prose,
    SourceLine,
)
from sitebuild.render.templates import day

PLACE = SourceLine("a.md", 1)


def test_day_is_english_whatever_the_machine_speaks() -> None:
    """A day is written with its month in words, and for machines as ISO 8601."""
    assert day(date(2026, 3, 9)) == '<time datetime="2026-03-09">9 March 2026</time>'


@pytest.mark.parametrize(
    ("count", "expected"), [(0, 1), (100, 1), (440, 2), (2200, 10)]
)
def test_reading_time(count: int, expected: int) -> None:
    """220 words are a minute; tags are no words; nothing is read in less than one."""
    assert minutes([f"<p>{'word ' * count}<br class='x y z'></p>"]) == expected


def test_lead_is_the_short_answer() -> None:
    """The contents follow the short answers that open an article, and nothing else."""
    heading, prose = Heading(2, "Title", "title", PLACE), Prose("<p>Text</p>", PLACE)
    answer = Block(
        "answer", "In short", "in-short", "<p>No.</p>", AnswerOptions(), PLACE, {}
    )
    assert split_lead([answer, prose, answer]) == ([answer], [prose, answer])
    assert split_lead([answer]) == ([answer], [])
    assert split_lead([heading, answer]) == ([], [heading, answer])
    assert split_lead([]) == ([], [])
