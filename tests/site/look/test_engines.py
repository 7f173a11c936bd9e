"""The look in three engines: colours as they are computed, marks pixel by pixel, the length of lines."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import combinations, product
from pathlib import Path

import pytest
from engines import (
    Job,
    Look,
    in_chromium,
    in_old_chromium,
    in_webkit,
    measured_in_chromium,
)
from PIL import Image, ImageChops
from playwright.sync_api import Browser
from searching import serving

HOME, TOPIC, SAFETY = "/", "/topics/tension/", "/topics/contraindications/"
ARTICLE = "/articles/weekly-massages/"
PAGES = (HOME, TOPIC, SAFETY, ARTICLE)
LINE = 24  # of a note, in pixels, at its largest
VERDICTS = {"supported", "limited", "mixed", "unsupported", "contradicted"}
ENGINES = ("chromium", "old", "webkit")
LOOKS = list(product(ENGINES, ("light", "dark")))

Looks = dict[tuple[str, str, str], Look]


@pytest.fixture(scope="module")
def site(built: Path) -> Iterator[str]:
    """The address of the real site."""
    with serving(built) as address:
        yield address


@pytest.fixture(scope="module")
def looks(
    site: str, chromium: Browser, tmp_path_factory: pytest.TempPathFactory
) -> Looks:
    """Every page in every engine, those that say more with colours in the dark too.

    Each engine is started once for a scheme.
    """
    both = [Job(path, "light", path == HOME) for path in PAGES]
    both += [Job(path, "dark", path == HOME) for path in (HOME, SAFETY)]
    old, webkit = (tmp_path_factory.mktemp(name) for name in ("old", "webkit"))
    seen = {
        "chromium": zip(both, in_chromium(chromium, site, both), strict=True),
        "old": zip(both, in_old_chromium(old, site, both), strict=True),
        "webkit": zip(both, in_webkit(webkit, site, both), strict=True),
    }
    found: Looks = {}
    for engine, pairs in seen.items():
        for job, look in pairs:
            found[engine, job.scheme, job.path] = look
    return found


def channels(colour: str) -> tuple[int, ...]:
    """Red, green and blue of a computed colour."""
    return tuple(int(part) for part in re.findall(r"\d+", colour)[:3])


def luminance(colour: str) -> float:
    """Relative luminance (WCAG 2.2)."""
    total = 0.0
    for value, weight in zip(channels(colour), (0.2126, 0.7152, 0.0722), strict=True):
        part = value / 255
        linear = part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
        total += weight * linear
    return total


def contrast(one: str, two: str) -> float:
    """The contrast of two computed colours (WCAG 2.2, 1.4.3)."""
    low, high = sorted((luminance(one), luminance(two)))
    return (high + 0.05) / (low + 0.05)


def crop(look: Look, place: list[float]) -> Image.Image:
    """The part of a picture at a place of the page, on white and black: paper is white."""
    left, top, width, height = place
    box = (round(left), round(top), round(left + width), round(top + height))
    assert look.picture
    piece = look.picture.convert("RGB").crop(box)
    paper = Image.new("RGB", piece.size, channels(look.told["paper"]))
    apart = ImageChops.difference(piece, paper).convert("L")
    return apart.point(lambda value: 255 if value > 40 else 0)


def inked(piece: Image.Image) -> float:
    """The share of a crop that is not paper."""
    return sum(piece.tobytes()) / 255 / (piece.width * piece.height)


@pytest.mark.parametrize(("engine", "scheme"), LOOKS)
def test_colours(looks: Looks, engine: str, scheme: str) -> None:
    """Text, links, the warning line, the bands of boxes and the marks have AAA contrast (1.4.6), on paper of the scheme."""
    home = looks[engine, scheme, HOME].told
    paper = home["paper"]
    assert (luminance(paper) > 0.5) == (scheme == "light")
    pairs = [
        (home["ink"], paper),
        (home["link"], paper),
        tuple(home["safety"]),
    ]
    pairs += [(mark["colour"], paper) for mark in home["marks"].values()]
    pairs += looks[engine, scheme, SAFETY].told["bands"]
    assert len(pairs) == 3 + 5 + 4
    for one, two in pairs:
        assert contrast(one, two) >= 7, (one, two)


@pytest.mark.parametrize(("engine", "scheme"), LOOKS)
def test_urgency_keeps_its_colour(looks: Looks, engine: str, scheme: str) -> None:
    """What is an emergency is red, what is urgent amber and what is soon a paler amber, in the dark too; the last box is none of these."""
    bands = looks[engine, scheme, SAFETY].told["bands"]
    red, amber, pale, neutral = (channels(background) for _, background in bands)
    assert red[0] > 2 * max(red[1:])
    assert amber[0] > amber[1] > 2 * amber[2]
    assert pale[0] > pale[1] > pale[2] > amber[2]
    assert neutral[0] < min(neutral[1:])


@pytest.mark.parametrize(("engine", "scheme"), LOOKS)
def test_marks_are_of_five_shapes(looks: Looks, engine: str, scheme: str) -> None:
    """At 16 px or more, without colour, each two marks differ in a quarter of their pixels; none is a solid block."""
    look = looks[engine, scheme, HOME]
    marks = look.told["marks"]
    assert marks.keys() == VERDICTS
    shapes = {}
    for verdict, mark in marks.items():
        assert min(mark["place"][2:]) >= 16
        shapes[verdict] = crop(look, mark["place"]).resize((32, 32))
        assert 0.15 < inked(shapes[verdict]) < 0.9, verdict
    for one, two in combinations(shapes, 2):
        assert inked(ImageChops.difference(shapes[one], shapes[two])) > 0.25, (one, two)


@pytest.mark.parametrize("engine", ENGINES)
def test_lines_and_columns(looks: Looks, engine: str) -> None:
    """In every engine lines hold 45 to 75 characters, nothing stands out sideways, and notes push no text apart."""
    for path in PAGES:
        told = looks[engine, "light", path].told
        assert not told["wide"], path
        assert told["holes"] <= 0.05, path
        assert all(45 <= measure <= 75 for measure in told["measures"]), path
    assert looks[engine, "light", ARTICLE].told["measures"]
    assert looks[engine, "light", ARTICLE].told["focus"] in ("solid", "none")


WIDTHS = (320, 390, 600, 768, 834, 1000, 1023, 1024, 1280, 1920, 2560)


@pytest.mark.parametrize("path", PAGES)
def test_every_width(site: str, chromium: Browser, path: str) -> None:
    """From a phone to a wall lines hold 45 to 75 characters (40 on the smallest phone), and nothing stands out sideways."""
    found = measured_in_chromium(chromium, site + path, WIDTHS)
    for width, told in zip(WIDTHS, found, strict=True):
        least = 40 if width < 390 else 45
        assert not told["wide"], width
        assert all(least <= measure <= 75 for measure in told["measures"]), width


ARTICLES = (ARTICLE, "/articles/benefits-of-massage/", "/how-often/")


@pytest.mark.parametrize("path", [*ARTICLES, TOPIC, SAFETY])
def test_notes_stand_beside_their_own_text(
    site: str, chromium: Browser, path: str
) -> None:
    """The top of a note is within a line of its text, save where the note before it is longer than its own text."""
    page = chromium.new_page()
    page.goto(site + path)
    for width in (768, 1000, 1280):
        page.set_viewport_size({"width": width, "height": 900})
        found = page.evaluate(
            """() => {let end = 0;
              return [...document.querySelectorAll('.text + .notes')].map(note => {
                const box = note.getBoundingClientRect(), before = end;
                const text = note.previousElementSibling.getBoundingClientRect();
                end = box.bottom;
                return [box.top - text.top, box.top - before];
              })}"""
        )
        assert found, width
        pushed = [lower for lower in found if abs(lower[0]) > LINE]
        assert all(under <= 2 * LINE for _, under in pushed), width
        assert len(pushed) <= 1, width
    page.close()


def test_text_at_twice_its_size(site: str, chromium: Browser) -> None:
    """On a phone with letters of twice the size and every note open nothing is wider than the window."""
    page = chromium.new_page(viewport={"width": 390, "height": 844})
    for path in (*PAGES, "/evidence/", "/glossary/", "/search/"):
        page.goto(site + path)
        page.add_style_tag(content="html {font-size: 200% !important}")
        page.evaluate(
            "document.querySelectorAll('details').forEach(e => e.open = true)"
        )
        assert page.evaluate("document.documentElement.scrollWidth") <= 390, path
    page.close()


def test_a_note_unfolds_where_it_stands(site: str, chromium: Browser) -> None:
    """In the margin a note is level with its passage and closed to eye and keyboard alike; open, it moves no text."""
    page = chromium.new_page(viewport={"width": 1280, "height": 900})
    page.goto(site + ARTICLE)
    level = page.evaluate(
        """() => [...document.querySelectorAll('.passage > .notes')].map(note => {
          const beside = note.getBoundingClientRect();
          const text = note.parentElement.querySelector('.text').getBoundingClientRect();
          return beside.left > text.right && beside.top >= text.top - 1 && beside.top < text.bottom;
        })"""
    )
    assert len(level) > 10
    assert sum(level) / len(level) > 0.9
    first = page.locator(".passage > .notes:has(details)").first
    tops = "[...document.querySelectorAll('.text, h2')].map(e => e.getBoundingClientRect().top + scrollY)"
    before = page.evaluate(tops)
    inside = first.locator("details > p").first
    assert not inside.is_visible()
    first.locator("summary").first.focus()
    page.keyboard.press("Enter")
    assert inside.is_visible()
    assert page.evaluate(tops) == before
    page.close()


def test_marks_with_forced_colours(site: str, chromium: Browser) -> None:
    """With colours forced the marks are drawn in the colour of the text beside them."""
    context = chromium.new_context(forced_colors="active")
    page = context.new_page()
    page.goto(site + HOME)
    pairs = page.evaluate(
        "[...document.querySelectorAll('b svg')].map(e => [getComputedStyle(e).fill, getComputedStyle(e.parentElement).color])"
    )
    assert pairs
    assert all(fill == colour for fill, colour in pairs)
    context.close()
