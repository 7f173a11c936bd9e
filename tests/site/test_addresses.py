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
from helpers import document
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


def test_renamed_passage_without_a_redirect(known: Project) -> None:
    """Renaming a passage id is a fault that names the line to add."""
    rename(known, "wild-yeast", "tame-yeast")
    (fault,) = known.faults()
    line = known.read(RECORD).splitlines().index(f"{PAGE}#wild-yeast") + 1
    assert fault == (
        f"{RECORD}:{line}: {PAGE}#wild-yeast was published and is gone; "
        "what was published stays reachable; "
        f"add the line `{PAGE}#wild-yeast {PAGE}#tame-yeast` to {REDIRECTS}"
    )


def test_renamed_passage_with_its_redirect(known: Project) -> None:
    """With the line that the fault asks for, the old address leads to the passage."""
    rename(known, "wild-yeast", "tame-yeast")
    known.write(REDIRECTS, f"{PAGE}#wild-yeast {PAGE}#tame-yeast\n")
    assert known.faults() == []
    (passage,) = document(known.page(PAGE)).xpath('//*[@id="tame-yeast"]')
    assert passage.xpath('.//*[@id="wild-yeast"]')


def test_deleted_page_without_a_redirect(known: Project) -> None:
    """Deleting a page that was published is a fault at its line of the record."""
    (known.root / "content/pages/about.md").unlink()
    faults = known.faults()
    assert any(
        fault.startswith(f"{RECORD}:") and "/about/ was published and is gone" in fault
        for fault in faults
    )


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


def test_a_slug_renamed_asks_for_one_line(known: Project) -> None:
    """One line with the new address in it stands for the page and all its passages."""
    rename_slug(known)
    (fault,) = known.faults()
    assert advised(fault) == "/articles/sour/ /articles/sourdough/"
    known.write(REDIRECTS, f"{advised(fault)}\n")
    assert known.faults() == []


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
    assert "/evidence/#starter-rises /evidence/#starters-rise" in lines
    assert len(lines.splitlines()) == 4


def test_a_slug_and_then_an_id_keep_both_addresses(known: Project) -> None:
    """The old address of a passage opens it after its article and it were renamed."""
    rename_slug(known)
    known.write(REDIRECTS, "/articles/sour/ /articles/sourdough/\n")
    known.publish()
    rename(known, "wild-yeast", "tame-yeast")
    (fault,) = known.faults()
    known.edit(REDIRECTS, lambda before: f"{before}{advised(fault)}\n")
    assert known.faults() == []
    page = known.page("/articles/sourdough/")
    assert find_id(page, "tame-yeast")[0].xpath('.//*[@id="wild-yeast"]')


def test_an_id_and_then_a_slug_keep_both_addresses(bread: Project) -> None:
    """The other order: the line of the passage leads to the page that went away."""
    rename(bread, "wild-yeast", "tame-yeast")
    rename_slug(bread)
    bread.write(
        REDIRECTS,
        f"{PAGE}#wild-yeast {PAGE}#tame-yeast\n{PAGE} /articles/sourdough/\n",
    )
    assert bread.faults() == []
    page = bread.page("/articles/sourdough/")
    assert find_id(page, "tame-yeast")[0].xpath('.//*[@id="wild-yeast"]')


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


@pytest.mark.parametrize(
    ("path", "old", "new", "address"),
    [
        (
            "content/topics/rising.md",
            "| Do I need a packet of yeast?",
            "| Do we need a packet of yeast?",
            "/topics/rising/#do-i-need-a-packet-of-yeast",
        ),
        (
            "content/evidence.yaml",
            "starter-rises",
            "starters",
            "/evidence/#starter-rises",
        ),
    ],
)
def test_questions_and_findings_are_promised(
    known: Project, path: str, old: str, new: str, address: str
) -> None:
    """Renaming one is a fault; with the line it asks for, the old address opens it."""
    for source in (path, ARTICLE, "content/topics/rising.md"):
        known.edit(source, lambda text: text.replace(old, new))
    (fault,) = known.faults()
    assert f"{address} was published and is gone" in fault
    known.write(REDIRECTS, f"{advised(fault)}\n")
    assert known.faults() == []
    page, _, ident = address.partition("#")
    (anchor,) = find_id(known.page(page), ident)
    target = advised(fault).rpartition("#")[2]
    assert target in anchor.xpath("ancestor::*/@id")


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


def test_a_page_without_a_likely_heir(bread: Project) -> None:
    """Where nothing took the place of a page, no address is invented."""
    bread.write(RECORD, "/guides/old/\n")
    (fault,) = bread.faults()
    assert fault.endswith(
        f"add a line to {REDIRECTS}: /guides/old/, a space and the address of the page "
        "that takes its place"
    )


def test_the_likely_heir_of_a_page(bread: Project) -> None:
    """Of new pages that share nothing with the old one, the nearest name is advised."""
    bread.write(RECORD, "/abuot/\n")
    (fault,) = bread.faults()
    assert advised(fault) == "/abuot/ /about/"
