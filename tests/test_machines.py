"""What machines read: heads of pages, linked data, feeds, sitemap, robots.txt, prefetch rules."""

from __future__ import annotations

import json
import re
from datetime import date, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import feedparser
import lxml.etree
import lxml.html
import pytest
from conftest import SITEURL, Project
from helpers import document, select, words

from sitebuild.render.feeds import absolute

ATOM = "{http://www.w3.org/2005/Atom}"
MAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
# RFC 3339 as RFC 4287 3.3 wants it: capital T, a zone.
MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")


def address(path: Path, built: Path) -> str:
    """The absolute address of a built page."""
    return f"{SITEURL}/{path.relative_to(built).as_posix().removesuffix('index.html')}"


def head(path: Path) -> dict[str, str]:
    """The meta tags of a page by name or property."""
    return {
        m.get("name") or m.get("property"): m.get("content")
        for m in document(path).xpath("//meta[@content]")
    }


def linked(path: Path) -> dict[str, Any]:
    """The linked data of a page, which has one block of it."""
    (block,) = document(path).xpath("//script[@type='application/ld+json']")
    return dict(json.loads(block.text))


def exists(url: str, built: Path) -> bool:
    """Whether an absolute address leads to a file, and its fragment to an id."""
    parts = urlsplit(url)
    file = built / parts.path.lstrip("/")
    file = file / "index.html" if parts.path.endswith("/") else file
    if not url.startswith(f"{SITEURL}/") or not file.is_file():
        return False
    return not parts.fragment or f'id="{parts.fragment}"' in file.read_text("utf-8")


def pages(built: Path) -> list[Path]:
    """Every page with an address of its own."""
    return sorted(built.rglob("index.html"))


def feed_files(built: Path) -> list[Path]:
    """Every feed."""
    return sorted(built.rglob("feed.xml"))


def test_every_page_tells_its_address_and_its_card(built: Path) -> None:
    """Canonical link, Open Graph and card tags say what the page says of itself."""
    for page in pages(built):
        root, tags = document(page), head(page)
        assert [
            link.get("href") for link in root.xpath("//link[@rel='canonical']")
        ] == [address(page, built)]
        assert tags["og:url"] == address(page, built)
        assert tags["og:description"] == tags["description"]
        assert tags["og:title"].replace("'", "’") == words(
            root.xpath("//h1")[0]
        ).replace("'", "’")
        assert tags["og:type"] == (
            "article" if "/articles/" in address(page, built) else "website"
        )
        assert exists(tags["og:image"], built)
        assert tags["twitter:card"] == "summary_large_image"
        assert "robots" not in tags


def test_the_404_page_stands_for_no_address(built: Path) -> None:
    """It is served in the place of others: no canonical link, no card, not indexed, not in the sitemap."""
    page = built / "404.html"
    assert head(page)["robots"] == "noindex"
    assert not document(page).xpath(
        "//link[@rel='canonical'] | //meta[@property] | //script"
    )
    assert "404" not in (built / "sitemap.xml").read_text("utf-8")


def test_the_icon_is_there(built: Path) -> None:
    """Every page, the 404 page too, names the mark as its icon, and the mark is SVG."""
    for page in built.rglob("*.html"):
        assert document(page).xpath("//link[@rel='icon']/@href") == ["/mark.svg"]
    assert (
        lxml.etree.fromstring((built / "mark.svg").read_bytes()).tag
        == "{http://www.w3.org/2000/svg}svg"
    )


def test_feeds_are_discovered(built: Path) -> None:
    """Each page links to the feed of the site, each topic page to its own as well."""
    for page in pages(built):
        found = document(page).xpath(
            "//link[@rel='alternate'][@type='application/atom+xml'][@title]/@href"
        )
        topic = page.parent.parent.name == "topics"
        assert found == (
            ["/feed.xml", f"/topics/{page.parent.name}/feed.xml"]
            if topic
            else ["/feed.xml"]
        )


