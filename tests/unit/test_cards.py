"""Social cards: the picture that a shared link shows."""

from __future__ import annotations

import subprocess
import sys
from io import BytesIO
from pathlib import Path

import pytest
from helpers import document
from PIL import Image, ImageColor
from projects import ROOT, SITEURL

from sitebuild.render import cards, icons

COLOURS = ("#231d17", "#fbf7ee", "#0c4d48")
MARK = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32" stroke-width="3"><path d="M6 3c7 7-3 14 4 26"/></svg>'


def draw(title: str, under: str = "Under") -> Image.Image:
    """A card, read back."""
    return Image.open(BytesIO(cards.draw(title, under, "Site", MARK, COLOURS)))


def test_every_page_names_a_card_that_is_there(built: Path) -> None:
    """Each page but the 404 page has its own card, of the size that networks show whole, small enough to be fetched."""
    seen = set()
    for page in built.rglob("index.html"):
        head = {
            meta.get("property"): meta.get("content")
            for meta in document(page).xpath("//meta[@property]")
        }
        card = built / head["og:image"].removeprefix(f"{SITEURL}/")
        folder = built / "social" / page.parent.relative_to(built)
        assert card == folder.with_suffix(".png")
        with Image.open(card) as image:
            assert (image.format, image.size) == ("PNG", (1200, 630))
        assert card.stat().st_size < 30_000
        assert head["og:image:alt"]
        seen.add(card.read_bytes())
    assert (
        len(seen)
        == len([*built.glob("social.png"), *built.rglob("social/**/*.png")])
        == len(list(built.rglob("index.html")))
    )


def test_a_card_has_the_colours_of_the_theme(built: Path) -> None:
    """Ink, paper and accent come from the tokens file and are all that a card is made of."""
    tokens = (ROOT / "theme/css/tokens.css").read_text("utf-8")
    with Image.open(built / "social.png") as image:
        counts = sorted(image.convert("RGB").getcolors() or [], reverse=True)
    ink, paper, accent = map(ImageColor.getrgb, cards.read_colours(tokens))
    assert counts[0][1] == paper
    assert {ink, accent} == {colour for _, colour in counts[1:3]}
    assert len(counts) <= 16


@pytest.mark.parametrize(
    ("css", "colours"),
    [
        (
            "--ink:#111111;--paper: #fff;\n--accent : red;--ink:#eee",
            ("#111111", "#fff", "black"),
        ),
        ("", ("black", "white", "black")),
    ],
)
def test_a_theme_may_lack_a_colour(css: str, colours: tuple[str, str, str]) -> None:
    """The first value is the light one and is taken; what is not named in hexadecimal is black on white."""
    assert cards.read_colours(css) == colours
    assert cards.draw("Title", "", "Site", MARK, cards.read_colours(css))


def test_two_processes_draw_equal_bytes() -> None:
    """A card depends on nothing but its words, its mark and its colours."""
    code = f"import sys; from sitebuild.render import cards; sys.stdout.buffer.write(cards.draw('T', 'U', 'S', {MARK!r}, {COLOURS!r}))"
    made = [
        subprocess.run(
            [sys.executable, "-c", code],
            check=True,
            capture_output=True,
            cwd=ROOT,
            env={"PYTHONHASHSEED": seed, "LANG": lang, "TZ": "Asia/Tokyo"},
        ).stdout
        for seed, lang in (("1", "C"), ("2", "de_DE.UTF-8"))
    ]
    assert made[0] == made[1] == cards.draw("T", "U", "S", MARK, COLOURS)


@pytest.mark.parametrize("letter", "éèüñçøßœšžłąěğıÅæőț“”‘’–—…½²°£€×αωЖ")
def test_the_font_has_the_letter(letter: str) -> None:
    """Letters with accents, typographic signs, Greek and Cyrillic are drawn and not boxed."""
    font = cards._font(40)
    assert bytes(font.getmask(letter)) != bytes(font.getmask("\uffff"))


def test_a_long_title_stays_on_the_card() -> None:
    """However long a title or a word in it is, the margins and the line below stay free."""
    for title in (
        "word " * 60,
        "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbau",
        "Short",
    ):
        image = draw(title, "many topics " * 20).convert("L")
        paper = image.getpixel((cards.SIZE[0] - 1, 0))
        assert set(image.crop((cards.SIZE[0] - 60, 0, *cards.SIZE)).tobytes()) == {
            paper
        }
        assert set(image.crop((30, 505, cards.SIZE[0], 525)).tobytes()) == {paper}


def test_lines_are_even() -> None:
    """No word is left alone on the last line where the lines could be even."""
    lines, _ = cards._set_title("Stress, calm and the sore back")
    assert lines == ["Stress, calm and", "the sore back"]


def test_a_page_says_the_size_of_its_card(built: Path) -> None:
    """Networks lay a card out before they have fetched it."""
    head = document(built / "index.html")
    for name, side in zip(("width", "height"), cards.SIZE, strict=True):
        assert head.xpath(f"//meta[@property='og:image:{name}']/@content") == [
            str(side)
        ]


def test_icons_that_browsers_ask_for_are_there(built: Path) -> None:
    """favicon.ico has a picture for each size of tab; the touch icon is 180 px wide and without a clear pixel."""
    with Image.open(built / "favicon.ico") as icon:
        assert icon.info["sizes"] == {(side, side) for side in icons.FAVICON_SIDES}
        icon.size = (16, 16)
        alphas = set(icon.convert("RGBA").getchannel("A").tobytes())
        assert min(alphas) == 0
        assert max(alphas) > 200
    with Image.open(built / "apple-touch-icon.png") as icon:
        assert (icon.format, icon.size) == ("PNG", (180, 180))
        tokens = (ROOT / "theme/css/tokens.css").read_text("utf-8")
        _, paper, accent = map(ImageColor.getrgb, cards.read_colours(tokens))
        counts = sorted(icon.convert("RGB").getcolors() or [], reverse=True)
        assert [colour for _, colour in counts[:2]] == [paper, accent]
        assert icon.convert("RGBA").getextrema()[3] == (255, 255)
    assert (built / "favicon.ico").stat().st_size < 5_000
