"""What must be true of settings and of the sources as a whole."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Mapping
from html import unescape
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from markdown import Markdown

from sitebuild.faults import Report
from sitebuild.model import Block, Document, SourceLine
from sitebuild.read import tree
from sitebuild.read.markdown import folded

_FILE = "pelicanconf.py"
_CONTACT = re.compile(r"(mailto:)?[^\s/@:]+@[^\s/@:]+|/\S*|https://\S+")


def _is_months(value: Any) -> bool:
    return type(value) is int and value >= 0


# Settings that would fail far from their line, or on every page: the name, what is
# right, what is allowed, what to do.
_SETTINGS: tuple[tuple[str, Callable[[Any], object], str, str], ...] = (
    (
        "SITENAME",
        str.strip,
        "a site has a name, which stands on every page",
        "write it in quotation marks",
    ),
    (
        "CONTACT",
        lambda value: not value or _CONTACT.fullmatch(value),
        "an e-mail address, a page of the site (/about/) or an address that begins "
        "with https:// is allowed",
        "write one of these, or leave it empty",
    ),
    (
        "REVIEW_MONTHS",
        _is_months,
        "a whole number of months is allowed; 0 for no day of review",
        "write a number such as 12",
    ),
)


def check_settings(settings: Mapping[str, Any], root: Path, report: Report) -> None:
    """Report a setting that would fail a build far from its line, or on every page.

    `root` is the folder of pelicanconf.py, where the line of a setting is looked up.
    """
    for name, is_right, allowed, remedy in _SETTINGS:
        if name in settings and not is_right(settings[name]):
            found = f"the setting {name} is {settings[name]!r}"
            report.add(place_of_setting(name, root), found, allowed, remedy)
    zone = settings["TIMEZONE"]
    try:
        ZoneInfo(zone)
    except (KeyError, ValueError, TypeError, OSError):
        report.unknown(
            place_of_setting("TIMEZONE", root),
            f'the setting TIMEZONE is "{zone}"',
            str(zone),
            available_timezones(),
            "name a time zone as the IANA database does, such as UTC or Europe/Berlin",
        )
    try:
        Markdown(**settings["MARKDOWN"])
    except Exception as error:  # whatever the code of an extension raises
        report.add(
            place_of_setting("MARKDOWN", root),
            f"the setting MARKDOWN does not load: {error}",
            "extensions are allowed that Python-Markdown finds by name, such as extra",
            "correct the setting, or add the package to requirements.txt",
        )


def place_of_setting(name: str, root: Path) -> SourceLine:
    """Return the last line of pelicanconf.py that sets a name; 1 if none does."""
    try:
        text = (root / _FILE).read_text("utf-8")
    except (OSError, UnicodeDecodeError):
        text = ""
    line = 1
    for found in re.finditer(rf"^{name}\s*[:=]", text, re.MULTILINE):
        line = text.count("\n", 0, found.start()) + 1
    return SourceLine(_FILE, line)


def check_name(
    name: str, names: Collection[str], settings: Mapping[str, Any], report: Report
) -> None:
    """Report a setting that names something published, where it names nothing.

    Its value may be "", for nothing; left out it may not be.
    """
    value = settings[name]
    if value and value not in names:
        place = place_of_setting(name, Path(settings["PATH"]).parent)
        report.unknown(place, f'the setting {name} names "{value}"', value, names)


def check_sources(documents: Iterable[Document], language: str, report: Report) -> None:
    """Report a text in another language, and forms that two glossary terms have."""
    forms: dict[str, SourceLine] = {}
    for document in documents:
        own = document.metadata.get("lang", "")
        if own and own.lower()[:2] != language.lower()[:2]:
            report.add(
                document.place("lang"),
                f'the header has the lang "{own}"',
                f'all pages are in the language of DEFAULT_LANG, "{language}"',
                "remove the line, or leave the file out of this site",
            )
        if document.is_published:
            for term in document.blocks("term"):
                _check_term(term, forms, report)


def _check_term(term: Block, forms: dict[str, SourceLine], report: Report) -> None:
    """Report a form of a term that another term has: its link could lead to either."""
    others = term.options.also
    for form in (term.name, *others):
        place = term.place_of("also") if form in others else term.place
        first = forms.setdefault(folded(form), place)
        if first != place:
            report.add(
                place,
                f'the form "{unescape(form)}" already stands at '
                f"{first.file}:{first.line}",
                "a form belongs to one term",
                "remove one of the two",
            )


def check_files(
    content: Path,
    known: Collection[str],
    name: Callable[[Path], str],
    allowed: str,
    report: Report,
) -> None:
    """Report the files of a folder whose paths are not known: nothing reads them."""
    for found in sorted(tree.walk(str(content))):
        if found not in known:
            report.add(
                SourceLine(name(Path(found)), 1),
                "no part of the build reads this file",
                allowed,
                "write a text as Markdown, in a file that ends with .md; move or "
                "remove any other",
            )
