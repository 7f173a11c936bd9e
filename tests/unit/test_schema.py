"""What an editor may write in a field, and what is said of anything else."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from sitebuild.faults import Report
from sitebuild.model import (
    PAGE_TYPES,
    Options,
    PageFields,
    Raw,
    SourceLine,
    page_type,
)
from sitebuild.read import convert, schema

PLACE = SourceLine("a.md", 1)


@pytest.mark.parametrize(
    ("function", "written", "value"),
    [
        (convert.text, " Two\n words ", "Two words"),
        (convert.text, "'tis", "'tis"),
        (convert.text, '"A" and "B"', '"A" and "B"'),
        (convert.text, '"A" and B', '"A" and B'),
        (convert.slug, "one-2-three", "one-2-three"),
        (convert.names, "a, b , c", ("a", "b", "c")),
        (convert.names, ["a", " b "], ("a", "b")),
        (convert.names, "", ()),
        (convert.names, None, ()),
        (convert.sources, [], ()),
        (convert.sources, "a", ("a",)),
        (convert.day, "2024-02-29", date(2024, 2, 29)),
        (convert.number, "9999", 9999),
        (convert.number, "0", 0),
        (convert.choice("yes", "no"), "no", "no"),
        (convert.address, "/", "/"),
        (convert.address, "/a/b-2/", "/a/b-2/"),
        (convert.address, "/404.html", "/404.html"),
        (convert.doi, "10.1000/182", "10.1000/182"),
    ],
)
def test_a_good_value_is_read(function: Any, written: Any, value: Any) -> None:
    """White space is folded, names are split, days and numbers are values."""
    assert function(written) == value


@pytest.mark.parametrize(
    ("function", "written", "allowed"),
    [
        (convert.text, " ", "a line of text"),
        (convert.text, None, "a line of text"),
        (convert.text, ["a"], "a line of text"),
        (convert.text, '"A"', "without quotes around it"),
        (convert.text, "'A'", "without quotes around it"),
        (convert.slug, "One", "lower-case words"),
        (convert.slug, "one--two", "lower-case words"),
        (convert.slug, None, "lower-case words"),
        (convert.names, "a, b, a", "each name once"),
        (convert.sources, None, "[] where there are none"),
        (convert.sources, "", "[] where there are none"),
        (convert.day, "2026-02-30", "2026-01-31"),
        (convert.day, "2026-1-31", "2026-01-31"),
        (convert.day, "20260131", "2026-01-31"),
        (convert.day, None, "2026-01-31"),
        (convert.number, "10000", "from 0 to 9999"),
        (convert.number, "-1", "from 0 to 9999"),
        (convert.choice("yes", "no"), "maybe", "one of yes, no"),
        (convert.address, "about/", "such as /about/"),
        (convert.address, "/about", "such as /about/"),
        (convert.address, "/a/index.html", "such as /about/"),
        (convert.doi, "https://doi.org/10.1000/182", "such as 10.1000/182"),
    ],
)
def test_a_bad_value_is_answered_with_what_is_allowed(
    function: Any, written: Any, allowed: str
) -> None:
    """Each conversion says what it takes."""
    with pytest.raises(ValueError, match=r"^allowed ") as raised:
        function(written)
    assert allowed in str(raised.value)


def read(raw: dict[str, Raw]) -> tuple[dict[str, Any], list[str]]:
    """What the fields of a page give, and what is wrong with them."""
    report = Report()
    fields = schema.FRONT_MATTER["page"].fields
    values = schema.read(fields, raw, "the file", PLACE, report)
    return values, [str(fault) for fault in sorted(report.faults)]


def test_each_slip_in_fields_is_said_at_its_line() -> None:
    """A missing field is said at the place, a bad or unknown one at its own line."""
    raw = {
        "title": Raw("T", 2),
        "slug": Raw("S", 3),
        "sumary": Raw("S", 4),
        "status": Raw("draft", 5),
        "checked": Raw("never", 6),
    }
    values, faults = read(raw)
    assert (values["title"], values["slug"], values["status"]) == ("T", "", "draft")
    assert [fault.split("; ")[0] for fault in faults] == [
        'a.md:3: the file has the slug "S"',
        'a.md:4: the file has the unknown field "sumary"',
        'a.md:6: the file has the checked "never"',
    ]
    assert [fault.split("; ")[2] for fault in faults] == [
        "correct it",
        'did you mean "summary"?',
        "correct or remove it",
    ]


@pytest.mark.parametrize("kind", schema.FRONT_MATTER)
def test_front_matter_makes_a_value_of_its_kind(kind: str) -> None:
    """Type and table name the same fields, so that a field is added in both."""
    form = schema.FRONT_MATTER[kind]
    assert set(form.make.__dataclass_fields__) == set(form.fields)


@pytest.mark.parametrize("kind", schema.BLOCKS)
def test_options_make_a_value_of_their_kind(kind: str) -> None:
    """Type and table name the same options, and each has a default in both."""
    form = schema.BLOCKS[kind]
    defaults = {name: field.default for name, field in form.fields.items()}
    assert form.make(**defaults) == form.make()
    assert issubclass(form.make, Options)


def test_every_kind_of_block_belongs_to_a_kind_of_file() -> None:
    """A block that no file may hold would be no block at all."""
    used = {kind for kinds in schema.BLOCKS_OF.values() for kind in kinds}
    assert used == set(schema.BLOCKS)
    assert set(schema.BLOCKS_OF) == set(schema.FRONT_MATTER)


def test_an_unknown_type_of_page_is_indexed_and_dated() -> None:
    """A template that is only put into the theme makes pages like any other."""
    new = page_type("recipes")
    assert (new.name, new.is_indexed, new.is_dated) == ("recipes", True, True)
    assert new.lists_others  # it may show anything, so it is as new as the newest page
    assert page_type(PageFields().template) == page_type("page") == PAGE_TYPES["page"]


def test_pages_that_list_others_are_as_new_as_the_newest() -> None:
    """Home, the list of topics and the search page show something of every page."""
    listing = {name for name, it in PAGE_TYPES.items() if it.lists_others}
    assert listing == {"home", "topics", "search"}
