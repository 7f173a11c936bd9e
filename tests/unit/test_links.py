"""The check of links knows what a browser would find at an address."""

from __future__ import annotations

import pytest

from sitebuild.check.links import Sources, find_problems, report_problems
from sitebuild.faults import Report
from sitebuild.model import SourceLine

ORIGIN = "https://example.org"
SITE = {
    "index.html": b"<p id=top>Home</p>",
    "a/index.html": '<meta charset=utf-8><p id="one two">A<p id="café">B'.encode(),
    "404.html": b"<p>Not here</p>",
    "images/a b.png": b"",
    "feed.xml": b"",
}


def problems(html: str, name: str = "b/index.html", origin: str = ORIGIN) -> list[str]:
    """What is wrong with a page of this HTML beside the others."""
    page = f"<meta charset=utf-8>{html}".encode()
    files = {**SITE, name: page}
    return [it.what for it in find_problems(files, origin) if it.page == name]


def link(target: str, **where: str) -> list[str]:
    """What is wrong with a link that leads there."""
    return problems(f'<a href="{target}">x</a>', **where)


# Words of the problems of a link, and the targets that have them.
NOTHING, NO_ID = "nothing stands at this address", "the page has no such id"
NOT_OURS = "a page shows files of its own site only, by its content policy"
CLOSED = "{} is nothing that a reader can open"
TARGETS = {
    "": (
        # Folders, files, queries and fragments, percent-encoded or not.
        *("/", "/a/", "../a/", "/404.html", "/feed.xml", "/feed.xml#page=2", "#"),
        *("?q=word", "/a/?q=word", "/images/a%20b.png", "/%61/", " /a/ "),
        *("/a/#one%20two", "/a/#caf%C3%A9", ORIGIN, f"{ORIGIN}/a/"),
        # Hosts with a dot and full addresses are taken on trust.
        *("https://example.com/anything", "http://example.com:8080/"),
        *("//example.com/", "mailto:bea@example.com", "tel:+441234567890"),
    ),
    NOTHING: ("/c/", "/a/x.png", "/images/a%2520b.png", "a/", f"{ORIGIN}/c/"),
    NO_ID: ("/a/#two", "#two", "/#one", f"{ORIGIN}/a/#two"),
    # Hosts of the editor's machine, other schemes, schemes without an address.
    CLOSED.format('"https:"'): ("https:/about",),
    CLOSED.format('":localhost"'): ("//localhost/",),
    CLOSED.format('"http:localhost:8000"'): ("http://localhost:8000/",),
    CLOSED.format('"http:127.0.0.1"'): ("http://127.0.0.1/",),
    CLOSED.format('"mailto:"'): ("mailto:",),
    CLOSED.format('"tel:"'): ("tel:",),
    CLOSED.format('"javascript:"'): ("javascript:alert(1)",),
    CLOSED.format('"file:"'): ("file:///home/bea",),
}


@pytest.mark.parametrize(
    ("target", "what"),
    [(target, what) for what, targets in TARGETS.items() for target in targets],
)
def test_a_link_leads_where_a_browser_would_be(target: str, what: str) -> None:
    """What a reader would find there, or what keeps them from it."""
    assert link(target) == [what] * bool(what)


def test_a_link_counts_from_its_page_and_its_site() -> None:
    """A relative one from the folder of its page; without SITEURL no host is ours."""
    assert link("a/", name="index.html") == []
    assert link(f"{ORIGIN}/c/", origin="") == []


@pytest.mark.parametrize("target", ["#own", "#caf%C3%A9", "#a%25", "", "?x#own"])
def test_a_link_to_an_id_of_its_own_page_works(target: str) -> None:
    """An id is found in the page that links to it, however it is written."""
    html = f'<p id="own">A<p id="café">B<p id="a%">C<a href="{target}">x</a>'
    assert problems(html) == ([] if target else ["it is empty"])
    assert problems(f'<a href="{target}">x</a>') != []
    assert problems('<p id="a%41"><a href="#a%41">x</a>') == [NO_ID]  # RFC 3986, 2.4


