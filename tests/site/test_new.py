"""An ordinary Pelican article: one fault, and a draft made of it."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from bread import bake
from helpers import document
from projects import Project

from sitebuild.dev import scaffold
from sitebuild.faults import SiteFaults

TODAY = date(2026, 2, 1)
FILE = "content/articles/rye.md"
ORDINARY = """Title: Rye bread: a *dark* loaf
Date: 2026-01-15 10:20
Modified: 2026-01-20
Category: Bread
Tags: rye, flour
Authors: Bea Baker
Summary: What *rye* needs,
    and why.

Rye flour holds *much* water, as [Baker] says.
It goes on here.

Flour
=====

Buy it fresh. Keep it cool:

- in a jar

- or in a tin

    1. with a lid

Rye flour holds much of everything.

### Its smell ###

```
# no heading

no block
```

> A quotation.

Oven
----

| a | b |
|---|---|
| 1 | 2 |

An oven is hot.[^1]

[Baker]: https://baker.example.com/
[^1]: Mind your hands.
"""


@pytest.fixture
def bread(tmp_path: Path) -> Project:
    """The site on bread."""
    return bake(tmp_path / "project", SEARCH_INDEX=False)


def convert(project: Project) -> str:
    """Make a draft of the ordinary article in the content; returns its text."""
    file = project.root / FILE
    path = scaffold.from_article(project.root / "content", file, TODAY)
    return path.read_text("utf-8")


@pytest.mark.parametrize(
    "text",
    [
        ORDINARY,
        "title: Rye\ndate: 2026-01-15\ncategory: Bread\n\nRye flour.\n",
        "Title: Rye\nDate: 2026-01-15\n\nRye flour.\n",
        "Title: Rye\n",
    ],
)
def test_an_ordinary_article_is_one_fault(text: str, bread: Project) -> None:
    """It says what an article here is made of, and the task that makes it."""
    bread.write(FILE, text)
    (fault,) = bread.faults()
    assert fault.startswith(f"{FILE}:1: this is an ordinary Pelican article")
    assert "/// passage | its-id" in fault
    assert f"invoke new article --from {FILE}" in fault


def test_an_article_with_a_block_is_no_ordinary_one(bread: Project) -> None:
    """A field in capitals is no sign where the text has passages, slips included."""
    for mark in ("///", "//", " ///"):
        text = f"Title: Rye\nTags: rye\n\n{mark} passage | rye\n\nRye.\n///\n"
        bread.write(FILE, text)
        assert not [fault for fault in bread.faults() if "ordinary" in fault]


def test_a_draft_of_it_builds(bread: Project) -> None:
    """Its headings stay, each run of text is a passage, lists and code stay whole."""
    bread.write(FILE, ORDINARY)
    text = convert(bread)
    assert "status: draft\n" in text
    assert bread.faults() == []
    bread.edit(FILE, ("status: draft", "status: published"))
    assert bread.faults() == []
    (address,) = [path.name for path in (bread.output / "articles").glob("rye*")]
    main = document(bread.page(f"/articles/{address}/")).xpath("//main")[0]
    shown = main.text_content()
    for words in (
        "Rye flour holds",
        "or in a tin",
        "# no heading",
        "A quotation",
        "hot",
    ):
        assert words in shown
    assert main.xpath('.//a[@href="https://baker.example.com/"]')
    assert main.xpath('.//div[@class="passage"]//ul/li[2]')


def test_a_draft_keeps_fields_and_order(bread: Project) -> None:
    """Title, days and summary are taken over; ids are the first words, each once."""
    bread.write(FILE, ORDINARY)
    head, _, body = convert(bread).partition("\n\n")
    assert head.splitlines() == [
        "title: Rye bread: a dark loaf",
        "slug: rye-bread-a-dark-loaf",
        "date: 2026-01-15",
        "modified: 2026-01-20",
        "status: draft",
        "summary: What rye needs, and why.",
    ]
    marks = [line for line in body.splitlines() if line.startswith(("/// ", "##"))]
    assert marks == [
        "/// passage | rye-flour-holds-much",
        "## Flour",
        "/// passage | buy-it-fresh-keep",
        "/// passage | rye-flour-holds-much-2",
        "### Its smell",
        "/// passage | no-heading-no-block",
        "## Oven",
        "/// passage | a-b-1-2",
        "/// passage | an-oven-is-hot1",
    ]


def test_what_is_missing_is_filled_in(bread: Project) -> None:
    """Without a day it is today's, without a summary the first sentence."""
    bread.write(
        FILE, "Category: Bread\nDate: someday\n\n# Rye\n\nIt is *dark*. Is it?\n"
    )
    text = convert(bread)
    assert text.startswith(
        f"title: rye\nslug: rye\ndate: {TODAY}\nstatus: draft\nsummary: It is dark.\n"
    )
    assert bread.faults() == []


def test_a_slug_is_kept(bread: Project) -> None:
    """An article that has an address of its own keeps it."""
    bread.write(FILE, "Title: Rye\nSlug: dark-rye\n\nIt is dark.\n")
    assert convert(bread).startswith("title: Rye\nslug: dark-rye\n")


def test_passages_are_not_made_twice(bread: Project) -> None:
    """A draft that was made already is left alone."""
    bread.write(FILE, "Title: Rye\n\nIt is dark.\n")
    before = convert(bread)
    with pytest.raises(SiteFaults, match="has blocks"):
        convert(bread)
    assert bread.read(FILE) == before


def test_a_file_elsewhere_is_kept(bread: Project) -> None:
    """A file outside the content stays; the draft is named after its title."""
    file = bread.root / "old.md"
    file.write_text(ORDINARY)
    path = scaffold.from_article(bread.root / "content", file, TODAY)
    assert path.name == "rye-bread-a-dark-loaf.md"
    assert file.read_text() == ORDINARY
    with pytest.raises(SiteFaults, match="the file exists already"):
        scaffold.from_article(bread.root / "content", file, TODAY)


def test_a_slug_is_kept_from_elsewhere(bread: Project) -> None:
    """An article that comes from another site has the address that it had there."""
    file = bread.root / "old.md"
    file.write_text("Title: Rye\nSlug: dark-rye\n\nIt is dark.\n")
    path = scaffold.from_article(bread.root / "content", file, TODAY)
    assert path.name == "dark-rye.md"
    assert path.read_text().startswith("title: Rye\nslug: dark-rye\n")
    assert bread.faults() == []


@pytest.mark.parametrize(
    ("data", "message"),
    [(None, "cannot be read: No such file"), (b"\xff", "is not UTF-8")],
)
def test_a_file_that_is_no_text(
    data: bytes | None, message: str, bread: Project
) -> None:
    """A file that is not there or is no text is one sentence."""
    if data:
        bread.write("old.md", data)
    with pytest.raises(SiteFaults, match=message):
        scaffold.from_article(bread.root / "content", bread.root / "old.md", TODAY)


def test_a_file_at_the_root_is_named_as_it_is(tmp_path: Path) -> None:
    """A short path has one slash before it."""
    with pytest.raises(SiteFaults, match=r"^/nowhere.md:1: "):
        scaffold.from_article(tmp_path, Path("/nowhere.md"), TODAY)
