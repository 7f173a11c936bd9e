"""Slips in front matter: fields that are missing, misspelt, doubled or ill-written."""

from __future__ import annotations

import re

from projects import Project
from slips import (
    ABOUT,
    ARTICLE_HEAD,
    GOOD,
    PAGE_HEAD,
    RISING,
    SLIP_ARTICLE,
    SLIP_PAGE,
    Slip,
    assert_one_fault,
    assert_sound,
    each,
)

TOPIC = """title: Nothing yet
name: Nothing
slug: slip
order: 2
status: {}
summary: Nothing yet.

/// note | A note

Words.
///
"""


def missing(name: str) -> Slip:
    """Return an article without a field that it needs."""
    head = re.sub(rf"^{name}:.*\n", "", ARTICLE_HEAD, flags=re.MULTILINE)
    says = f'has no "{name}"; required is {name}; '
    return Slip(SLIP_ARTICLE, "", head + GOOD, 1, says)


def field(line: str, says: str, name: str = "") -> Slip:
    """Return an article whose front matter begins with this line.

    It has no other line for the field that the line names, or that is named.
    """
    name = name or re.sub(r"^\W*(\w+).*", r"\1", line, flags=re.DOTALL)
    head = re.sub(rf"^{name}:.*\n", "", ARTICLE_HEAD, flags=re.MULTILINE)
    return Slip(SLIP_ARTICLE, "", f"{line}\n{head}{GOOD}", 1, says)


def below_slug(line: str, at: str, says: str) -> Slip:
    """Return a page with one more line in its front matter."""
    text = PAGE_HEAD.replace("slug: slip\n", f"slug: slip\n{line}\n")
    return Slip(SLIP_PAGE, "", f"{text}Words.\n", at, says)


NEEDED = {name: missing(name) for name in ("title", "date")}
NEEDED["a title that makes the slug"] = Slip(
    SLIP_ARTICLE,
    "",
    re.sub("(?m)^(title|slug):.*\n", "", ARTICLE_HEAD) + GOOD,
    1,
    'has no "title"; required is title; add `title: Some words`$',
)
NEEDED["summary of a page"] = Slip(ABOUT, "summary: On about.\n", "", 1, '"summary"')
NEEDED["slug of a page"] = Slip(ABOUT, "slug: about\n", "", 1, 'has no "slug"')
NEEDED["slug of a topic"] = Slip(RISING, "slug: rising\n", "", 1, 'has no "slug"')

VALUES = {
    "title with a link": field("title: A [b](/c/)", r'without "\[b\]\("'),
    "slug of words": field("slug: A Slip", 'slug "A Slip"'),
    "status that is none": field(
        "status: publised", 'status "publised".*published, draft'
    ),
    "date that is no day": field("date: 2026-02-30", r'date "2026-02-30".*2026-01-31'),
    "order that is no number": Slip(
        RISING, "order: 1", "order: first", "first", 'order "first".*whole number'
    ),
    "lead that is not of the topic": Slip(
        RISING,
        "order: 1",
        "order: 1\nlead: sour/hot-oven",
        "lead:",
        'passage "sour/hot-oven"',
    ),
    "claims as in YAML": field("claims: [b1, b2]", "commas between them and no marks"),
    "template that is misspelt": below_slug(
        "template: topcs", "template:", r'did you mean "topics"'
    ),
    "address of an index": below_slug(
        "address: /slip/index.html", "address:", r'address "/slip/index.html"'
    ),
}

LINES = {
    "unknown field": below_slug("claim: x", "claim", 'did you mean "claims"'),
    "field twice": Slip(
        ABOUT, "slug: about\n", "slug: about\nslug: about\n", 3, '"slug" stands twice'
    ),
    "words": Slip(
        SLIP_PAGE,
        "",
        PAGE_HEAD.replace("One slip.\n", "One slip.\nno field here\n") + "Words.\n",
        "no field",
        "is not a field",
    ),
    "equals sign": field("title = A", '"title = A" is not a field'),
    "field that is indented": Slip(
        SLIP_PAGE,
        "",
        "title: A slip\nslug: slip\nsummary: S.\n    status: draft\n\nWords.\n",
        "status",
        '"status: draft" is indented',
    ),
    "field that is indented, in YAML": Slip(
        SLIP_PAGE,
        "",
        "---\ntitle: A slip\nslug: slip\nsummary: S.\n  status: draft\n---\nWords.\n",
        "status",
        '"status: draft" is indented',
    ),
    "blank line": Slip(
        SLIP_PAGE,
        "",
        "title: A\n\nslug: slip\nstatus: draft\nsummary: S.\n\nW.\n",
        2,
        "among the fields",
    ),
}


test_what_a_kind_of_file_needs = each(
    "A field that is missing is a fault of the file's first line.", NEEDED
)
test_a_value_is_of_its_fields_kind = each(
    "Texts are plain, dates are days, names are known: else the line is at fault.",
    VALUES,
)
test_a_line_of_front_matter_is_a_field = each(
    "Each line is a field whose name is known and new, with no blank line between.",
    LINES,
)


def test_files_without_a_slip_have_no_fault(bread_site: Project) -> None:
    """What the rows break is sound, so that each fault is the slip's own."""
    files = {SLIP_ARTICLE: ARTICLE_HEAD + GOOD, SLIP_PAGE: f"{PAGE_HEAD}Words.\n"}
    with_optional = files[SLIP_ARTICLE].replace("slug: slip", "slug: whole")
    with_optional = f"modified: 2026-01-02\nclaims: b1, b2\n{with_optional}"
    goes_on = ">-\n    status quo: it\n    goes on: so"
    files[SLIP_PAGE] = files[SLIP_PAGE].replace("One slip.", goes_on)
    assert_sound(files | {"content/articles/whole.md": with_optional}, bread_site)


def test_a_topic_without_passages(bread_site: Project) -> None:
    """A published topic that no passage carries is a fault; as a draft it is not."""
    file = "content/topics/slip.md"
    says = 'no passage carries the topic "slip"'
    assert_one_fault(Slip(file, "", TOPIC.format("published"), 3, says), bread_site)
    assert_sound({file: TOPIC.format("draft")}, bread_site)
