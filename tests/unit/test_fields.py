"""What an editor may write in a field, and what is said of anything else."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from sitebuild.drawn import Lasting, Scale
from sitebuild.faults import Report
from sitebuild.model import (
    BLOCKS,
    BLOCKS_OF,
    HEADERS,
    Address,
    Doi,
    Fields,
    Finding,
    Forms,
    Names,
    Options,
    Reference,
    Slug,
)
from sitebuild.read.fields import READERS, fields_of, read_fields

KEYS = tuple[Reference, ...]


@pytest.mark.parametrize(
    ("kind", "written", "value"),
    [
        (str, " Two\n words ", "Two words"),
        (str, "'tis", "'tis"),
        (str, '"A" and "B"', '"A" and "B"'),
        (str, "A &gt; 12 &amp; B < 30", "A > 12 & B < 30"),
        (Slug, "one-2-three", "one-2-three"),
        (Names, "a, b , c", ("a", "b", "c")),
        (Names, ["a", " b "], ("a", "b")),
        (Names, "", ()),
        (Names, "a, b, a", ("a", "b")),
        (Forms, "a b, c", ("a b", "c")),
        (KEYS, [], ()),
        (KEYS, "a", ("a",)),
        (date, "2024-02-29", date(2024, 2, 29)),
        (date, "2018-4-6 22:51", date(2018, 4, 6)),
        (date, "Fri, 06 Apr 2018 22:51:00 +0200", date(2018, 4, 6)),
        (date, "6 April 2018", date(2018, 4, 6)),
        (int, "9999", 9999),
        (int, "0", 0),
        (Address, "/", "/"),
        (Address, "/a/b-2/", "/a/b-2/"),
        (Address, "/404.html", "/404.html"),
        (Doi, "10.1000/182", "10.1000/182"),
    ],
)
def test_a_good_value_is_read(kind: Any, written: Any, value: Any) -> None:
    """White space is folded, names are split, days and numbers are values."""
    assert READERS[kind](written) == value


@pytest.mark.parametrize(
    ("kind", "written", "allowed"),
    [
        (str, " ", "a line of text"),
        (str, ["a"], "a line of text"),
        (Slug, "One", "lower-case words"),
        (Slug, "one--two", "lower-case words"),
        (Names, "a,", "commas between them"),
        (Names, "a b", "a comma between two names: a, b"),
        (KEYS, "", "[] where there are none"),
        (date, "2026-02-30", "2026-01-31"),
        (date, "April 2018", "2026-01-31"),
        (date, "yesterday", "2026-01-31"),
        (date, "2026-W47-6", "2026-01-31"),
        (str, "A <b>c</b>", 'without "<b>"'),
        (date, "06.04.2018", "2026-01-31"),
        (int, "10000", "from 0 to 9999"),
        (int, "-1", "from 0 to 9999"),
        (Address, "about/", "such as /about/"),
        (Address, "/about", "such as /about/"),
        (Address, "/a/index.html", "such as /about/"),
        (Doi, "doi.org/10.1000/182", "such as 10.1000/182"),
    ],
)
def test_a_bad_value_is_answered_with_what_is_allowed(
    kind: Any, written: Any, allowed: str
) -> None:
    """Each type says what it takes."""
    read = READERS[kind]
    with pytest.raises(ValueError, match=r"^allowed ") as raised:
        read(written)
    assert allowed in str(raised.value)


@pytest.mark.parametrize("make", [Options, Fields, Finding, Lasting, Scale, Reference])
def test_the_example_of_a_field_is_allowed(make: Any) -> None:
    """What a fault tells to write for a field that is missing can be read."""
    for field in fields_of(make).values():
        if field.required and field.example != "[]":
            assert field.read(field.example)


def test_fields_that_are_missing_are_one_fault() -> None:
    """The lines to add are said together, with a slug of the name of the file."""
    file = Report("My page.md")
    read_fields(Fields, {}, "the file", 1, file, names=HEADERS["page"])
    (fault,) = file.faults
    assert fault.remedy == "add `title: Some words`, `slug: my-page`"


def test_every_kind_of_block_belongs_to_a_kind_of_file() -> None:
    """A block that no file may hold would be no block at all."""
    used = {kind for kinds in BLOCKS_OF.values() for kind in kinds}
    assert used == set(BLOCKS)
    assert set(BLOCKS_OF) == set(HEADERS)
    assert {it for names in BLOCKS.values() for it in names} == set(fields_of(Options))
