"""Sentences, the length of answers and of reading, days, and the day when something is due for another look."""

from __future__ import annotations

from datetime import date

import pytest
from projects import Project
from test_answers import HEAD, SOUR, answer

from sitebuild import render
from sitebuild.check import advice
from sitebuild.derive.metadata import due_day, minutes, sentences
from sitebuild.plugin import build


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("<p>One. Two.</p>", ["One.", "Two."]),
        (
            "<p>Is it? It is! \u201cSo it is.\u201d Yes.</p>",
            ["Is it?", "It is!", "\u201cSo it is.\u201d", "Yes."],
        ),
        (
            "<p>From 2.5 to 2.9 points. Then none.</p>",
            ["From 2.5 to 2.9 points.", "Then none."],
        ),
        (
            "<p>See Dr. Baker and A. Miller. Or not.</p>",
            ["See Dr. Baker and A. Miller.", "Or not."],
        ),
        (
            "<p>Salt &amp; <em>flour.</em>\nMore <a href='/'>words</a> here.</p>",
            ["Salt & flour.", "More words here."],
        ),
        (
            "<p>Three things:</p><ul><li>one</li><li>two</li></ul>",
            ["Three things:", "one", "two"],
        ),
        ("<p>No full stop</p><p>at all</p>", ["No full stop", "at all"]),
        (
            "<p>\u00c4rzte raten ab. \u00d6l hilft.</p>",
            ["\u00c4rzte raten ab.", "\u00d6l hilft."],
        ),
        ("", []),
    ],
)
def test_sentences_are_found_in_html(html: str, expected: list[str]) -> None:
    """A sentence ends at its mark or with its element; tags, numbers, initials and titles end none."""
    assert list(sentences(html)) == expected


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Alone it stands.", "has 1 sentences and 3 words"),
        ("One. Two. Three. Four. Five. Six.", "has 6 sentences and 6 words"),
        ("One. " + "word " * 70, "has 2 sentences and 71 words"),
        ("One. Two. Three. Four. Five.", ""),
        ("One. W" + "ord " * 69, ""),
    ],
)
def test_answers_are_short(text: str, found: str, bread: Project) -> None:
    """Advice names an answer outside two to five sentences or over seventy words, and a page without one."""
    bread.edit(SOUR, (HEAD, HEAD + answer(text.replace("word word", "Word word", 1))))
    built = build(bread.root / "pelicanconf.py", SEARCH_INDEX=False)
    lines = [it for it in advice.advise(built.site, date(2026, 1, 2)) if "answer" in it]
    named = [it for it in lines if it.startswith(SOUR)]
    assert [found in it for it in named] == ([True] if found else [])
    assert any(
        it.startswith("content/topics/rising.md:1: no short answer") for it in lines
    )


def test_what_was_looked_up_is_due_after_some_months(bread: Project) -> None:
    """Advice names what is overdue by REVIEW_MONTHS, on the day after and not before; never for 0."""
    site = build(bread.root / "pelicanconf.py", SEARCH_INDEX=False).site
    for day, months, expected in (
        (date(2026, 4, 1), 3, False),
        (date(2026, 4, 2), 3, True),
        (date(2036, 4, 2), 0, False),
    ):
        lines = advice.advise(site, day, months)
        assert any("due for another look" in it for it in lines) is expected


@pytest.mark.parametrize(
    ("last", "months", "expected"),
    [
        (date(2026, 11, 20), 12, date(2027, 11, 20)),
        (date(2026, 11, 30), 3, date(2027, 2, 28)),
        (date(2026, 12, 1), 1, date(2027, 1, 1)),
        (date(2028, 2, 29), 12, date(2029, 2, 28)),
        (date(2026, 1, 31), 11, date(2026, 12, 31)),
    ],
)
def test_months_are_counted_by_the_calendar(
    last: date, months: int, expected: date
) -> None:
    """The same day of a later month, or its last where it is shorter."""
    assert due_day(last, months) == expected


def test_day_is_english_whatever_the_machine_speaks() -> None:
    """A day is written with its month in words, and for machines as ISO 8601."""
    assert (
        render.day(date(2026, 3, 9))
        == '<time datetime="2026-03-09">9 March 2026</time>'
    )


@pytest.mark.parametrize(
    ("count", "expected"), [(0, 1), (100, 1), (440, 2), (2200, 10)]
)
def test_reading_time(count: int, expected: int) -> None:
    """220 words are a minute; tags are no words; nothing is read in less than one."""
    assert minutes([f"<p>{'word ' * count}<br class='x y z'></p>"]) == expected
