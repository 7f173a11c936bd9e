"""What must be true of settings and of sources; beside it of links and addresses."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import date
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from markdown import Markdown

from sitebuild.faults import Report
from sitebuild.model import Document, SourceLine
from sitebuild.read import tree
from sitebuild.release import file_at

_FILE = "pelicanconf.py"
_CONTACT = re.compile(r"(mailto:)?[^\s/@:]+@[^\s/@:]+|/\S*|https://\S+")
_SITE = re.compile(r"https://[a-z0-9-]+(\.[a-z0-9-]+)+(:\d+)?(/[\w.~-]+)*")
# Where a page stands, after the first slash: a folder, or a file that is a page.
_ADDRESS = re.compile(r"((?!\.)[\w.~-]+/)*((?!index\.)[\w~-][\w.~-]*\.html)?")
# What the addresses of each kind of page are made of, with an example.
_PARTS: Mapping[str, Mapping[str, Any]] = {
    "ARTICLE": {"slug": "one", "date": date(2026, 1, 31)},
    "TOPIC": {"slug": "one"},
    "PAGE": {"slug": "one"},
}


def _is_months(value: Any) -> bool:
    return type(value) is int and value >= 0


def _is_line(value: Any) -> bool:
    return isinstance(value, str) and len(value.strip().splitlines()) == 1


# Settings that would fail far from their line, or on every page: the name, what is
# right, what is allowed, what to do.
_SETTINGS: tuple[tuple[str, Callable[[Any], object], str, str], ...] = (
    (
        "SITENAME",
        _is_line,
        "a site has a name of one line, which stands on every page",
        "write it in quotation marks",
    ),
    ("DEFAULT_LANG", _is_line, "a site has a language, such as en", "write its tag"),
    (
        "CONTACT",
        lambda value: not value or _CONTACT.fullmatch(str(value)),
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
    _check_addresses(settings, root, report)
    _check_site(settings, report)
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


def _check_site(settings: Mapping[str, Any], report: Report) -> None:
    """Report a SITEURL at which no site can be published."""
    site = str(settings["SITEURL"])
    if settings.get("HOSTING") and not _SITE.fullmatch(site):
        report.add(
            SourceLine("publishconf.py", 1),
            f'SITEURL is "{site}"',
            "a site is published at https:// and a host in lower case or punycode, "
            "with a folder or without, such as https://example.org",
            "set SITEURL there or in the environment",
        )


def _check_addresses(settings: Mapping[str, Any], root: Path, report: Report) -> None:
    """Report where pages would stand at no address, or beside the one that is set."""
    for kind, parts in _PARTS.items():
        name, file = f"{kind}_URL", f"{kind}_SAVE_AS"
        url: Any = settings.get(name)
        try:
            made = url.format(**parts)
        except (AttributeError, LookupError, TypeError, ValueError):
            made = str(url)  # with its braces, which no address has
        if "{slug}" not in str(url) or not _ADDRESS.fullmatch(made):
            report.add(
                place_of_setting(name, root),
                f"the setting {name} is {url!r}",
                "it begins without a slash, has {slug} in it (that of articles may "
                "have {date:%Y} too) and ends with / or .html",
                "write it so, such as articles/{slug}/",
            )
        elif _line_of(file, root) and settings.get(file) != file_at(url):
            report.add(
                place_of_setting(file, root),
                f"the setting {file} is {settings.get(file)!r}",
                f"a page stands at {name} in the file {file_at(url)!r}",
                f"remove it; set {name} alone",
            )


def place_of_setting(name: str, root: Path) -> SourceLine:
    """Return the last line of pelicanconf.py that sets a name; 1 if none does."""
    return SourceLine(_FILE, _line_of(name, root) or 1)


def _line_of(name: str, root: Path) -> int:
    """Return the last line of pelicanconf.py that sets a name, alone or of several."""
    try:
        text = (root / _FILE).read_text("utf-8")
    except (OSError, UnicodeDecodeError):
        text = ""
    line = 0
    setting = rf"^(\w+ *[,=] *)*{name}\b[\w, ]*[:=](?!=)"
    for found in re.finditer(setting, text, re.MULTILINE):
        line = text.count("\n", 0, found.start()) + 1
    return line


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


def check_languages(
    documents: Iterable[Document], language: str, report: Report
) -> None:
    """Report a text in another language than that of the site."""
    for document in documents:
        own = document.metadata.get("lang", "")
        if own and own.lower()[:2] != language.lower()[:2]:
            report.add(
                document.place("lang"),
                f'the header has the lang "{own}"',
                f'all pages are in the language of DEFAULT_LANG, "{language}"',
                "remove the line, or leave the file out of this site",
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
