"""The theme: small files in layers, colours in one place, and pages that say who speaks and weigh little."""

from __future__ import annotations

import re
from pathlib import Path

import brotli
import lxml.html
import pytest
from bread import VERDICTS
from helpers import document, words
from projects import ROOT, Project

CSS = ROOT / "theme" / "css"
# Ten TCP segments of 1,460 bytes (RFC 6928).
ROUND_TRIP_BYTES = 14_600
# The headers of a page in HTTP/2 with their frames, and those of a further file.
HEADERS_BYTES, MORE_HEADERS_BYTES = 370, 70
# Style, head, policy, markup, addresses of sources and headers together: what a page weighs beyond its own text and pictures, at its longest.
DRESS = 6_600


def pages(folder: Path) -> list[Path]:
    """Every page of a built site."""
    return sorted(folder.rglob("*.html"))


def paths() -> list[Path]:
    """The files of the sheet in the order of its layers."""
    first = [CSS / f"{name}.css" for name in ("tokens", "reset", "base", "layout")]
    last = [CSS / f"{name}.css" for name in ("utilities", "print")]
    return [*first, *sorted((CSS / "blocks").glob("*.css")), *last]


@pytest.fixture(scope="session")
def sheet(built: Path) -> str:
    """The style sheet that pages carry."""
    return str(document(built / "index.html").xpath("string(//style)"))


def compressed(data: bytes) -> int:
    """How many bytes brotli at 11 makes of some."""
    return len(brotli.compress(data, quality=11))


def weigh(page: Path) -> tuple[int, int]:
    """What a page weighs on the wire, and its visible text and drawings alone, both with brotli at 11."""
    root = document(page)
    drawn = [lxml.html.tostring(it) for it in root.xpath("//figure//svg")]
    for element in root.xpath("//script|//style|//head/title"):
        element.drop_tree()
    text = words(root).encode() + b"".join(drawn)
    return compressed(page.read_bytes()) + HEADERS_BYTES, compressed(text)


def test_every_file_is_in_its_layer() -> None:
    """tokens.css opens with the order of the layers, print.css wins over them all, every other file is in its own."""
    order = "@layer reset, base, layout, blocks, utilities;"
    assert paths()[0].read_text("utf-8").startswith(order)
    assert set(paths()) == set(CSS.rglob("*.css"))
    for path in paths()[1:-1]:
        layer = "blocks" if path.parent.name == "blocks" else path.stem
        text = re.sub(r"/\*.*?\*/", "", path.read_text("utf-8"), flags=re.S).strip()
        assert re.match(rf"@layer {layer}\b", text), path.name
        assert text.count("@layer") == 1, path.name
    for path in paths():
        assert "/*" in path.read_text("utf-8"), f"{path.name} says what it dresses"


def test_each_layer_stands_once_in_its_order(sheet: str) -> None:
    """The sheet that pages carry does not name the order of its layers, so they stand in it, each in one piece."""
    found = re.findall(r"@layer (\w+)\{", sheet)
    assert found == ["reset", "base", "layout", "blocks", "utilities"]


def test_every_engine_knows_the_sheet(sheet: str) -> None:
    """Nothing that Chrome 99, Safari 15.4 or Firefox 97 do not know decides on colours or columns."""
    for young in (
        "light-dark(",
        "subgrid",
        "color-mix(",
        "oklch(",
        ":has(",
        "@container",
    ):
        assert young not in sheet
    assert "&" not in sheet, "no nesting"
    shown = re.findall(r"([^{}(]*)::details-content\{", sheet)
    assert shown == [".fold:target", "details"], "closed, but for paper"


def test_letters_grow_as_the_reader_wants(sheet: str) -> None:
    """No size of letters stands in a query in ems: whoever doubles the browser's letters would get smaller steps."""
    in_ems = re.findall(r"@media[^{]*\dem\)\{((?:[^{}]*\{[^{}]*\})*)\}", sheet)
    assert in_ems
    assert not any("font" in rules for rules in in_ems)


