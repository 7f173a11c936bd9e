"""Addresses are promises: what was published stays reachable."""

from __future__ import annotations

import pytest
from addresses import (
    ARTICLE,
    PAGE,
    RECORD,
    REDIRECTS,
    advised,
    find_id,
    rename,
    rename_slug,
)
from bread import bake
from projects import Project


@pytest.fixture(scope="module")
def record(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The record of the site on bread, which was published."""
    project = bake(tmp_path_factory.mktemp("record") / "site", SEARCH_INDEX=False)
    project.publish()
    return project.read(RECORD)


@pytest.fixture
def known(bread: Project, record: str) -> Project:
    """The site on bread, whose addresses are promised."""
    bread.write(RECORD, record)
    return bread


def test_a_renamed_passage_wants_a_line(known: Project) -> None:
    """The fault names the line to add; with it the old address leads to the passage."""
    rename(known, "wild-yeast", "tame-yeast")
    (fault,) = known.faults()
    line = known.read(RECORD).splitlines().index(f"{PAGE}#wild-yeast") + 1
    assert fault == (
        f"{RECORD}:{line}: {PAGE}#wild-yeast was published and is gone; "
        "what was published stays reachable; "
        f"add the line `{PAGE}#wild-yeast {PAGE}#tame-yeast` to {REDIRECTS}"
    )
    known.write(REDIRECTS, f"{advised(fault)}\n")
    assert known.faults() == []
    (passage,) = find_id(known.page(PAGE), "tame-yeast")
    assert passage.xpath('.//*[@id="wild-yeast"]')


def test_nothing_is_gone_while_a_source_is_unreadable(known: Project) -> None:
    """A slip in an article is one fault, and no redirect is asked for its passages."""
    known.edit(ARTICLE, ("date: 2026-01-02", "date: yesterday"))
    rename(known, "hot-oven", "Hot Oven")
    assert not [fault for fault in known.faults() if "is gone" in fault]


def test_record_grows_and_never_shrinks(bread: Project) -> None:
    """Publishing adds new addresses, keeps old ones, and says how many were new."""
    bread.write(RECORD, "# A comment\n/long-gone/\n")
    bread.write(REDIRECTS, "/long-gone/ /about/\n")
    said = bread.publish()
    comment, *lines = bread.read(RECORD).splitlines()
    assert comment.startswith("# Every address")
    assert f"{PAGE}#wild-yeast" in lines
    assert "/long-gone/" in lines
    assert lines == sorted(set(lines))
    assert f"{RECORD}: new addresses: {len(lines) - 1}; commit the file" in said
    before = bread.read(RECORD)
    bread.edit("content/pages/about.md", ("Words on", "More words on"))
    assert "new addresses" not in bread.publish()
    assert bread.read(RECORD) == before


def test_following_the_advice_ends_without_faults(known: Project) -> None:
    """Whatever is renamed, the lines that faults ask for are all that is needed."""
    rename_slug(known)
    rename(known, "wild-yeast", "tame-yeast")
    known.edit("content/topics/rising.md", ("| Do I need", "| Does one need"))
    known.edit("content/evidence.yaml", ("starter-rises", "starters-rise"))
    for path in (ARTICLE, "content/topics/rising.md"):
        known.edit(path, ("starter-rises", "starters-rise"))
    lines = ""
    for _ in range(3):
        wanted = [advised(fault) for fault in known.faults()]
        assert all(wanted)
        lines += "".join(f"{line}\n" for line in wanted)
        known.write(REDIRECTS, lines)
    assert known.faults() == []
    assert f"{PAGE}#wild-yeast /articles/sourdough/#tame-yeast" in lines
    assert len(lines.splitlines()) == 4
    for line in lines.splitlines():
        old, new = (it.rpartition("#")[2] for it in line.split())
        if "#" in line:
            page = known.page(line.split()[1].partition("#")[0])
            (anchor,) = find_id(page, old)
            assert new in anchor.xpath("ancestor::*/@id")


@pytest.mark.parametrize(
    "lines",
    [
        # The slug was renamed first, then the id; and the other way round.
        "{0} {1}\n{0}#wild-yeast {1}#tame-yeast\n{1}#wild-yeast {1}#tame-yeast\n",
        "{0}#wild-yeast {0}#tame-yeast\n{0} {1}\n",
    ],
)
def test_an_id_and_a_slug_keep_both_addresses(lines: str, bread: Project) -> None:
    """The old address of a passage opens it after its article and it were renamed."""
    rename(bread, "wild-yeast", "tame-yeast")
    rename_slug(bread)
    bread.write(REDIRECTS, lines.format(PAGE, "/articles/sourdough/"))
    assert bread.faults() == []
    (passage,) = find_id(bread.page("/articles/sourdough/"), "tame-yeast")
    assert passage.xpath('.//*[@id="wild-yeast"]')


def test_copies_on_topic_pages_keep_old_ids(known: Project) -> None:
    """A link to a copy works after the passage and its article were renamed."""
    rename_slug(known)
    rename(known, "wild-yeast", "tame-yeast")
    known.write(
        REDIRECTS,
        "/articles/sour/ /articles/sourdough/\n"
        "/articles/sour/#wild-yeast /articles/sourdough/#tame-yeast\n",
    )
    assert known.faults() == []
    (copy,) = find_id(known.page("/topics/rising/"), "sourdough-tame-yeast")
    assert copy.xpath('.//*[@id="sour-wild-yeast"]')
    (caution,) = find_id(known.page("/topics/rising/"), "sourdough-hot-oven")
    assert caution.xpath('.//*[@id="sour-hot-oven"]')


def test_a_passage_lost_while_its_article_moved_is_a_fault(known: Project) -> None:
    """A redirect of the article does not hide that one of its passages is gone."""
    rename_slug(known)
    rename(known, "wild-yeast", "tame-yeast")
    known.write(REDIRECTS, "/articles/sour/ /articles/sourdough/\n")
    (fault,) = known.faults()
    assert f"{PAGE}#wild-yeast was published and is gone" in fault
    assert advised(fault) == f"{PAGE}#wild-yeast /articles/sourdough/#tame-yeast"


@pytest.mark.parametrize(("slug", "address"), [("404", "/404.html"), ("home", "/")])
def test_a_page_that_every_site_needs(known: Project, slug: str, address: str) -> None:
    """It cannot be dropped or redirected, and bringing it back is the way on."""
    source = known.root / f"content/pages/{slug}.md"
    text = source.read_text("utf-8")
    source.unlink()
    assert any(
        fault.startswith(f"content/pages/{slug}.md:1: the site has no page {address};")
        for fault in known.faults()
    )
    assert not [fault for fault in known.faults() if "add the line" in fault]
    known.write(REDIRECTS, f"{address} /about/\n")
    assert any(f"{address} is redirected" in fault for fault in known.faults())
    known.write(REDIRECTS, "")
    source.write_text(text.replace("status: published", "status: draft"), "utf-8")
    assert any("the site has no page" in fault for fault in known.faults())
    source.write_text(text, "utf-8")
    assert known.faults() == []


def test_the_likely_heir_of_a_page(bread: Project) -> None:
    """The nearest name is advised; where nothing is near, no address is invented."""
    bread.write(RECORD, "/abuot/\n/guides/old/\n")
    near, none = bread.faults()
    assert advised(near) == "/abuot/ /about/"
    assert none.endswith(
        f"add a line to {REDIRECTS}: /guides/old/, a space and the address of the page "
        "that takes its place"
    )
