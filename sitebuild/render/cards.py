"""Social cards: the picture that a link to a page brings along."""

from __future__ import annotations

import re
from functools import lru_cache
from importlib.resources import files
from io import BytesIO
from typing import NamedTuple

from lxml import etree
from PIL import Image, ImageColor, ImageDraw, ImageFont
from svg.path import parse_path

# Pixels: the card, as the Open Graph tags of every page say, and the side of its mark.
SIZE = (1200, 630)
MARK = 76
_MARGIN = 88
_FONT = files("font_source_serif_pro") / "files" / "SourceSerifPro-Semibold.ttf"
_FONTS = 16  # memo: more than titles have sizes
_MASKS = 8  # memo: the mark at each size that is drawn
# One channel holds both colours: ink (0) and accent (255) stand on paper (between), and
# edges are the steps from one to the other. Sixteen steps are enough for the eye and
# half the bytes of a PNG.
_INK, _PAPER, _ACCENT, _STEP = 0, 119, 255, 17


def read_colours(tokens: str) -> tuple[str, str, str]:
    """Return ink, paper and accent on light paper, from the sheet that names colours.

    The light values stand first there; a colour that it lacks is black, paper white.
    """
    ink = _colour(tokens, "ink", "black")
    paper = _colour(tokens, "paper", "white")
    accent = _colour(tokens, "accent", "black")
    return ink, paper, accent


def _colour(tokens: str, role: str, default: str) -> str:
    found = re.search(rf"--{role}:\s*(#\w+)", tokens)
    return found[1] if found else default


@lru_cache(maxsize=_FONTS)
def _font(size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(BytesIO(_FONT.read_bytes()), size)


def _palette(colours: tuple[str, str, str]) -> list[int]:
    """Return the sixteen steps from ink over paper to accent, as PNG wants them."""
    ink, paper, accent = (ImageColor.getrgb(colour)[:3] for colour in colours)
    steps = []
    for value in range(_INK, _ACCENT + 1, _STEP):
        to, share = (
            (ink, 1 - value / _PAPER)
            if value < _PAPER
            else (accent, (value - _PAPER) / (_ACCENT - _PAPER))
        )
        steps += [
            round(here + (there - here) * share)
            for here, there in zip(paper, to, strict=True)
        ]
    return steps


def _wrap(text: str, font: ImageFont.FreeTypeFont, width: float) -> list[str]:
    lines = [""]
    for word in text.split():
        longer = f"{lines[-1]} {word}".strip()
        if lines[-1] and font.getlength(longer) > width:
            lines.append(word)
        else:
            lines[-1] = longer
    return lines


def _set_title(title: str) -> tuple[list[str], ImageFont.FreeTypeFont]:
    """Return the lines of a title, as even as can be, at the largest size that fits."""
    full = SIZE[0] - 2 * _MARGIN
    for size in range(84, 24, -6):
        font = _font(size)
        lines = _wrap(title, font, full)
        if len(lines) * size * 1.2 <= 330 and max(map(font.getlength, lines)) <= full:
            break
    tries = (_wrap(title, font, width) for width in range(full // 2, full, 20))
    return next((even for even in tries if len(even) == len(lines)), lines), font


@lru_cache(maxsize=_MASKS)
def strokes(mark: bytes, size: int) -> Image.Image:
    """Return a mask of the strokes of an SVG with a square view box, `size` wide.

    Raises ValueError, AttributeError or lxml's XMLSyntaxError for what is no such SVG.
    """
    root = etree.fromstring(mark)
    scale = 4 * size / float(root.get("viewBox").split()[2])
    radius = float(root.get("stroke-width", "1")) * scale / 2
    mask = Image.new("L", (4 * size, 4 * size))
    pen = ImageDraw.Draw(mask)
    for path in root.iter("{*}path"):
        for dot in (
            segment.point(n / 99) * scale
            for segment in parse_path(path.get("d"))
            for n in range(100)
        ):
            pen.ellipse(
                (
                    dot.real - radius,
                    dot.imag - radius,
                    dot.real + radius,
                    dot.imag + radius,
                ),
                fill=255,
            )
    return mask.resize((size, size), Image.Resampling.LANCZOS)


class Card(NamedTuple):
    """What a card shows, as `draw` takes it."""

    title: str
    under: str
    site: str
    mark: bytes
    colours: tuple[str, str, str]


def draw(
    title: str, under: str, site: str, mark: bytes, colours: tuple[str, str, str]
) -> bytes:
    """A PNG with a title, a line under it, and the site's name and mark over it.

    `mark` is an SVG whose paths are stroked; `colours` are ink, paper and accent.
    """
    image = Image.new("L", SIZE, _PAPER)
    pen = ImageDraw.Draw(image)
    pen.rectangle((0, 0, 24, SIZE[1]), fill=_ACCENT)
    image.paste(_ACCENT, (_MARGIN, 60), strokes(mark, MARK))
    pen.text((_MARGIN + 96, 112), site, _ACCENT, _font(40), "ls")
    lines, font = _set_title(title)
    for number, words in enumerate(lines):
        pen.text(
            (_MARGIN, 172 + font.size * (1 + 1.2 * number)), words, _INK, font, "ls"
        )
    pen.text(
        (_MARGIN, SIZE[1] - 72),
        _wrap(under, _font(32), SIZE[0] - 2 * _MARGIN)[0],
        _INK,
        _font(32),
        "ls",
    )
    image = image.point([round(value / _STEP) for value in range(256)])
    image.putpalette(_palette(colours))
    png = BytesIO()
    image.save(png, "PNG", bits=4)
    return png.getvalue()