def test_linked_data_says_what_the_page_says(built: Path) -> None:
    """Headline, address, language, picture, site and breadcrumb are those of the page; nothing is claimed beyond it."""
    for page in pages(built):
        data, root, url = linked(page), document(page), address(page, built)
        assert data["@context"] == "https://schema.org"
        assert data["url"] == url
        assert data["description"] == head(page)["description"]
        assert data["inLanguage"] == root.get("lang")
        assert data["image"] == head(page)["og:image"]
        assert (
            not {"lastReviewed", "reviewedBy", "evidenceLevel", "publisher", "author"}
            & data.keys()
        )
        if url == f"{SITEURL}/":
            assert (data["@type"], data["name"]) == ("WebSite", "Back and Hands")
            continue
        assert data["headline"] == head(page)["og:title"]
        assert data["isPartOf"] == {
            "@type": "WebSite",
            "name": "Back and Hands",
            "url": f"{SITEURL}/",
        }
        if "breadcrumb" not in data:
            above = document(page).xpath("//nav[@aria-label='Breadcrumb']//a")
            assert len(above) <= 1, "home alone stands above it"
            continue
        trail = data["breadcrumb"]["itemListElement"]
        assert [item["position"] for item in trail] == list(range(1, len(trail) + 1))
        assert all(exists(item["item"], built) for item in trail)
        assert (trail[0]["item"], trail[-1]["item"]) == (f"{SITEURL}/", url)


def test_the_trail_follows_the_address(built: Path) -> None:
    """A topic page stands under the topics index, which stands under home."""
    trail = linked(built / "topics/stress/index.html")["breadcrumb"]["itemListElement"]
    assert [item["item"].removeprefix(SITEURL) for item in trail] == [
        "/",
        "/topics/",
        "/topics/stress/",
    ]
    assert trail[-1]["name"] == "Stress"


def test_types_and_subject(built: Path) -> None:
    """Articles and topics are of the site's type and about its subject; a page about the site is not."""
    article = linked(built / "articles/benefits-of-massage/index.html")
    assert article["@type"] == ["MedicalWebPage", "Article"]
    assert article["about"] == {"@type": "MedicalCondition", "name": "Low back pain"}
    assert linked(built / "topics/stress/index.html")["@type"] == "MedicalWebPage"
    about = linked(built / "about/index.html")
    assert about["@type"] == "WebPage"
    assert "about" not in about


def test_linked_data_cannot_break_out(project: Project) -> None:
    """A closing tag, an ampersand or quotes in a text change neither the page nor the data."""
    title = """Heat & cold: "5 < 6", it's so"""
    name = """A </script><b>name</b> <!-- of its own"""
    project.edit(
        "content/pages/disclaimer.md",
        lambda text: re.sub(r"^title: .*", f"title: {title}", text),
    )
    page = project.build(SITENAME=name) / "disclaimer/index.html"
    assert linked(page)["headline"] == title
    assert linked(page)["isPartOf"]["name"] == name
    assert head(page)["og:title"] == title
    assert not document(page).xpath("//head//b")


def test_the_language_is_written_as_usual(built: Path) -> None:
    """A tag has its region in capitals (RFC 5646, 2.1.1), though Pelican lowers it."""
    page = built / "about/index.html"
    assert document(page).get("lang") == "en-GB"
    assert linked(page)["inLanguage"] == "en-GB"


def test_what_the_owner_sets_is_told(project: Project) -> None:
    """Publisher and licence are told when the owner has set them; a feed's author is the owner."""
    output = project.build(OWNER="A & B", LICENCE_URL="https://example.com/l")
    data = linked(output / "about/index.html")
    assert data["publisher"] == {"@type": "Organization", "name": "A & B"}
    assert data["license"] == "https://example.com/l"
    assert feedparser.parse((output / "feed.xml").read_bytes()).feed.author == "A & B"


