"""Addresses are promises: what was published stays reachable."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from bread import bake
from conftest import Project
from helpers import document
from playwright.sync_api import Browser

from sitebuild.build import Build
from sitebuild.plugin import build
from sitebuild.publish import record

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
    record(project.root / "content", done(project).site)


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
        f"published stays reachable; add the line `{PAGE}#wild-yeast {PAGE}#tame-yeast` "
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
    assert len(bread.faults()) == 1
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
    new = record(content, site)
    assert f"{PAGE}#wild-yeast" in new
    assert "/long-gone/" not in new
    comment, *lines = bread.read(RECORD).splitlines()
    assert comment.startswith("# Every address")
    assert lines == sorted([*new, "/long-gone/"])
    assert record(content, site) == ()


def advised(fault: str) -> str:
    """The line that a fault asks for; "" where it asks for none."""
    found = re.search("add the line `(.*)` to", fault)
    return found[1] if found else ""


def rename_slug(project: Project) -> None:
    """Give the article another slug, and no redirect."""
    project.edit(ARTICLE, ("slug: sour", "slug: sourdough"))


def find_id(page: str, ident: str) -> list[Any]:
    """The elements with an id on a page, given as its HTML."""
    return list(document(page).xpath(f'//*[@id="{ident}"]'))


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
    """A link to a passage on a topic page works after its article and it were renamed."""
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


def test_a_passage_that_went_elsewhere_is_led_to(bread: Project) -> None:
    """Its old page has the old id and a link to where it stands now."""
    bread.write(REDIRECTS, f"{PAGE}#gone /topics/rising/#sour-wild-yeast\n")
    assert bread.faults() == []
    (line,) = find_id(bread.page(PAGE), "gone")
    assert line.xpath(".//a/@href") == ["/topics/rising/#sour-wild-yeast"]


def test_a_withdrawn_passage_opens_its_page(bread: Project) -> None:
    """A redirect to its own page says that a passage is gone for good."""
    bread.write(REDIRECTS, f"{PAGE}#gone {PAGE}\n")
    assert bread.faults() == []


def test_a_passage_lost_while_its_article_moved_is_a_fault(bread: Project) -> None:
    """A redirect of the article does not hide that one of its passages is gone."""
    publish(bread)
    rename_slug(bread)
    rename(bread, "wild-yeast", "tame-yeast")
    bread.write(REDIRECTS, "/articles/sour/ /articles/sourdough/\n")
    (fault,) = bread.faults()
    assert f"{PAGE}#wild-yeast was published and is gone" in fault
    assert advised(fault) == f"{PAGE}#wild-yeast /articles/sourdough/#tame-yeast"


def test_an_old_id_that_another_passage_has_is_a_fault(bread: Project) -> None:
    """A reader who kept an address never finds another passage there."""
    rename_slug(bread)
    bread.write(
        REDIRECTS,
        f"{PAGE} /articles/sourdough/\n"
        f"{PAGE}#hot-oven /articles/sourdough/#wild-yeast\n",
    )
    (fault,) = bread.faults()
    assert fault.startswith(f"{REDIRECTS}:2: ")
    assert "opens /articles/sourdough/#hot-oven, which is another passage" in fault


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


@contextmanager
def serving(folder: Path) -> Iterator[str]:
    """Serve a folder as a host without redirects does; gives its origin."""
    handler = partial(SimpleHTTPRequestHandler, directory=str(folder))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@pytest.mark.parametrize(
    ("old", "opened"),
    [
        ("/old/", "/articles/sour/"),
        ("/old/#hot-oven", "/articles/sour/#hot-oven"),
        ("/part/#any", "/articles/sour/#wild-yeast"),
    ],
)
def test_a_stand_in_page_keeps_the_fragment(
    bread: Project, chromium: Browser, old: str, opened: str
) -> None:
    """Where a host has no redirects, the page at the old address takes it along."""
    bread.write(REDIRECTS, f"/old/ {PAGE}\n/part/ {PAGE}#wild-yeast\n")
    bread.build(HOSTING=True)
    page = chromium.new_page()
    with serving(bread.output) as origin:
        page.goto(f"{origin}{old}")
        page.wait_for_url(f"{origin}{opened}")
    page.close()


def test_a_stand_in_page_works_without_scripts(
    bread: Project, chromium: Browser
) -> None:
    """A browser without scripts is led on by the page all the same."""
    bread.write(REDIRECTS, f"/old/ {PAGE}\n")
    bread.build(HOSTING=True)
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    with serving(bread.output) as origin:
        page.goto(f"{origin}/old/")
        page.wait_for_url(f"{origin}{PAGE}")
    context.close()


def test_a_page_that_moved_into_a_passage(bread: Project) -> None:
    """A redirect that ends at a passage goes before the fragment of the reader."""
    bread.write(RECORD, "/part/\n/part/#any\n")
    bread.write(REDIRECTS, f"/part/ {PAGE}#wild-yeast\n")
    assert bread.faults() == []


def test_the_likely_heir_of_a_page(bread: Project) -> None:
    """Of new pages that share nothing with the old one, the nearest name is advised."""
    bread.write(RECORD, "/abuot/\n")
    (fault,) = bread.faults()
    assert advised(fault) == "/abuot/ /about/"
