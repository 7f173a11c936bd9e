"""The theme as values: its templates, its style sheet, its script, its mark.

A theme that has a folder `css` is made for this site: its sheets are inlined in every
page. Any other is a theme of Pelican's.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from hashlib import sha256
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