def test_the_sheet_says_what_its_sources_say(sheet: str) -> None:
    """Minifying takes white space and comments: names, values and their order stay."""
    source = "".join(path.read_text("utf-8") for path in paths())
    bare = re.sub(r"/\*.*?\*/", "", source, flags=re.S)
    values = r"#\w+|[\d.]+(?:rem|em|px|%)"
    assert re.findall(values, sheet) == re.findall(values, bare)
    names = r"(?<![\w-])--[\w-]+"
    assert re.findall(names, sheet) == re.findall(names, bare)


def test_no_space_before_a_colon_means_anything() -> None:
    """The minifier takes the space before a colon; where it means "within", a selector would turn into another."""
    for path in CSS.rglob("*.css"):
        assert not re.search(r"[\w\])*] :\w", path.read_text("utf-8")), path.name


def test_colours_stand_in_tokens_alone() -> None:
    """No other file, and no template, holds a colour; print.css sets the roles to black on white."""
    colour = re.compile(
        r"#[0-9a-fA-F]{3,8}\b(?=[;,) }])|\b(rgb|hsl|lab)\(|:\s*(black|white|red|grey|gray)\b"
    )
    files = [p for p in CSS.rglob("*.css") if p.name not in ("tokens.css", "print.css")]
    for path in [*files, *(ROOT / "theme" / "templates").glob("*.html")]:
        assert not colour.search(path.read_text("utf-8")), path.name


def test_every_property_used_is_defined_and_every_one_defined_is_used() -> None:
    """No rule names a custom property that is nowhere set, and none is set in vain."""
    text = "".join(path.read_text("utf-8") for path in CSS.rglob("*.css"))
    used = set(re.findall(r"var\((--[\w-]+)", text))
    assert used == set(re.findall(r"(--[\w-]+)\s*:", text))


def test_one_style_on_every_page(built: Path, sheet: str) -> None:
    """Every page carries the same style, once, and asks for no other; no element has a style of its own."""
    for page in pages(built):
        root = document(page)
        assert [style.text for style in root.iter("style")] == [sheet], page
        assert not root.xpath("//link[@rel='stylesheet']|//@style"), page
        scripts = root.xpath("//script[not(@type='application/ld+json')]")
        assert not scripts or page.parent.name == "search", page


def test_weight(published: Path) -> None:
    """Every page fits one round trip with the icon, and spends its bytes on its text and pictures."""
    table = {
        page.relative_to(published).as_posix(): weigh(page) for page in pages(published)
    }
    report = "\n".join(
        f"{name:50}{wire:7} sent{text:7} text{wire - text:7} dress"
        for name, (wire, text) in table.items()
    )
    (mark,) = published.glob("assets/icon.*.svg")
    icon = compressed(mark.read_bytes()) + MORE_HEADERS_BYTES
    assert max(wire for wire, _ in table.values()) + icon <= ROUND_TRIP_BYTES, report
    assert max(wire - text for wire, text in table.values()) <= DRESS, report


def test_every_page_leads_to_the_warning_signs(built: Path) -> None:
    """One line under the header of every page leads to the safety topic, save its own."""
    for page in pages(built):
        found = document(page).xpath("//header/p[@class='safety']/a/@href")
        is_own = page.parent.name == "contraindications"
        assert found == ([] if is_own else ["/topics/contraindications/"]), page


def test_where_you_are(built: Path) -> None:
    """The link to the page itself is marked, or to what it stands under."""
    root = document(built / "topics" / "stress" / "index.html")
    assert root.xpath("//a[@aria-current='true']/@href") == ["/topics/"]
    assert document(built / "about" / "index.html").xpath(
        "//a[@aria-current='page']/@href"
    ) == ["/about/"]


def test_no_markup_is_read(built: Path) -> None:
    """What stands on a page was escaped once."""
    for page in pages(built):
        assert not re.search(r"&#?\w+;|<\w", words(document(page).find("body"))), page


