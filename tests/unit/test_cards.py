"""Social cards: the picture that a shared link shows."""

from __future__ import annotations

import re
from io import BytesIO
from pathlib import Path

import jinja2
import pytest
from helpers import document
from markupsafe import Markup
from PIL import Image, ImageColor
from projects import ROOT, SITEURL

from sitebuild.faults import Report
from sitebuild.memory import Memory
from sitebuild.render import theme
from sitebuild.render.theme import read_theme

COLOURS = ("#231d17", "#fbf7ee", "#0c4d48")
TEMPLATE = (ROOT / "theme/templates/card.svg").read_text("utf-8")


def draw(title: str, under: str = "Under") -> Image.Image:
    """A card, read back."""
    return Image.open(BytesIO(theme.draw(svg(title, under))))


def svg(title: str, under: str = "Under") -> str:
    """What the template of the theme makes of a title and a line under it."""
    ink, paper, accent = COLOURS
    return jinja2.Template(TEMPLATE, autoescape=True).render(
        title=theme.set_title(title),
        under=under,
        SITENAME="Site",
        MARK=Markup((ROOT / "theme/mark.svg").read_text("utf-8")),
        INK=ink,
        PAPER=paper,
        ACCENT=accent,
    )


def colours() -> tuple[str, str, str]:
    """Ink, paper and accent of the theme."""
    return read_theme(ROOT / "theme", str, Memory(), Report()).colours


def test_every_page_names_a_card_that_is_there(built: Path) -> None:
    """Articles, topics and the first page have a card each, which the other pages share, of the size that networks show whole."""
    named, pictures_seen = set(), set()
    for page in built.rglob("index.html"):
        head = {
            meta.get("property"): meta.get("content")
            for meta in document(page).xpath("//meta[@property]")
        }
        card = built / head["og:image"].removeprefix(f"{SITEURL}/")
        own = page.parent.relative_to(built)
        is_own = own.parent.name in ("articles", "topics")
        folder = built / "social" / (own if is_own else "")
        assert card == folder.with_suffix(".png")
        with Image.open(card) as image:
            assert (image.format, image.size) == ("PNG", (1200, 630))
        assert card.stat().st_size < 60_000
        assert head["og:image:alt"]
        said = (head["og:image:width"], head["og:image:height"])
        assert said == ("1200", "630")
        named.add(card)
        pictures_seen.add(card.read_bytes())
    made = [*built.glob("social.png"), *built.rglob("social/**/*.png")]
    assert named == set(made)
    assert len(pictures_seen) == len(made)


def test_a_card_has_the_colours_of_the_theme(built: Path) -> None:
    """Ink, paper and accent come from the tokens file."""
    with Image.open(built / "social.png") as image:
        counts = sorted(image.convert("RGB").getcolors() or [], reverse=True)
    ink, paper, accent = map(ImageColor.getrgb, colours())
    assert counts[0][1] == paper
    assert {ink, accent} == {colour for _, colour in counts[1:3]}


def test_the_font_has_the_letters() -> None:
    """Letters with accents, typographic signs, Greek and Cyrillic are drawn and not boxed."""
    (font,) = re.findall(r' font-family="[^"]+" font-weight="\d+"', TEMPLATE)
    head = f'<svg xmlns="http://www.w3.org/2000/svg" width="50" height="50"{font}>'

    def drawn(letter: str) -> bytes:
        return theme.draw(f'{head}<text y="40" font-size="40">{letter}</text></svg>')

    assert drawn("\ue123") != drawn(" ")
    for letter in "éèüñçøßœšžłąěğıÅæőț“”‘’–—…½²°£€×αωЖ":
        assert drawn(letter) not in (drawn("\ue123"), drawn(" ")), letter


@pytest.mark.parametrize(
    "title",
    [
        "word " * 60,
        "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbau",
        "WHY MASSAGE WORKS WHERE MEDICINE MAY NOT, AND WHEN",
        "Short",
    ],
)
def test_a_long_title_stays_on_the_card(title: str) -> None:
    """However long a title or a word in it is, the margins and the line below stay free."""
    image = draw(title, "many topics " * 20).convert("L")
    width, height = image.size
    paper = image.getpixel((width - 1, 0))
    assert set(image.crop((width - 60, 0, width, height)).tobytes()) == {paper}
    assert set(image.crop((30, 508, width, 525)).tobytes()) == {paper}


def test_lines_are_even() -> None:
    """No word is left alone on the last line where the lines could be even."""
    title = theme.set_title("Stress, calm and the sore back")
    assert title.lines == ("Stress, calm and", "the sore back")


def test_icons_that_browsers_ask_for_are_there(built: Path) -> None:
    """favicon.ico has a picture for each size of tab; the touch icon is 180 px wide and without a clear pixel."""
    with Image.open(built / "favicon.ico") as icon:
        assert icon.info["sizes"] == {(side, side) for side in theme.FAVICON_SIDES}
        icon.size = (16, 16)
        alphas = set(icon.convert("RGBA").getchannel("A").tobytes())
        assert min(alphas) == 0
        assert max(alphas) > 200
    with Image.open(built / "apple-touch-icon.png") as icon:
        assert (icon.format, icon.size) == ("PNG", (180, 180))
        _, paper, accent = map(ImageColor.getrgb, colours())
        counts = sorted(icon.convert("RGB").getcolors() or [], reverse=True)
        assert [colour for _, colour in counts[:2]] == [paper, accent]
        assert icon.convert("RGBA").getextrema()[3] == (255, 255)
    assert (built / "favicon.ico").stat().st_size < 5_000
