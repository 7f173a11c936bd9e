"""The theme as values: its templates, its style sheet, its script, its mark."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from lxml.etree import XMLSyntaxError

from sitebuild.faults import Report, decode
from sitebuild.model import SourceLine
from sitebuild.read import ignore
from sitebuild.render import cards, css

_DIGITS = 12  # of a hash in a file's name


@dataclass(frozen=True)
class Theme:
    """Everything that a theme gives; `templates` has the text of each by its name.

    Names of templates are paths below templates/, with slashes.
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


def read_theme(folder: Path, name: Callable[[Path], str], report: Report) -> Theme:
    """Return the theme in a folder; `name` says how messages name a file.

    A missing file, text that is not UTF-8 and a mark that cannot be drawn are faults.
    Raises SiteFaults where nothing can be rendered without the file.
    """
    mark = folder / "mark.svg"
    script = folder / "search.js"
    for path in (mark, script, *css.paths(folder / "css")):
        if not path.is_file():
            report.add(
                SourceLine(name(path), 1),
                "the file is missing",
                "a theme has a mark, a script and its style sheets",
                "add it",
            )
    texts = {}
    for found in sorted(ignore.walk(str(folder))):
        path = Path(found)
        texts[path] = decode(path.read_bytes(), name(path), report)
    report.stop()
    _check_mark(mark, name, report)
    root = folder / "templates"
    return Theme(
        folder,
        {
            path.relative_to(root).as_posix(): text
            for path, text in texts.items()
            if path.is_relative_to(root)
        },
        css.read_style(folder / "css"),
        script.read_bytes(),
        mark.read_bytes(),
        cards.read_colours(texts[folder / "css" / "tokens.css"]),
    )


def _check_mark(path: Path, name: Callable[[Path], str], report: Report) -> None:
    try:
        cards.strokes(path.read_bytes(), cards.MARK)
    except (ValueError, TypeError, AttributeError, XMLSyntaxError) as error:
        report.add(
            SourceLine(name(path), 1),
            f"the mark cannot be drawn: {error}",
            "a mark is an SVG with a viewBox and strokes along paths",
            "fix it",
        )
