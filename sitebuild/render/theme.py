"""The theme as values: templates, style sheet, script, mark; and what is drawn of it.

Cards, which a shared link shows, are drawn from its `card.svg`, icons from its mark.

A theme that has a folder `css` is made for this site: its sheets are inlined in every
page. Any other is a theme of Pelican's.
"""

from __future__ import annotations

import re
import struct
import textwrap
from collections.abc import Callable, Mapping
from hashlib import sha256
from importlib.resources import files
from pathlib import Path
from typing import NamedTuple

import rcssmin

from sitebuild.faults import Fault, Report, decode
from sitebuild.memory import Memory
from sitebuild.model import SourceLine
from sitebuild.read import tree

_DIGITS = 12  # of a hash in a file's name
# The sheets in the order of their layers; those of blocks/ stand between the two.
_FIRST = ("tokens", "reset", "base", "layout")
_LAST = ("utilities", "print")
_ORDER = re.compile(r"@layer [\w,]+;")
# Where the minified sheet passes from one file to the first of blocks/ or the next.
_BLOCKS = "}@layer blocks{"
# Sides of the pictures in an .ico, in pixels: a tab, one on a fine screen, a shortcut.
FAVICON_SIDES = (16, 32, 48)
_ICO_ENTRY = 16  # bytes
# Side of the icon that iOS puts on a home screen, whose corners it rounds.
TOUCH_SIDE = 180
# Titles: sizes in pixels, the room that lines have, and how wide a letter is at most.
_SIZES = range(84, 18, -6)
_ROOM = (1024, 330)
_LINE, _LETTER = 1.2, 0.54

Namer = Callable[[Path], str]


class Theme(NamedTuple):
    """Everything that a theme gives; `templates` has the text of each by its name.

    Names of templates are paths below templates/, with slashes. `colours` are ink,
    paper and accent on light paper.
    """

    folder: Path
    templates: Mapping[str, str]
    style: str
    script: bytes
    mark: bytes
    colours: tuple[str, str, str]

    @property
    def script_path(self) -> str:
        """Where the search page's script stands in the output, named by its hash."""
        return f"assets/search.{sha256(self.script).hexdigest()[:_DIGITS]}.js"


def is_own(folder: Path) -> bool:
    """Return whether a theme is made for this site."""
    return (folder / "css").is_dir()


def read_theme(folder: Path, name: Namer, memory: Memory, report: Report) -> Theme:
    """Return the theme in a folder; `name` says how messages name a file.

    A missing file and text that is not UTF-8 are faults. Raises SiteFaults where
    nothing can be rendered without the file.
    """
    data = {path: path.read_bytes() for path in map(Path, tree.walk(str(folder)))}
    for path in (folder / "mark.svg", folder / "search.js", *sheets(folder / "css")):
        if path not in data:
            report.add(
                SourceLine(name(path), 1),
                "the file is missing",
                "a theme has a mark, a script and its style sheets",
                "add it",
            )
    report.stop()

    def make() -> tuple[Theme, list[Fault]]:
        found = Report()
        texts = {path: decode(it, name(path), found) for path, it in data.items()}
        return _make(folder, texts, data), found.faults

    theme, faults = memory.take("theme", (folder, data), make)
    report.extend(faults)
    report.stop()
    return theme


def _make(folder: Path, texts: Mapping[Path, str], data: Mapping[Path, bytes]) -> Theme:
    root, tokens = folder / "templates", texts[folder / "css" / "tokens.css"]
    found = {it.relative_to(root).as_posix(): it for it in texts if root in it.parents}
    return Theme(
        folder,
        {name: texts[found[name]] for name in sorted(found)},
        _minified("".join(texts[path] for path in sheets(folder / "css"))),
        data[folder / "search.js"],
        data[folder / "mark.svg"],
        (_colour(tokens, "ink"), _colour(tokens, "paper"), _colour(tokens, "accent")),
    )


def sheets(folder: Path) -> list[Path]:
    """Return the files of a style sheet in the order of its layers, blocks/ by name."""
    blocks = sorted((folder / "blocks").glob("*.css"))
    first = [folder / f"{name}.css" for name in _FIRST]
    return [*first, *blocks, *(folder / f"{name}.css" for name in _LAST)]


def _minified(text: str) -> str:
    """Return a sheet without comments and white space, its blocks in one layer.

    Files stand in the order of the layers, so the sheet need not name it.
    """
    sheet = _ORDER.sub("", str(rcssmin.cssmin(text)), count=1)
    before, opening, after = sheet.partition(_BLOCKS)
    return before + opening + after.replace(_BLOCKS, "")


def _colour(tokens: str, role: str) -> str:
    """Return the first value of a colour, which is the one on light paper."""
    found = re.search(rf"--{role}:\s*(#\w+)", tokens)
    default = "white" if role == "paper" else "black"
    return found[1] if found else default


class Title(NamedTuple):
    """The lines of a title and their size, as a template sets them."""

    size: int
    lines: tuple[str, ...]


def set_title(title: str) -> Title:
    """Return the lines of a title, as even as can be, at the largest size that fits."""
    for size in _SIZES:
        letters = int(_ROOM[0] / (size * _LETTER))
        lines = textwrap.wrap(title, letters, break_long_words=size == _SIZES[-1])
        is_narrow = max(map(len, lines), default=0) <= letters
        if is_narrow and len(lines) * size * _LINE <= _ROOM[1]:
            break
    for width in range(max(1, letters // 2), letters):
        even = textwrap.wrap(title, width, break_long_words=False)
        if len(even) == len(lines) and max(map(len, even)) <= letters:
            return Title(size, tuple(even))
    return Title(size, tuple(lines))


def draw(svg: str, side: int | None = None, style: str = "") -> bytes:
    """Return an SVG as a PNG, `side` pixels wide or as wide as it says.

    `style` is a sheet that goes before its own. Raises ValueError for what cannot be
    drawn.
    """
    import resvg_py  # noqa: PLC0415 - a build that draws nothing need not load it

    font = files("font_source_serif_pro") / "files" / "SourceSerifPro-Semibold.ttf"
    png = resvg_py.svg_to_bytes(
        svg_string=svg,
        width=side,
        height=side,
        style_sheet=style or None,
        skip_system_fonts=True,
        font_files=[str(font)],
    )
    return bytes(png)


def favicon(mark: str, colour: str) -> bytes:
    """Return an .ico with the mark, an SVG of strokes, in a colour on nothing.

    Raises ValueError for a mark that cannot be drawn, or shows nothing.
    """
    style = f"svg{{stroke:{colour}}}"
    pictures = [draw(mark, side, style) for side in FAVICON_SIDES]
    if pictures[0] == draw("<svg/>", FAVICON_SIDES[0]):
        raise ValueError("the mark shows nothing")
    head = struct.pack("<HHH", 0, 1, len(pictures))
    place = len(head) + _ICO_ENTRY * len(pictures)
    for side, png in zip(FAVICON_SIDES, pictures, strict=True):
        head += struct.pack("<BBBBHHII", side, side, 0, 0, 1, 32, len(png), place)
        place += len(png)
    return head + b"".join(pictures)
