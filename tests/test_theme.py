"""The theme: layers, colours in one place, pages that say who speaks and weigh little."""

from __future__ import annotations

import re
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

import brotli
import pytest
from conftest import ROOT, Project
from helpers import document, select, words

from sitebuild.check.weight import ROUND_TRIP_BYTES, wire_bytes
from sitebuild.model import VERDICTS
from sitebuild.render.css import paths, read_style
from sitebuild.render.html import squeeze

CSS = ROOT / "theme" / "css"
# Style, head, markup and headers together: what a page weighs beyond its own text, at its longest.
DRESS = 5_550


def pages(folder: Path) -> list[Path]:
    """Every page of a built site."""
    return sorted(folder.rglob("*.html"))


class Weight(NamedTuple):
    """What a page weighs on the wire, and its visible text alone (brotli at 11)."""

    wire: int
    text: int


def weigh(page: Path) -> Weight:
    """Return the weight of a page in bytes."""
    root = document(page)
    for element in root.xpath("//script|//style|//head/title"):
        element.drop_tree()
    text = brotli.compress(words(root).encode(), quality=11)
    return Weight(wire_bytes(page.read_bytes()), len(text))


def luminance(colour: str) -> float:
    """Relative luminance of a hex colour (WCAG 2.2)."""
    digits = colour.lstrip("#")
    digits = "".join(digit * 2 for digit in digits) if len(digits) == 3 else digits
    parts = [int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
        for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, two: str) -> float:
    """The contrast of two colours (WCAG 2.2, 1.4.3)."""
    high, low = sorted((luminance(one), luminance(two)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def rules(path: Path) -> str:
    """Return a style sheet without its comments."""
    return re.sub(r"/\*.*?\*/", "", path.read_text("utf-8"), flags=re.DOTALL).strip()


def test_the_order_of_layers_comes_first() -> None:
    """The first sheet opens with the order of the layers."""
    order = re.match(r"@layer\s+([^;{]+);", rules(paths(CSS)[0]))
    assert order
    names = [name.strip() for name in order[1].split(",")]
    assert names == ["reset", "base", "layout", "blocks", "utilities"]


def test_every_sheet_is_read() -> None:
    """No style sheet of the theme is left out."""
    assert set(paths(CSS)) == set(CSS.rglob("*.css"))


@pytest.mark.parametrize("path", paths(CSS)[1:-1], ids=lambda path: path.name)
def test_every_file_is_in_its_layer(path: Path) -> None:
    """Between tokens and print, which wins over them all, a sheet is all one layer."""
    layer = "blocks" if path.parent.name == "blocks" else path.stem
    text = rules(path)
    assert re.match(rf"@layer\s+{layer}\s*\{{", text)
    assert text.endswith("}")
    assert text.count("@layer") == 1


@pytest.mark.parametrize("path", paths(CSS), ids=lambda path: path.name)
def test_a_sheet_says_what_it_dresses(path: Path) -> None:
    """Every sheet has a comment."""
    assert "/*" in path.read_text("utf-8")


def test_colours_stand_in_tokens_alone() -> None:
    """No other file, and no template, holds a colour."""
    colour = re.compile(
        r"#[0-9a-fA-F]{3,8}\b(?=[;,) }])|\b(rgb|hsl|oklch|lab|color-mix)\(|:\s*(black|white|red|grey|gray)\b"
    )
    files = [path for path in CSS.rglob("*.css") if path.name != "tokens.css"]
    for path in [*files, *(ROOT / "theme" / "templates").glob("*.html")]:
        assert not colour.search(path.read_text("utf-8")), path.name
    sheet = read_style(CSS)
    assert "gradient" not in sheet
    assert "shadow" not in sheet
    assert "@font-face" not in sheet


def test_every_property_used_is_defined() -> None:
    """No rule names a custom property that is nowhere set."""
    text = "".join(path.read_text("utf-8") for path in CSS.rglob("*.css"))
    assert set(re.findall(r"var\((--[\w-]+)", text)) <= set(
        re.findall(r"(--[\w-]+)\s*:", text)
    )


@pytest.mark.parametrize("scheme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize("role", ["ink", "quiet", "accent", "emergency", "urgent"])
def test_contrast_is_seven_to_one(role: str, scheme: int) -> None:
    """Text, links and headings of boxes have AAA contrast on paper (WCAG 2.2, 1.4.6)."""
    pair = r"--(\w+)\s*:\s*light-dark\(\s*(#\w+)\s*,\s*(#\w+)\s*\)"
    found = re.findall(pair, rules(CSS / "tokens.css"))
    tokens = {name: values[scheme] for name, *values in found}
    assert contrast(tokens[role], tokens["paper"]) >= 7


def test_one_style_on_every_page(built: Path) -> None:
    """Every page carries the same style, once, and asks for no other; no element has a style of its own."""
    for page in pages(built):
        root = document(page)
        assert [style.text for style in root.iter("style")] == [read_style(CSS)], page
        assert not root.xpath("//link[@rel='stylesheet']|//@style"), page
        scripts = root.xpath("//script[not(@type='application/ld+json')]")
        assert not scripts or page.parent.name == "search", page


def test_style_is_small() -> None:
    """The whole style sheet costs a page less than two kilobytes."""
    assert len(brotli.compress(read_style(CSS).encode(), quality=11)) < 2_000


def test_weight(sink: Path) -> None:
    """Every page fits one round trip, and spends its bytes on its text."""
    heavy = []
    for page in pages(sink):
        weight = weigh(page)
        dress = weight.wire - weight.text
        if weight.wire > ROUND_TRIP_BYTES or dress > DRESS:
            heavy.append(f"{page}: {weight.wire} sent, {dress} beyond the text")
    assert not heavy, "\n".join(heavy)


def test_squeeze_keeps_what_shows() -> None:
    """White space goes where no browser shows it, and stays inside lines and in preformatted text; so do no-break spaces."""
    page = "<div>\n  <p>One\n<b>two</b> <i>three</i>\n</p>\n\n<pre>\n a\n   b</pre>\n<ul> <li> x </li> </ul>\n</div>\n"
    assert (
        squeeze(page)
        == "<div><p>One <b>two</b> <i>three</i></p><pre>\n a\n   b</pre><ul><li>x</li></ul></div>"
    )
    assert (
        squeeze("<p>5\u00a0ml\u00a0 of\u2003it</p>")
        == "<p>5\u00a0ml\u00a0 of\u2003it</p>"
    )


def test_headings_are_in_order(built: Path) -> None:
    """One h1 a page, and no level is skipped."""
    for page in pages(built):
        levels = [
            int(element.tag[1])
            for element in document(page).iter("h1", "h2", "h3", "h4", "h5", "h6")
        ]
        assert levels[0] == 1, page
        assert levels.count(1) == 1, page
        assert all(after <= before + 1 for before, after in pairwise(levels)), (
            page,
            levels,
        )


def test_every_page_leads_to_the_warning_signs(built: Path) -> None:
    """One line under the header of every page leads to the safety topic."""
    for page in pages(built):
        links = select(document(page), "header > p.safety > a")
        assert [link.get("href") for link in links] == ["/topics/contraindications/"]


def hrefs(page: Path, css: str) -> list[str]:
    """Return where the links lead that a selector matches."""
    return [str(link.get("href")) for link in select(document(page), css)]


def test_where_you_are(built: Path) -> None:
    """The link to the page itself or to its part of the site is marked."""
    topic = next((built / "topics").glob("*/index.html"))
    assert hrefs(topic, 'a[aria-current="true"]') == ["/topics/"]
    assert hrefs(built / "about/index.html", 'a[aria-current="page"]') == ["/about/"]


def test_breadcrumb(built: Path) -> None:
    """Every page but the first has a breadcrumb that leads up to it."""
    crumbs = 'nav[aria-label="Breadcrumb"] a'
    topic = next((built / "topics").glob("*/index.html"))
    assert hrefs(topic, crumbs) == ["/", "/topics/"]
    assert not document(built / "index.html").cssselect(crumbs)


def test_verdict_is_a_word(sink: Path) -> None:
    """Every mark stands with its word, so that no shape or colour speaks alone."""
    seen = set()
    for page in pages(sink):
        for verdict in document(page).xpath("//aside//b[@class]|//figure//b[@class]"):
            assert words(verdict).lower() == verdict.get("class")
            seen.add(verdict.get("class"))
    assert seen == set(VERDICTS)


def test_negative_verdicts_are_never_folded(built: Path, sink: Path) -> None:
    """A contradicted or unsupported claim shows its correction without a click."""
    negative = "b.contradicted, b.unsupported"
    for page in [*pages(built), *pages(sink)]:
        root = document(page)
        assert not root.cssselect(f"details :is({negative})"), page
    article = document(sink / "articles/kitchen-sink/index.html")
    assert select(article, ".passage b.contradicted")
    assert select(article, ".passage b.unsupported")
    assert select(article, "aside details summary b.limited")


def test_notes_say_that_they_are_the_editors(sink: Path) -> None:
    """A note opens by saying that it is not part of the articles."""
    for note in select(document(sink / "articles/kitchen-sink/index.html"), ".note"):
        assert "not part of the articles" in words(note[0])


def test_boxes_say_how_urgent_they_are(sink: Path) -> None:
    """A box opens with its urgency in words."""
    boxes = select(document(sink / "topics/rising/index.html"), '[class^="box"]')
    found = [words(box[0]).split(":")[0] for box in boxes]
    assert found == ["Emergency", "Urgent advice", "Non-urgent advice"]


def test_cautions_say_what_they_are(sink: Path) -> None:
    """A caution that comes with a passage says so."""
    for caution in select(document(sink / "topics/rising/index.html"), ".caution"):
        assert words(caution[0]) == "A caution that goes with this"


def test_answers_say_that_they_are_the_editors(sink: Path) -> None:
    """Questions are headings, in a section that opens with who answers."""
    root = document(sink / "topics/rising/index.html")
    for question in select(root, ".question"):
        assert question[0].tag == "h3"
    assert root.xpath("//h2[@id='questions']/following-sibling::p[1]")


def test_owner_is_shown_where_set_and_never_invented(project: Project) -> None:
    """OWNER, CONTACT and LICENCE stand in the foot of a page when the settings name them."""
    foot = document(project.build() / "index.html").xpath("//footer/p")[0]
    assert words(foot).endswith("No clinician has reviewed these pages.")
    project.build(
        OWNER="A & B",
        CONTACT="a@example.org",
        LICENCE="CC BY 4.0",
        LICENCE_URL="https://creativecommons.org/licenses/by/4.0/",
    )
    foot = document(project.output / "index.html").xpath("//footer/p")[0]
    assert words(foot).endswith("Published by A & B. Contact. Licence: CC BY 4.0.")
    assert foot.xpath("a/@href") == [
        "mailto:a@example.org",
        "https://creativecommons.org/licenses/by/4.0/",
    ]
