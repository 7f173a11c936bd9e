"""A fault says where, what, what is allowed and what to do."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest

from sitebuild.faults import (
    Report,
    SiteFaults,
    Warnings,
    allowed_names,
    decode,
    known,
    place_of,
)
from sitebuild.model import SourceLine

PLACE = SourceLine("a.md", 2)
BREADS = ("rye", "spelt", "wheat")


def messages(report: Report) -> list[str]:
    """The faults of a report as an editor reads them."""
    return [str(fault) for fault in report.faults]


def test_faults_are_raised_together_sorted_and_once_each() -> None:
    """All faults of a build are raised at once, by file and line."""
    report = Report()
    for line in (10, 9, 10):
        report.add(SourceLine("a.md", line), "x", "y", "z")
    with pytest.raises(SiteFaults) as raised:
        report.stop()
    assert str(raised.value) == "a.md:9: x; y; z\na.md:10: x; y; z"


def test_without_any_name_nothing_is_listed() -> None:
    """Empty names are none."""
    assert allowed_names("rye", ["", ""]) == ("there are none yet", "")


@pytest.mark.parametrize(("count", "listed"), [(12, 12), (13, 4)])
def test_a_long_list_of_names_is_cut_to_the_nearest(count: int, listed: int) -> None:
    """Twelve names are listed; of more than that three, and how many more."""
    names = [f"name-{number}" for number in range(count)]
    allowed, _ = allowed_names("name-9", names)
    words = allowed.removeprefix("known are ").split(", ")
    assert len(words) == listed
    assert "name-9" in words
    assert count == 12 or words[-1] == "10 more"


def test_a_byte_order_mark_is_no_text() -> None:
    """What Windows writes before a text is not read as a part of it."""
    report = Report()
    assert decode("\ufeffone".encode(), "a.md", report) == "one"
    assert report.faults == []


def test_one_name_that_is_unknown_in_many_places_is_one_fault() -> None:
    """The first place has the fault, which names the others."""
    report = Report()
    for line in range(2, 9):
        place = SourceLine("a.md", line)
        known(["oat"], BREADS, "a loaf", "bread", place, report)
    known(["oat"], BREADS, "a field", "grain", PLACE, report)
    first, second = messages(report)
    assert first.startswith(
        'a.md:2: a loaf names the bread "oat", as at a.md:3, a.md:4, a.md:5, a.md:6, '
        "a.md:7 and 1 more; known are rye"
    )
    assert second.startswith('a.md:2: a field names the grain "oat"; known are')


@pytest.mark.parametrize(
    ("text", "remedy"),
    [
        ("It\ufffds bad", "type the letter again"),
        ("\uf0b7 First", "type - for a bullet"),
        ("It\u00e2\u20ac\u2122s", "type the letter again, and"),
        ("Caf\u00c3\u00a9", "type the letter again, and"),
        ("a\u202eb", "remove it"),
    ],
)
def test_a_spoilt_character_is_a_fault(text: str, remedy: str) -> None:
    """What a program lost or read wrongly is named with its column."""
    report = Report()
    decode(text.encode(), "a.md", report)
    assert [fault.remedy[: len(remedy)] for fault in report.faults] == [remedy]


@pytest.mark.parametrize("text", ["Ångström, \u00c3 and \u00e2, café", "a\u200db"])
def test_letters_of_other_languages_are_letters(text: str) -> None:
    """No letter is taken for a spoilt one."""
    report = Report()
    assert decode(text.encode(), "a.md", report) == text
    assert report.faults == []


def test_a_character_that_no_page_may_hold_is_named_by_column() -> None:
    """Line and column of a control character are counted from 1, and it is replaced."""
    report = Report()
    assert decode(b"a\nbc\x07d\x0b\tz\n", "a.md", report) == "a\nbc\ufffdd\ufffd\tz\n"
    found = [(fault.place.line, fault.found) for fault in report.faults]
    assert found == [
        (2, "the character U+0007 stands at column 3"),
        (2, "the character U+000B stands at column 5"),
    ]


def test_an_error_in_python_is_placed_at_its_line(tmp_path: Path) -> None:
    """The innermost line of the project is named, be it run or only read."""
    script = tmp_path / "conf.py"
    script.write_text("x = 1\ny = int('z')\n")
    with pytest.raises(ValueError, match="invalid") as raised:
        exec(compile(script.read_text(), script, "exec"), {})
    assert place_of(raised.value, tmp_path) == SourceLine("conf.py", 2)
    with pytest.raises(SyntaxError) as unread:
        compile("x = 1\nx =\n", script, "exec")
    assert place_of(unread.value, tmp_path) == SourceLine("conf.py", 2)
    elsewhere = place_of(raised.value, tmp_path / "other")
    assert elsewhere == SourceLine("pelicanconf.py", 1)


def test_a_warning_of_a_library_is_a_fault(tmp_path: Path) -> None:
    """A build succeeds without a warning; no path of the machine is shown."""
    report = Report()
    logger = logging.getLogger("sitebuild.tests")
    logger.propagate = False
    handler = Warnings(report, tmp_path)
    logger.addHandler(handler)
    try:
        logger.info("all is well")
        logger.warning("bad %s", tmp_path / "a.md")
        try:
            {}["x"]
        except KeyError:
            logger.exception("worse")
    finally:
        logger.removeHandler(handler)
    assert [fault.found for fault in report.faults] == [
        "sitebuild.tests warns: bad a.md",
        "sitebuild.tests warns: worse (KeyError)",
    ]
