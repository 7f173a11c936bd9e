"""Short answers: their sentences, what stands for the document, where they may stand."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from bread import bake
from helpers import document, words

from sitebuild.check import advice
from sitebuild.derive.answers import sentences
from sitebuild.derive.review import due_day
from sitebuild.plugin import build

SOUR = "content/articles/sour.md"
HEAD = "summary: How a starter raises a loaf.\n"


def answer(text: str) -> str:
    """Return an answer block, with the blank lines round it."""
    return f"\n/// answer | In short\n    evidence: starter-rises\n\n{text}\n///\n"


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


def test_the_first_sentence_stands_for_the_document(tmp_path: Path) -> None:
    """Description, card, linked data, list and feed have the first sentence of the answer as plain text."""
    project = bake(tmp_path, SEARCH_INDEX=False)
    text = answer("A starter *raises* bread & more. It takes a day.")
    project.edit(SOUR, (HEAD, HEAD + text))
    project.build()
    page = document(project.page("/articles/sour/"))
    first = "A starter raises bread & more."
    assert page.xpath("//meta[@name='description']/@content") == [first]
    assert page.xpath("//meta[@property='og:description']/@content") == [first]
    assert "A starter raises bread & more." in page.xpath("string(//script)")
    assert (
        words(page.xpath("//p[@class='standfirst']")[0])
        == "How a starter raises a loaf."
    )
    assert first in words(document(project.page("/")))
    assert "<summary>A starter raises bread &amp; more.</summary>" in (
        project.output / "feed.xml"
    ).read_text("utf-8")
    assert (
        page.xpath("//section[@class='answer']/following-sibling::*")[0].get("id")
        == "contents"
    )


def test_a_summary_that_the_answer_says_is_not_said_again(tmp_path: Path) -> None:
    """No standfirst stands above an answer that begins with it, or where the file has no summary."""
    project = bake(tmp_path, SEARCH_INDEX=False)
    text = answer("How a starter raises a loaf. It takes a day.")
    for head in (HEAD, ""):
        project.edit(SOUR, (HEAD, head + text))
        project.build()
        page = document(project.page("/articles/sour/"))
        assert not page.xpath("//p[@class='standfirst']")
        assert page.xpath("//meta[@name='description']/@content") == [
            "How a starter raises a loaf."
        ]
        project.edit(SOUR, (head + text, HEAD))


def test_a_file_says_what_it_is_about(tmp_path: Path) -> None:
    """Without an answer a summary is required."""
    project = bake(tmp_path, SEARCH_INDEX=False)
    project.edit(SOUR, (HEAD, ""))
    assert any(f'{SOUR}:1: the file has no "summary"' in it for it in project.faults())


@pytest.mark.parametrize("before", ["## A heading\n", answer("One. Two.")])
def test_an_answer_opens_its_file(before: str, tmp_path: Path) -> None:
    """An answer after anything else, another answer included, is a fault of its line."""
    project = bake(tmp_path, SEARCH_INDEX=False)
    second = answer("Three. Four.").replace("In short", "Also short")
    project.edit(SOUR, (HEAD, f"{HEAD}\n{before}{second}"))
    (fault,) = project.faults()
    assert 'the answer "also-short" stands after something else' in fault
    assert "which opens it" in fault


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
def test_answers_are_short(text: str, found: str, tmp_path: Path) -> None:
    """Advice names an answer outside two to five sentences or over seventy words, and a page without one."""
    project = bake(tmp_path)
    project.edit(SOUR, (HEAD, HEAD + answer(text.replace("word word", "Word word", 1))))
    built = build(project.root / "pelicanconf.py", SEARCH_INDEX=False)
    lines = [it for it in advice.advise(built.site, date(2026, 1, 2)) if "answer" in it]
    named = [it for it in lines if it.startswith(SOUR)]
    assert [found in it for it in named] == ([True] if found else [])
    assert any(
        it.startswith("content/topics/rising.md:1: no short answer") for it in lines
    )


def test_what_was_looked_up_is_due_after_some_months(tmp_path: Path) -> None:
    """Advice names what is overdue by REVIEW_MONTHS, on the day after and not before; never for 0."""
    project = bake(tmp_path)
    site = build(project.root / "pelicanconf.py", SEARCH_INDEX=False).site
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