def test_verdict_is_a_word_after_its_mark(built: Path) -> None:
    """Every verdict is its word after its mark, so that no shape or colour speaks alone; the mark has a size of its own."""
    seen = set()
    for page in pages(built):
        root = document(page)
        for mark in root.xpath("//b/svg"):
            verdict = mark.getparent()
            if verdict.xpath("a"):
                assert verdict.xpath("a/@href") == [
                    f"/evidence/#{verdict.get('class')}"
                ]
            assert words(verdict).lower() == verdict.get("class")
            assert mark.xpath("string(use/@href)") == f"#mark-{verdict.get('class')}"
            assert (mark.get("width"), mark.get("aria-hidden")) == ("16", "true")
            seen.add(verdict.get("class"))
        drawn = {symbol.get("id") for symbol in root.iter("symbol")}
        assert drawn == {f"mark-{verdict}" for verdict in VERDICTS}, page
    assert seen == set(VERDICTS)


def test_negative_verdicts_are_never_folded(built: Path) -> None:
    """A contradicted or unsupported claim shows its correction without a click, in the text; the others are folded."""
    for page in pages(built):
        root = document(page)
        assert not root.xpath(
            "//aside//details//b[@class='contradicted' or @class='unsupported']"
        ), page
        for correction in root.xpath("//aside[@class='correction']"):
            assert correction.xpath("ancestor::div[@class='text']")
            assert len(correction.xpath("p")) > 1
    article = document(built / "articles" / "benefits-of-massage" / "index.html")
    assert article.xpath("//aside[@class='notes']/details/summary/b")
    assert article.xpath("//aside[@class='correction']")


def test_a_page_with_notes_leads_to_the_scale(built: Path) -> None:
    """A page with references has one link to what the verdicts mean; the page of the scale has none."""
    for page in pages(built):
        root = document(page)
        if page.parent.name != "evidence":
            links = root.xpath("//a[.='What the verdicts mean']/@href")
            has_references = bool(root.xpath("//details[@id='references']"))
            assert links == ["/evidence/#supported"] * has_references, page


def test_links_say_where_they_lead(built: Path) -> None:
    """Citations are named by more than numbers, and one name on a page leads to one address."""
    for page in pages(built):
        for link in document(page).xpath("//main//a[starts-with(@href, '#R')]"):
            name = link.get("aria-label") or words(link)
            assert re.fullmatch(r"Sources? \d+\*?(, \d+\*?)*", name), page


def test_the_end_of_a_page_leads_on(built: Path) -> None:
    """Under an article a link leads back to its contents, under a topic one to all topics; the foot names the feed and the page."""
    for path in sorted((built / "articles").glob("*/index.html")):
        root = document(path)
        parts = root.xpath("//article/h2[@id]")
        assert len(root.xpath("//nav[@id='contents']//a")) == len(parts)
        assert len(root.xpath("//article/p/a[@href='#contents']")) == bool(parts)
    for path in sorted((built / "topics").glob("*/index.html")):
        root = document(path)
        assert root.xpath("//nav[@class='end']//a/@href")[0] == "/topics/"
        assert root.xpath("//footer//a[@href='/feed.xml']")
        address = f"https://example.org/topics/{path.parent.name}/"
        assert words(root.xpath("//footer/p")[-1]) == address


@pytest.mark.parametrize("kind", ["articles", "topics"])
def test_contents_name_the_parts_of_a_page(kind: str, built: Path) -> None:
    """At the top of an article stand links to its main headings, on a topic to its questions."""
    for path in sorted((built / kind).glob("*/index.html")):
        root = document(path)
        links = root.xpath("//nav[@id='contents']//a")
        parts = "//article/h2" if kind == "articles" else "//section[@class='question']"
        titles = {it.get("id"): words(it) for it in root.xpath(parts) if it.get("id")}
        assert len(links) == len(titles)
        for link in links:
            title = titles[link.get("href").removeprefix("#")]
            assert title.startswith(words(link))