def test_without_an_address_none_is_invented(project: Project) -> None:
    """Without SITEURL a build says nothing that would need one, and is whole otherwise."""
    output = project.build(SITEURL="")
    for name in ("feed.xml", "sitemap.xml", "robots.txt", "social*"):
        assert not list(output.rglob(name))
    for page in output.rglob("*.html"):
        assert not document(page).xpath(
            "//link[@rel='canonical' or @rel='alternate'] | //meta[@property]"
        )
    assert "robots" not in head(output / "index.html")
    assert (output / "speculation.json").exists()


def test_dates_come_from_the_sources(project: Project) -> None:
    """A page is as new as the newest source that it shows; date, modified and checked count."""
    output = project.build()
    before = newest(output)
    project.edit(
        "content/articles/benefits-of-massage.md",
        ("status:", "modified: 2027-01-05\nstatus:"),
    )
    project.edit(
        "content/pages/disclaimer.md",
        lambda text: re.sub("checked: .*", "checked: 2027-02-01", text),
    )
    after = newest(project.build())
    article = linked(output / "articles/benefits-of-massage/index.html")
    assert (article["datePublished"], article["dateModified"]) == (
        "2026-11-21",
        "2027-01-05",
    )
    assert (
        after["/articles/benefits-of-massage/"]
        == after["/topics/stress/"]
        == "2027-01-05"
    )
    assert after["/disclaimer/"] == after["/"] == after["/topics/"] == "2027-02-01"
    # The other article shows a caution of the changed one.
    assert {"/about/", "/glossary/", "/evidence/"} <= {
        url for url in before if before[url] == after[url]
    }


def newest(output: Path) -> dict[str, str]:
    """The last change of every page that the sitemap lists."""
    root = lxml.etree.fromstring((output / "sitemap.xml").read_bytes())
    return {
        url.findtext(f"{MAP}loc").removeprefix(SITEURL): url.findtext(f"{MAP}lastmod")
        for url in root
    }


def test_a_finding_makes_its_pages_new(project: Project) -> None:
    """A finding that was looked up again is a change of every page that shows it."""
    before = newest(project.build())
    project.edit(
        "content/evidence.yaml",
        lambda text: re.sub(
            r"(- id: lactic-acid\n(?:  .*\n)*?  checked: ).*", r"\g<1>2027-03-01", text
        ),
    )
    after = newest(project.build())
    changed = {url for url in after if after[url] != before[url]}
    assert {
        "/evidence/",
        "/articles/benefits-of-massage/",
        "/topics/circulation/",
    } <= changed
    assert (
        not {"/about/", "/articles/weekly-massages/", "/topics/flexibility/"} & changed
    )


def test_the_sitemap_lists_every_page(built: Path) -> None:
    """Every page with an address stands in the sitemap once, with the day it last changed, which linked data tells too."""
    listed = newest(built)
    assert sorted(f"{SITEURL}{url}" for url in listed) == sorted(
        address(page, built) for page in pages(built)
    )
    for page in pages(built):
        day = listed[address(page, built).removeprefix(SITEURL)]
        assert date.fromisoformat(day) <= date(2026, 11, 21)
        if page.parent != built:
            assert linked(page)["dateModified"] == day


def test_robots(built: Path) -> None:
    """Everything may be read, and the sitemap is named."""
    assert (built / "robots.txt").read_text("utf-8").split("\n")[:3] == [
        "User-agent: *",
        "Disallow:",
        f"Sitemap: {SITEURL}/sitemap.xml",
    ]


def test_prefetch_rules(built: Path) -> None:
    """Links to pages of the site may be fetched ahead, moderately; files may not. No page needs a script for it."""
    (rule,) = json.loads((built / "speculation.json").read_bytes())["prefetch"]
    assert rule["eagerness"] == "moderate"
    assert rule["where"] == {
        "and": [{"href_matches": "/*"}, {"not": {"href_matches": "/*.*"}}]
    }


