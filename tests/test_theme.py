"""The theme: small files in layers, colours in one place, and pages that say who speaks and weigh little."""

from __future__ import annotations

import re
from itertools import pairwise
from pathlib import Path

import brotli
import pytest
from conftest import ROOT, Project
from helpers import document, words

from sitebuild.render.css import paths, read_style
from sitebuild.render.html import squeeze

CSS = ROOT / "theme" / "css"
# One round trip: ten TCP segments of 1,460 bytes (RFC 6928). The headers of a page take 506 bytes in HTTP/2 (RFC 7541),
# frames some 40 more.
ROUND_TRIP, HEADERS = 14_600, 550
# Style, head, markup and headers together: what a page weighs beyond its own text, at its longest.
DRESS = 5_550


def pages(folder: Path) -> list[Path]:
    """Every page of a built site."""
    return sorted(folder.rglob("*.html"))


def weigh(page: Path) -> tuple[int, int]:
    """What a page weighs on the wire, and its visible text alone, both with brotli at 11."""
    root = document(page)
    for element in root.xpath("//script|//style|//head/title"):
        element.drop_tree()
    text = words(root).encode()
    return len(brotli.compress(page.read_bytes(), quality=11)) + HEADERS, len(
        brotli.compress(text, quality=11)
    )


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


def test_every_file_is_in_its_layer() -> None:
    """tokens.css opens with the order of the layers, print.css wins over them all, every other file is in its own."""
    assert (
        paths(CSS)[0]
        .read_text("utf-8")
        .startswith("@layer reset,base,layout,blocks,utilities;")
    )
    assert set(paths(CSS)) == set(CSS.rglob("*.css"))
    for path in paths(CSS)[1:-1]:
        layer = "blocks" if path.parent.name == "blocks" else path.stem
        text = re.sub(r"/\*.*?\*/", "", path.read_text("utf-8"), flags=re.S).strip()
        assert text.startswith(f"@layer {layer}{{"), path.name
        assert text.endswith("}")
        assert text.count("@layer") == 1, path.name
    for path in paths(CSS):
        assert "/*" in path.read_text("utf-8"), f"{path.name} says what it dresses"
        assert path.read_text("utf-8").count("\n") < 120


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
    """Text, links and the headings of boxes, whose letters are of the colour of paper, have AAA contrast (1.4.6)."""
    found = re.findall(
        r"--(\w+):\s*light-dark\((#\w+),\s*(#\w+)\)",
        (CSS / "tokens.css").read_text("utf-8"),
    )
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


def test_weight(built: Path) -> None:
    """Every page fits one round trip, and spends its bytes on its text."""
    table = {page.relative_to(built).as_posix(): weigh(page) for page in pages(built)}
    report = "\n".join(
        f"{name:50}{wire:7} sent{text:7} text{wire - text:7} dress"
        for name, (wire, text) in table.items()
    )
    assert max(wire for wire, _ in table.values()) <= ROUND_TRIP, report
    assert max(wire - text for wire, text in table.values()) <= DRESS, report


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
        assert document(page).xpath("//header/p[@class='safety']/a/@href") == [
            "/topics/contraindications/"
        ], page


def test_where_you_are(built: Path) -> None:
    """The link to the page itself is marked; every page but the first has a breadcrumb."""
    root = document(built / "topics" / "stress" / "index.html")
    assert root.xpath("//nav[@aria-label='Breadcrumb']//a/@href") == ["/", "/topics/"]
    assert root.xpath("//a[@aria-current='true']/@href") == ["/topics/"]
    assert document(built / "about" / "index.html").xpath(
        "//a[@aria-current='page']/@href"
    ) == ["/about/"]
    assert not document(built / "index.html").xpath("//nav[@aria-label='Breadcrumb']")


def test_verdict_is_a_word(built: Path) -> None:
    """Every mark stands with its word, so that no shape or colour speaks alone."""
    for page in pages(built):
        for verdict in document(page).xpath("//aside//b[@class]|//figure//b[@class]"):
            assert words(verdict).lower() == verdict.get("class")


def test_negative_verdicts_are_never_folded(built: Path) -> None:
    """A contradicted or unsupported claim shows its correction without a click; the others may be folded."""
    for page in pages(built):
        root = document(page)
        assert not root.xpath(
            "//details//b[@class='contradicted' or @class='unsupported']"
        ), page
    assert document(built / "articles" / "benefits-of-massage" / "index.html").xpath(
        "//aside/details/summary/b"
    )


def test_who_speaks(built: Path) -> None:
    """Notes and answers say that they are the editor's; boxes say how urgent they are; cautions say what they are."""
    for page in pages(built):
        root = document(page)
        for note in root.xpath("//section[@class='note']"):
            assert "not part of the articles" in words(note[0])
        for box in root.xpath("//section[starts-with(@class, 'box')]"):
            assert words(box[0]).split(":")[0] in (
                "Emergency",
                "Urgent advice",
                "Non-urgent advice",
            )
        for caution in root.xpath("//div[@class='caution']"):
            assert words(caution[0]) == "A caution that goes with this"
        for question in root.xpath("//section[@class='question']"):
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
