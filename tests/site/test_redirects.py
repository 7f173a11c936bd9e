"""Redirects: which lines are allowed, where they lead, and pages that stand in."""

from __future__ import annotations

import pytest
from addresses import PAGE, RECORD, REDIRECTS, find_id, rename_slug
from helpers import document
from playwright.sync_api import Browser
from projects import Project
from searching import serving

UNREAD = {
    "/old/ /about/": "",
    "/old/ /": "/old/ is redirected twice",
    "/one/": "is not a redirect",
    "/one/ /about/ /": "is not a redirect",
    "old new": "is not a redirect",
    "/../x/ /about/": "is not a redirect",
    "/a/../../y.html /about/": "is not a redirect",
    "/index.html /": "is not a redirect",
    "/about/index.html /disclaimer/": "is not a redirect",
}
ASTRAY = {
    "/a/ /b/": "/a/ leads in a circle by way of /a/",
    "/b/ /a/": "/b/ leads in a circle",
    "/c/ /c/": "/c/ leads in a circle",
    "/old/ /nowhere/": "/old/ leads to /nowhere/, which does not exist",
    "/older/ /old/": "/older/ leads to /nowhere/, which does not exist",
    "/about/ /": "/about/ is redirected and still exists",
    f"{PAGE}#hot-oven /": "#hot-oven is redirected and still exists",
}


@pytest.mark.parametrize("lines", [UNREAD, ASTRAY])
def test_bad_redirects(lines: dict[str, str], bread: Project) -> None:
    """Circles, dead ends, doubles and lines that are no redirects are faults."""
    bread.write(REDIRECTS, "".join(f"{line}\n" for line in lines))
    faults = bread.faults()
    assert len(faults) == len(list(filter(None, lines.values())))
    for number, message in enumerate(lines.values(), 1):
        begin = f"{REDIRECTS}:{number}: "
        assert [message in it for it in faults if it.startswith(begin)] == (
            [True] if message else []
        )


@pytest.mark.parametrize(
    ("old", "lines"),
    [
        ("/old/\n/old/#part", "/old/ /about/"),  # a page takes its passages along
        (f"{PAGE}#gone", f"{PAGE}#gone {PAGE}"),  # withdrawn for good
        ("/part/\n/part/#any", f"/part/ {PAGE}#wild-yeast"),  # ends at a passage
    ],
)
def test_what_a_line_leads_on_is_not_gone(old: str, lines: str, bread: Project) -> None:
    """A line of a page stands for all that it held; a passage may lead to its page."""
    bread.write(RECORD, f"{old}\n")
    assert bread.faults()
    bread.write(REDIRECTS, f"{lines}\n")
    assert bread.faults() == []


@pytest.mark.parametrize("target", ["/nowhere/", f"{PAGE}#nowhere", "/about/#nope"])
def test_a_redirect_to_nowhere_is_one_fault(target: str, bread: Project) -> None:
    """What a line says wrongly is reported at that line alone, not as an address gone."""
    bread.write(RECORD, f"{PAGE}#gone\n")
    bread.write(REDIRECTS, f"{PAGE}#gone {target}\n")
    (fault,) = bread.faults()
    assert fault.startswith(f"{REDIRECTS}:1: ")
    assert target in fault


def test_chain_of_redirects_is_fine(bread: Project) -> None:
    """A redirect may lead to an address that was itself moved later."""
    bread.write(REDIRECTS, "# moved twice\n\n/older/ /old/\n/old/ /about/\n")
    bread.publish()
    for address in ("older", "old"):
        (link,) = document(bread.public / address / "index.html").xpath("//a")
        assert link.get("href") == "/about/"


def test_an_id_renamed_twice_keeps_both_names(bread: Project) -> None:
    """Every former id of a passage on its page leads to it; no host is asked to redirect it."""
    lines = f"{PAGE}#one {PAGE}#two\n{PAGE}#two {PAGE}#hot-oven\n"
    bread.write(REDIRECTS, f"{lines}/elsewhere/#three {PAGE}#hot-oven\n")
    bread.publish()
    page = document(bread.public / "articles/sour/index.html")
    (passage,) = page.xpath('//*[@id="hot-oven"]')
    assert passage.xpath('.//*[@id="one"]')
    assert passage.xpath('.//*[@id="two"]')
    assert not page.xpath('//*[@id="three"]')
    assert (bread.public / "_redirects").read_text() == ""


def test_a_passage_that_went_elsewhere_is_led_to(bread: Project) -> None:
    """Its old page has the old id and a link to where it stands now."""
    bread.edit(
        "content/topics/rising.md", ("What makes bread", "At 5 < 6 & more, bread")
    )
    bread.write(REDIRECTS, f"{PAGE}#gone /topics/rising/#sour-wild-yeast\n")
    assert bread.faults() == []
    (mark,) = find_id(bread.page(PAGE), "gone")
    assert mark.xpath("a/@href") == ["/topics/rising/#sour-wild-yeast"]
    assert ">At 5 &lt; 6 &amp; more, bread rise</a>" in bread.page(PAGE)


def test_who_looks_for_what_went_elsewhere_sees_one_line(
    bread: Project, chromium: Browser
) -> None:
    """The line of an id is shown to whoever looks for it, alone, and never on paper."""
    new = "/topics/rising/#sour-wild-yeast"
    bread.write(REDIRECTS, f"{PAGE}#gone {new}\n{PAGE}#lost {new}\n")
    bread.build()
    page = chromium.new_page()
    with serving(bread.output) as origin:
        page.goto(f"{origin}{PAGE}")
        lines = page.get_by_text("This part now stands in").all()
        assert not any(line.is_visible() for line in lines)
        for ident in ("gone", "lost"):
            page.goto(f"{origin}{PAGE}#{ident}")
            shown = [line for line in lines if line.is_visible()]
            assert [line.get_attribute("id") for line in shown] == [ident]
            page.emulate_media(media="print")
            assert not any(line.is_visible() for line in lines)
            page.emulate_media(media="screen")
    page.close()


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
    bread.publish()
    page = chromium.new_page()
    with serving(bread.public) as origin:
        page.goto(f"{origin}{old}")
        page.wait_for_url(f"{origin}{opened}")
    page.close()


def test_a_stand_in_page_works_without_scripts(
    bread: Project, chromium: Browser
) -> None:
    """A browser without scripts is led on by the page all the same."""
    bread.write(REDIRECTS, f"/old/ {PAGE}\n")
    bread.publish()
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    with serving(bread.public) as origin:
        page.goto(f"{origin}/old/")
        page.wait_for_url(f"{origin}{PAGE}")
    context.close()