def test_feeds_are_valid(built: Path) -> None:
    """Each feed is well-formed Atom with what RFC 4287 4.1 demands of feed and entries."""
    topics = list((built / "topics").glob("*/index.html"))
    assert len(feed_files(built)) == len(topics) + 1
    for file in feed_files(built):
        feed = lxml.etree.fromstring(file.read_bytes())
        assert feed.tag == f"{ATOM}feed"
        links = {
            link.get("rel"): link.get("href") for link in feed.findall(f"{ATOM}link")
        }
        assert links == {
            "self": f"{SITEURL}/{file.relative_to(built).as_posix()}",
            "alternate": feed.findtext(f"{ATOM}id"),
        }
        assert exists(links["alternate"], built)
        assert exists(feed.findtext(f"{ATOM}icon"), built)
        assert feed.findtext(f"{ATOM}author/{ATOM}name") == "Back and Hands"
        entries = feed.findall(f"{ATOM}entry")
        for node in (feed, *entries):
            for name in ("id", "title", "updated"):
                assert len(node.findall(f"{ATOM}{name}")) == 1
                assert node.findtext(f"{ATOM}{name}").strip()
            for moment in (
                *node.findall(f"{ATOM}updated"),
                *node.findall(f"{ATOM}published"),
            ):
                assert MOMENT.fullmatch(moment.text)
                datetime.fromisoformat(moment.text)
        ids = [entry.findtext(f"{ATOM}id") for entry in entries]
        assert len(set(ids)) == len(ids) > 0
        assert feed.findtext(f"{ATOM}updated") == max(
            entry.findtext(f"{ATOM}updated") for entry in entries
        )


def test_feed_readers_understand_them(built: Path) -> None:
    """A feed parser finds no fault; each entry has full content and leads to a place of the site."""
    for file in feed_files(built):
        parsed = feedparser.parse(file.read_bytes())
        assert not parsed.bozo, parsed.get("bozo_exception")
        assert parsed.version == "atom10"
        for entry in parsed.entries:
            assert exists(entry.link, built)
            assert entry.content[0].type == "text/html"
            assert words(lxml.html.fromstring(entry.content[0].value))


def test_feed_content_is_whole(built: Path) -> None:
    """The site's feed has each paragraph of each article's passages."""
    feed = feedparser.parse((built / "feed.xml").read_bytes(), sanitize_html=False)
    assert len(feed.entries) == len(list((built / "articles").iterdir()))
    for entry in feed.entries:
        page = document(built / urlsplit(entry.link).path.strip("/") / "index.html")
        content = words(lxml.html.fromstring(entry.content[0].value))
        for paragraph in select(page, ".passage > .text > p:not([class])"):
            assert words(paragraph) in content


def test_topic_feed_has_each_passage(built: Path) -> None:
    """A topic's feed has an entry for each passage that its page shows, cautions apart."""
    for topic in (built / "topics").glob("*/feed.xml"):
        feed = feedparser.parse(topic.read_bytes())
        page = document(topic.with_name("index.html"))
        shown = [
            passage.get("id")
            for passage in select(
                page, ".passage[id], .label[id$='-blood-and-healing']"
            )
            if not page.xpath(
                "//*[@id=$id]/ancestor-or-self::*[contains(@class, 'caution')]",
                id=passage.get("id"),
            )
        ]
        links = [entry.link.rpartition("/articles/")[2] for entry in feed.entries]
        assert sorted(link.replace("/#", "-") for link in links) == sorted(shown)


def test_links_in_feeds_are_absolute(built: Path) -> None:
    """Content is read elsewhere, so its links and pictures carry the whole address, and those of the site lead somewhere."""
    for file in feed_files(built):
        for entry in feedparser.parse(file.read_bytes(), sanitize_html=False).entries:
            root = lxml.html.fromstring(entry.content[0].value)
            for url in root.xpath("//@href | //@src"):
                assert urlsplit(url).scheme in ("https", "http", "mailto"), url
                assert not url.startswith(SITEURL) or exists(url, built), url


