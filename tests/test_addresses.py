"""Addresses are promises: what was published stays reachable."""

from __future__ import annotations

from pathlib import Path

import pytest
from bread import bake
from conftest import ROOT, Project
from helpers import document

from sitebuild.build import Build
from sitebuild.check import addresses
from sitebuild.plugin import build

ARTICLE = "content/articles/sour.md"
PAGE = "/articles/sour/"
REDIRECTS = "content/redirects.txt"
RECORD = "content/addresses.txt"


@pytest.fixture
def bread(tmp_path: Path) -> Project:
    """The site on bread, of which nothing was published yet."""
    return bake(tmp_path / "project")


def done(project: Project) -> Build:
    """A finished build of a project."""
    return build(project.root / "pelicanconf.py")


def publish(project: Project) -> None:
    """Record every address of a project as published."""
    addresses.record(project.root / "content", done(project).site)


def rename(project: Project, old: str, new: str) -> None:
    """Give a passage another id, and no redirect."""
    project.edit(ARTICLE, (f"/// passage | {old}\n", f"/// passage | {new}\n"))


def test_renamed_passage_without_a_redirect(bread: Project) -> None:
    """Renaming a passage id is a fault that names the line to add."""
    publish(bread)
    rename(bread, "wild-yeast", "tame-yeast")
    (fault,) = bread.faults()
    line = bread.read(RECORD).splitlines().index(f"{PAGE}#wild-yeast") + 1
    assert fault == (
        f"{RECORD}:{line}: {PAGE}#wild-yeast was published and is gone; what was "
        f"published stays reachable; add the line `{PAGE}#wild-yeast /where-it-went/` "
        f"to {REDIRECTS}"
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


def test_a_redirected_page_takes_its_passages_along(bread: Project) -> None:
    """Whoever asks for a passage of a page that moved is brought to where it went."""
    bread.write(RECORD, "/old/\n/old/#part\n")
    assert len(bread.faults()) == 2
    bread.write(REDIRECTS, "/old/ /about/\n")
    assert bread.faults() == []


def test_nothing_is_gone_while_a_source_is_unreadable(bread: Project) -> None:
    """A slip in an article is one fault, and no redirect is asked for its passages."""
    publish(bread)
    bread.edit(ARTICLE, ("date: 2026-01-02", "date: yesterday"))
    rename(bread, "hot-oven", "Hot Oven")
    assert not [fault for fault in bread.faults() if "is gone" in fault]


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        ("/a/ /b/\n/b/ /a/\n", "/a/ leads in a circle by way of /a/"),
        ("/a/ /a/\n", "/a/ leads in a circle"),
        ("/old/ /nowhere/\n", "/old/ leads to /nowhere/, which does not exist"),
        ("/older/ /old/\n/old/ /no/\n", "/older/ leads to /no/, which does not exist"),
        ("/about/ /\n", "/about/ is redirected and still exists"),
        (f"{PAGE}#hot-oven /\n", "#hot-oven is redirected and still exists"),
        ("/old/ /about/\n/old/ /\n", "/old/ is redirected twice"),
        ("/old/\n", "is not a redirect"),
        ("/old/ /about/ /\n", "is not a redirect"),
        ("old new\n", "is not a redirect"),
        (b"# caf\xe9\n", "byte 0xe9 is not UTF-8"),
    ],
)
def test_bad_redirects(lines: str | bytes, message: str, bread: Project) -> None:
    """Circles, dead ends, doubles and lines that are no redirects are faults."""
    bread.write(REDIRECTS, lines)
    faults = bread.faults()
    assert any(
        message in fault and fault.startswith(f"{REDIRECTS}:") for fault in faults
    ), faults


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("/../x/ /about/", "is not a redirect"),
        ("/a/../../y.html /about/", "is not a redirect"),
        ("/index.html /", "is not a redirect"),
        ("/about/index.html /disclaimer/", "is not a redirect"),
        ("/old/ /about/#nope", "the page has no such id"),
    ],
)
def test_a_redirect_neither_leaves_the_site_nor_hides_a_page(
    line: str, message: str, bread: Project
) -> None:
    """No redirect is written over a page or outside the folder, or ends in nothing."""
    bread.write(REDIRECTS, f"{line}\n")
    (fault,) = bread.faults()
    assert fault.startswith(f"{REDIRECTS}:1: ")
    assert message in fault


def test_chain_of_redirects_is_fine(bread: Project) -> None:
    """A redirect may lead to an address that was itself moved later."""
    bread.write(REDIRECTS, "# moved twice\n\n/older/ /old/\n/old/ /about/\n")
    assert done(bread).redirects == {"/older/": "/about/", "/old/": "/about/"}


def test_an_id_renamed_twice_keeps_both_names(bread: Project) -> None:
    """Every former id of a passage leads to it; no host is asked to redirect it."""
    bread.write(REDIRECTS, f"{PAGE}#one {PAGE}#two\n{PAGE}#two {PAGE}#hot-oven\n")
    finished = done(bread)
    page = document(finished.files["articles/sour/index.html"].decode())
    (passage,) = page.xpath('//*[@id="hot-oven"]')
    assert passage.xpath('.//*[@id="one"]')
    assert passage.xpath('.//*[@id="two"]')
    assert finished.redirects == {}


def test_a_passage_that_moved_to_another_page_leaves_no_name(bread: Project) -> None:
    """Only former ids on the same page are kept beside a passage."""
    bread.write(REDIRECTS, f"/elsewhere/#one {PAGE}#hot-oven\n")
    page = done(bread).files["articles/sour/index.html"].decode()
    assert 'id="one"' not in page


def test_record_grows_and_never_shrinks(bread: Project) -> None:
    """Recording adds new addresses, keeps old ones, and says what was new."""
    site = done(bread).site
    content = bread.root / "content"
    bread.write(RECORD, "# A comment\n/long-gone/\n")
    new = addresses.record(content, site)
    assert f"{PAGE}#wild-yeast" in new
    assert "/long-gone/" not in new
    comment, *lines = bread.read(RECORD).splitlines()
    assert comment.startswith("# Every address")
    assert lines == sorted([*new, "/long-gone/"])
    assert addresses.record(content, site) == ()


def test_record_of_this_site_is_kept(project: Project) -> None:
    """The committed record holds every address that the site has now."""
    recorded = (ROOT / RECORD).read_text("utf-8").splitlines()
    assert set(addresses.published(done(project).site)) <= set(recorded)