@pytest.mark.parametrize(
    ("target", "meant"),
    [
        ("/a", "/a/"),
        ("/A/", "/a/"),
        ("/404.HTML", "/404.html"),
        ("/images/A%20b.png", "/images/a b.png"),
        ("/pictures/a%20b.png", "/images/a b.png"),
        ("/a/#One%20Two", "/a/#one two"),
        ("/a/#cafe%CC%81", "/a/#café"),
        ("/entirely/else/", ""),
    ],
)
def test_what_is_spelt_otherwise_is_what_was_meant(target: str, meant: str) -> None:
    """Of a name in other letters, or in another folder, the remedy is that name."""
    files = {**SITE, "b/index.html": f'<a href="{target}">x</a>'.encode()}
    report = Report()
    found = find_problems(files, ORIGIN)
    report_problems(found, Sources((), (), {}, files), report)
    (fault,) = report.faults
    assert fault.place == SourceLine("b/index.html", 1)
    assert ("did you mean" in fault.remedy) == bool(meant)
    assert meant in fault.remedy


@pytest.mark.parametrize(
    "html",
    [
        '<img src="/images/a b.png" alt=x srcset="{} 2x">',
        '<picture><source srcset="/feed.xml, {} 100w"></picture>',
        "<svg><image href='{}'/></svg>",
        "<svg><image xlink:href='{}'/></svg>",
        "<svg><use href='{}#x'/></svg>",
        "<video src='{}'></video>",
        "<video><track src='{}'></video>",
        "<table background='{}'></table>",
    ],
)
def test_no_page_shows_files_of_another_site(html: str) -> None:
    """Whatever element asks for it, a file of a host that only begins alike is one."""
    for end in (".evil.com", "@evil.com", "ic", ":8080"):
        assert NOT_OURS in problems(html.format(f"{ORIGIN}{end}/x.png"))


@pytest.mark.parametrize(
    ("html", "what"),
    [
        ('<a href="">x</a>', "it is empty"),
        ('<a href="http://[x">x</a>', "it is not an address"),
        ('<a href="/a/"></a>', "the link has no text"),
        ('<p id="x"><p id="x">', "the id stands twice"),
        ("<img>", "the image has no alternative text"),
        ('<img src="/images/a%20b.png">', "the image has no alternative text"),
        ('<img src="/images/a%20b.png" alt=" ">', "the image has no alternative text"),
        ('<img src="/images/c.png" alt="C">', NOTHING),
        ('<img src="/images/a b.png" alt=x srcset="/images/c.png 2x">', NOTHING),
        ('<video poster="/c.png"></video>', NOTHING),
        ('<img src="//example.com/c.png" alt="C">', NOT_OURS),
        ('<img src="data:image/png,x" alt="C">', NOT_OURS),
    ],
)
def test_what_is_broken_on_a_page_is_a_problem(html: str, what: str) -> None:
    """Each kind of broken link, id or image has words of its own."""
    assert what in problems(html)


def test_an_image_may_be_a_link_and_stand_under_the_address_of_the_site() -> None:
    """A link needs words or an image, which may have the full address of the site."""
    image = f'<img src="{ORIGIN}/images/a%20b.png" alt="A">'
    assert problems(f'<a href="/a/">{image}</a>') == []


def test_an_empty_page_is_a_problem() -> None:
    """A page that holds no element is said to be empty; other files may hold anything."""
    for html in (b"", b"<!-- later -->"):
        files = {"index.html": html, "x.xml": b'<a href="/nowhere/">x</a>'}
        (problem,) = find_problems(files)
        assert (problem.page, problem.what) == ("index.html", "the page is empty")


def test_links_outside_the_pages_are_checked_too() -> None:
    """A link that is given with what holds it is a problem of that."""
    others = [("redirects.txt", "/a/#two"), ("redirects.txt", "/a/#caf%C3%A9")]
    (problem,) = find_problems(SITE, ORIGIN, others)
    assert (problem.page, problem.target) == ("redirects.txt", "/a/#two")