def test_a_feed_shows_no_claim_without_its_correction(built: Path) -> None:
    """An entry carries the findings of its passage and the cautions that it requires."""
    feed = feedparser.parse((built / "topics/circulation/feed.xml").read_bytes())
    entries = {
        entry.link.rpartition("#")[2]: entry.content[0].value for entry in feed.entries
    }
    assert "Contradicted:" in entries["lactic-acid"]
    assert "/evidence/#lactic-acid" in entries["lactic-acid"]
    assert "<blockquote>" in entries["styles-and-blood-flow"]
    assert (
        f"{SITEURL}/articles/weekly-massages/#rule-out-serious"
        in entries["styles-and-blood-flow"]
    )


def test_a_feed_is_as_long_as_the_setting_says(project: Project) -> None:
    """FEED_MAX_ITEMS, Pelican's setting, bounds each feed; the newest article stays."""
    output = project.build(FEED_MAX_ITEMS=1)
    assert len(feedparser.parse((output / "feed.xml").read_bytes()).entries) == 1
    assert (
        len(feedparser.parse((output / "topics/stress/feed.xml").read_bytes()).entries)
        == 1
    )


@pytest.mark.parametrize(
    ("html", "result"),
    [
        ('<a href="#x">a</a> b', '<a href="https://e.org/p/#x">a</a> b'),
        (
            't <a href="/q/?a=1&amp;b=2">é</a>',
            't <a href="https://e.org/q/?a=1&amp;b=2">é</a>',
        ),
        (
            '<img src="/images/a.png" alt="">',
            '<img src="https://e.org/images/a.png" alt="">',
        ),
        (
            '<a href="mailto:a@b.org">m</a><a href="http://[">bad</a>',
            '<a href="mailto:a@b.org">m</a><a href="http://[">bad</a>',
        ),
        ("no <code>&lt;a href='/x'&gt;</code>", "no <code>&lt;a href='/x'&gt;</code>"),
    ],
)
def test_absolute(html: str, result: str) -> None:
    """Links are made absolute in HTML and nothing else is touched."""
    assert absolute(html, "https://e.org/p/#y") == result


def test_the_head_is_small(built: Path) -> None:
    """What machines read costs a page fewer than 900 bytes over the wire."""
    import brotli

    for page in pages(built):
        html = page.read_text("utf-8")
        bare = re.sub(
            r'<link rel="icon".*?</script>', "", html, count=1, flags=re.DOTALL
        )
        assert bare != html
        assert (
            len(brotli.compress(html.encode())) - len(brotli.compress(bare.encode()))
            < 900
        ), page


@pytest.mark.parametrize(
    "name", ["mark.svg", "search.js", "templates/feed.xml", "css/tokens.css"]
)
def test_a_theme_without_a_file_is_a_fault(project: Project, name: str) -> None:
    """What the build reads of the theme without a page asking for it is missed in words."""
    (project.root / "theme" / name).unlink()
    faults = project.faults()
    assert len(faults) == 1
    assert Path(name).name in faults[0]


@pytest.mark.parametrize(
    "mark", ["<svg", "<svg/>", '<svg viewBox="0 0 9 9"><path d="M 1 z 2 q"/></svg>']
)
def test_a_mark_that_cannot_be_drawn_is_a_fault(project: Project, mark: str) -> None:
    """A mark that is no SVG with paths is named, with its file."""
    project.write("theme/mark.svg", mark)
    assert any(fault.startswith("theme/mark.svg:1: ") for fault in project.faults())


@pytest.mark.parametrize("character", ["\x01", "\x0b", "\x7f", "\ufffe"])
def test_a_character_that_breaks_feeds_is_a_fault(
    project: Project, character: str
) -> None:
    """Word processors leave control characters behind, which XML does not allow; the line is named."""
    project.edit(
        "content/articles/benefits-of-massage.md",
        ("Low back pain can start", f"Low{character} back pain can start"),
    )
    (fault,) = project.faults()
    assert re.match(
        r"content/articles/benefits-of-massage\.md:\d+: the character U\+", fault
    )
