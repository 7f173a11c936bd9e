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
    publish,
    rename,
    rename_slug,
)
from helpers import document
from projects import Project


def test_renamed_passage_without_a_redirect(bread: Project) -> None:
    """Renaming a passage id is a fault that names the line to add."""
    publish(bread)
    rename(bread, "wild-yeast", "tame-yeast")
    (fault,) = bread.faults()
    line = bread.read(RECORD).splitlines().index(f"{PAGE}#wild-yeast") + 1
    assert fault == (
        f"{RECORD}:{line}: {PAGE}#wild-yeast was published and is gone; "
        "what was published stays reachable; "
        f"add the line `{PAGE}#wild-yeast {PAGE}#tame-yeast` to {REDIRECTS}"
    )


def test_renamed_passage_with_its_redirect(bread: Project) -> None:
    """With the line that the fault asks for, the old address leads to the passage."""
    publish(bread)
    rename(bread, "wild-yeast", "tame-yeast")
    bread.write(REDIRECTS, f"{PAGE}#wild-yeast {PAGE}#tame-yeast\n")
    assert bread.faults() == []
    (passage,) = document(bread.page(PAGE)).xpath('//*[@id="tame-yeast"]')
    assert passage.xpath('.//*[@id="wild-yeast"]')


def test_deleted_page_without_a_redirect(bread: Project) -> None:
    """Deleting a page that was published is a fault at its line of the record."""
    publish(bread)
    (bread.root / "content/pages/about.md").unlink()
    faults = bread.faults()
    assert any(
        fault.startswith(f"{RECORD}:") and "/about/ was published and is gone" in fault
        for fault in faults
    )


def test_nothing_is_gone_while_a_source_is_unreadable(bread: Project) -> None:
    """A slip in an article is one fault, and no redirect is asked for its passages."""
    publish(bread)
    bread.edit(ARTICLE, ("date: 2026-01-02", "date: yesterday"))
    rename(bread, "hot-oven", "Hot Oven")
    assert not [fault for fault in bread.faults() if "is gone" in fault]


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


def test_a_slug_renamed_asks_for_one_line(bread: Project) -> None:
    """One line with the new address in it stands for the page and all its passages."""
    publish(bread)
    rename_slug(bread)
    (fault,) = bread.faults()
    assert advised(fault) == "/articles/sour/ /articles/sourdough/"
    bread.write(REDIRECTS, f"{advised(fault)}\n")
    assert bread.faults() == []


def test_following_the_advice_ends_without_faults(bread: Project) -> None:
    """Whatever is renamed, the lines that faults ask for are all that is needed."""
    publish(bread)
    rename_slug(bread)
    rename(bread, "wild-yeast", "tame-yeast")
    bread.edit("content/topics/rising.md", ("| Do I need", "| Does one need"))
    bread.edit("content/evidence.yaml", ("starter-rises", "starters-rise"))
    for path in (ARTICLE, "content/topics/rising.md"):
        bread.edit(path, ("starter-rises", "starters-rise"))
    lines = ""
    for _ in range(3):
        wanted = [advised(fault) for fault in bread.faults()]
        assert all(wanted)
        lines += "".join(f"{line}\n" for line in wanted)
        bread.write(REDIRECTS, lines)
    assert bread.faults() == []
    assert f"{PAGE}#wild-yeast /articles/sourdough/#tame-yeast" in lines
    assert "/evidence/#starter-rises /evidence/#starters-rise" in lines
    assert len(lines.splitlines()) == 4


def test_a_slug_and_then_an_id_keep_both_addresses(bread: Project) -> None:
    """The old address of a passage opens it after its article and it were renamed."""
    publish(bread)
    rename_slug(bread)
    bread.write(REDIRECTS, "/articles/sour/ /articles/sourdough/\n")
    publish(bread)
    rename(bread, "wild-yeast", "tame-yeast")
    (fault,) = bread.faults()
    bread.edit(REDIRECTS, lambda before: f"{before}{advised(fault)}\n")
    assert bread.faults() == []
    page = bread.page("/articles/sourdough/")
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


def test_copies_on_topic_pages_keep_old_ids(bread: Project) -> None:
    """A link to a copy works after the passage and its article were renamed."""
    publish(bread)
    rename_slug(bread)
    rename(bread, "wild-yeast", "tame-yeast")
    bread.write(
        REDIRECTS,
        "/articles/sour/ /articles/sourdough/\n"
        "/articles/sour/#wild-yeast /articles/sourdough/#tame-yeast\n",
    )
    assert bread.faults() == []
    (copy,) = find_id(bread.page("/topics/rising/"), "sourdough-tame-yeast")
    assert copy.xpath('.//*[@id="sour-wild-yeast"]')
    (caution,) = find_id(bread.page("/topics/rising/"), "sourdough-hot-oven")
    assert caution.xpath('.//*[@id="sour-hot-oven"]')


def test_a_passage_lost_while_its_article_moved_is_a_fault(bread: Project) -> None:
    """A redirect of the article does not hide that one of its passages is gone."""
    publish(bread)
    rename_slug(bread)
    rename(bread, "wild-yeast", "tame-yeast")
    bread.write(REDIRECTS, "/articles/sour/ /articles/sourdough/\n")
    (fault,) = bread.faults()
    assert f"{PAGE}#wild-yeast was published and is gone" in fault
    assert advised(fault) == f"{PAGE}#wild-yeast /articles/sourdough/#tame-yeast"


@pytest.mark.parametrize(
    ("path", "old", "new", "address"),
    [
        (
            "content/topics/rising.md",
            "| Do I need a packet of yeast?",
            "| Is yeast needed?",
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
    bread: Project, path: str, old: str, new: str, address: str
) -> None:
    """Renaming one is a fault; with the line it asks for, the old address opens it."""
    publish(bread)
    for source in (path, ARTICLE, "content/topics/rising.md"):
        bread.edit(source, lambda text: text.replace(old, new))
    (fault,) = bread.faults()
    assert f"{address} was published and is gone" in fault
    bread.write(REDIRECTS, f"{advised(fault)}\n")
    assert bread.faults() == []
    page, _, ident = address.partition("#")
    (anchor,) = find_id(bread.page(page), ident)
    target = advised(fault).rpartition("#")[2]
    assert anchor.getparent().get("id") == target


@pytest.mark.parametrize(("slug", "address"), [("404", "/404.html"), ("home", "/")])
def test_a_page_that_every_site_needs(bread: Project, slug: str, address: str) -> None:
    """It cannot be dropped or redirected, and bringing it back is the way on."""
    publish(bread)
    source = bread.root / f"content/pages/{slug}.md"
    text = source.read_text("utf-8")
    source.unlink()
    assert any(
        fault.startswith(f"content/pages/{slug}.md:1: the site has no page {address};")
        for fault in bread.faults()
    )
    assert not [fault for fault in bread.faults() if "add the line" in fault]
    bread.write(REDIRECTS, f"{address} /about/\n")
    assert any(f"{address} is redirected" in fault for fault in bread.faults())
    bread.write(REDIRECTS, "")
    source.write_text(text.replace("status: published", "status: draft"), "utf-8")
    assert any("the site has no page" in fault for fault in bread.faults())
    source.write_text(text, "utf-8")
    assert bread.faults() == []


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