def test_passages_have_a_title_in_their_article(built: Path) -> None:
    """Every passage opens with a heading under that of its part; the caution, which opens with its own words, looks as everywhere."""
    for path in sorted((built / "articles").glob("*/index.html")):
        for passage in document(path).xpath("//div[@class='passage']/div"):
            (first, *_) = passage
            is_caution = passage.get("class") == "text caution"
            assert (first.tag in ("h2", "h3", "h4")) != is_caution, words(passage)
    article = document(built / "articles" / "benefits-of-massage" / "index.html")
    assert article.xpath("//*[@id='before-you-book']/div[@class='text caution']")


def test_notes_fold_what_is_worth_it(built: Path) -> None:
    """What unfolds is named by its passage and holds findings; topics alone stand in a line that says what they are."""
    for path in sorted((built / "articles").glob("*/index.html")):
        root = document(path)
        names = root.xpath("//details[@class='more']/summary/@aria-label")
        assert (
            len(names) == len(set(names)) == len(root.xpath("//details[@class='more']"))
        )
        assert all("indings: " in name for name in names)
        assert not root.xpath("//details[@class='more'][not(p/b)]")
        for line in root.xpath("//aside/p[@class='more']"):
            assert words(line).startswith("Topic")


def test_the_field_comes_first(built: Path) -> None:
    """On the search page nothing but the title stands above the field; words of the glossary come after all questions."""
    root = document(built / "search" / "index.html")
    assert not root.xpath("//form/preceding::p[ancestor::article]")
    links = root.xpath("//main//section//a/@href")
    is_word = [link.startswith("/glossary/") for link in links]
    assert is_word == sorted(is_word)
    assert any(is_word)


def test_who_speaks(built: Path) -> None:
    """An article and a topic with passages say once, after their text, whose words stand on the page."""
    for page in [*built.glob("articles/*/*.html"), *built.glob("topics/*/*.html")]:
        root = document(page)
        (said,) = root.xpath("//main//p[contains(., 'the editor’s')]")
        order = list(root.iter())
        for passage in root.xpath("//*[contains(@class, 'passage')]"):
            assert order.index(passage) < order.index(said)


def test_owner_is_shown_where_set_and_never_invented(bread: Project) -> None:
    """OWNER, EDITOR, FUNDING, CONTACT and LICENCE stand in the foot of a page when the settings name them."""
    notice = "No baker has read these pages."
    foot = document(bread.build(SITE_NOTICE=notice) / "index.html").xpath("//footer")[0]
    assert words(foot.xpath("p")[0]).endswith(notice)
    assert not foot.xpath(".//a[.='Report a mistake']")
    bread.build(
        OWNER="A & B",
        EDITOR="C",
        FUNDING="Nobody pays.",
        CONTACT="a@example.org",
        LICENCE="CC BY 4.0",
        LICENCE_URL="https://creativecommons.org/licenses/by/4.0/",
    )
    foot = document(bread.page("/")).xpath("//footer")[0]
    said = "Published by A & B. Edited by C. Nobody pays. Licence: CC BY 4.0."
    assert words(foot.xpath("p")[0]).endswith(said)
    links = foot.xpath("p[1]/a/@href")
    assert links == ["https://creativecommons.org/licenses/by/4.0/"]
    (report,) = foot.xpath(".//a[.='Report a mistake']/@href")
    assert report == "mailto:a@example.org"


@pytest.mark.parametrize("contact", ["mailto:a@example.org", "https://example.com/@a"])
def test_a_contact_that_is_an_address_stays(contact: str, bread: Project) -> None:
    """An @ in a whole address makes no second mailto of it."""
    page = document(bread.build(CONTACT=contact) / "about/index.html")
    (report,) = page.xpath("//footer//a[.='Report a mistake']/@href")
    assert report == contact
