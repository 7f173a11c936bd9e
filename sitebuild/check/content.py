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
from sitebuild.model import ArticleFields, Block, Document, SourceLine
from sitebuild.read import tree
from sitebuild.read.terms import folded

_FILE = "pelicanconf.py"
_REVIEW = "a whole number of months is allowed; 0 for no day of review"
_MONTHS = 12
_OF_ONE_LINE = (
    *("SITENAME", "SITESUBTITLE", "SITEURL", "SITE_NOTICE", "OWNER", "EDITOR"),
    *("FUNDING", "CONTACT", "LICENCE", "LICENCE_URL", "DEFAULT_LANG"),
)
_CONTACT = re.compile(r"(mailto:)?[^\s/@:]+@[^\s/@:]+|/\S*|https://\S+")


def check_settings(settings: Mapping[str, Any], root: Path, report: Report) -> None:
    """Report a setting that would fail a build far from its line, or on every page.

    `root` is the folder of pelicanconf.py, where the line of a setting is looked up.
    """
    _check_timezone(settings["TIMEZONE"], place_of_setting("TIMEZONE", root), report)
    _check_markdown(settings["MARKDOWN"], place_of_setting("MARKDOWN", root), report)
    _check_words(settings, root, report)
    months = settings.get("REVIEW_MONTHS", _MONTHS)
    if type(months) is not int or months < 0:
        place = place_of_setting("REVIEW_MONTHS", root)
        found = f"the setting REVIEW_MONTHS is {months!r}"
        report.add(place, found, _REVIEW, f"write a number such as {_MONTHS}")


def _check_words(settings: Mapping[str, Any], root: Path, report: Report) -> None:
    """Report words of more than one line, no name, and a CONTACT that leads nowhere."""
    for name in _OF_ONE_LINE:
        value = settings.get(name) or ""
        if isinstance(value, str) and len(value.splitlines()) > 1:
            report.add(
                place_of_setting(name, root),
                f"the setting {name} has more than one line",
                "it stands on one line of pages, and of files for machines",
                "write it on one line",
            )
    if not settings["SITENAME"].strip():
        report.add(
            place_of_setting("SITENAME", root),
            "the setting SITENAME is empty",
            "a site has a name, which stands on every page",
            "write it in quotation marks",
        )
    contact = str(settings.get("CONTACT") or "")
    if contact and not _CONTACT.fullmatch(contact):
        report.add(
            place_of_setting("CONTACT", root),
            f'the setting CONTACT is "{contact}"',
            "an e-mail address, a page of the site (/about/) or an address that begins "
            "with https:// is allowed",
            "write one of these, or leave it empty",
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


def _check_timezone(name: Any, place: SourceLine, report: Report) -> None:
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, TypeError, OSError):
        report.unknown(
            place,
            f'the setting TIMEZONE is "{name}"',
            str(name),
            available_timezones(),
            "name a time zone as the IANA database does, such as UTC or Europe/Berlin",
        )


def _check_markdown(options: Any, place: SourceLine, report: Report) -> None:
    """Report the extension that does not load, else what Python-Markdown says."""
    try:
        Markdown(**options)
    except Exception as error:  # whatever the code of an extension raises
        report.add(
            place,
            f"the setting MARKDOWN{_which(options)} does not load: {error}",
            "extensions are allowed that Python-Markdown finds by name, such as extra",
            "correct the setting, or add the package to requirements.txt",
        )


def _which(options: Any) -> str:
    """Return the words for the first extension that does not load by itself."""
    if not isinstance(options, Mapping):
        return ""
    for extension in options.get("extensions", ()):
        try:
            Markdown(extensions=[extension])
        except Exception:  # as above
            return f' names the extension "{extension}", which'
    return ""


def check_sources(documents: Iterable[Document], language: str, report: Report) -> None:
    """Report days out of order, another language, and forms that two terms have."""
    forms: dict[str, SourceLine] = {}
    for document in documents:
        _check_days(document, report)
        _check_language(document, language, report)
        if not document.is_published:
            continue
        for term in document.blocks("term"):
            _check_term(term, forms, report)


def _check_days(document: Document, report: Report) -> None:
    """Report an article that was modified before its date."""
    fields = document.fields
    if not isinstance(fields, ArticleFields) or not fields.modified:
        return
    if fields.modified < fields.date:
        report.add(
            document.place("modified"),
            f"modified is {fields.modified}, before the date {fields.date}",
            "an article is modified after its date, or not at all",
            "correct one of the two",
        )


def _check_language(document: Document, language: str, report: Report) -> None:
    """Report a file in another language than that of the site."""
    own = document.metadata.get("lang", "")
    if own and own.lower()[:2] != language.lower()[:2]:
        report.add(
            document.place("lang"),
            f'the header has the lang "{own}"',
            f'all pages are in the language of DEFAULT_LANG, "{language}"',
            "remove the line, or leave the file out of this site",
        )


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


# Texts that Pelican may read elsewhere.
_OTHER_TEXTS = {
    ".rst": "reStructuredText",
    ".html": "HTML",
    ".adoc": "AsciiDoc",
    ".org": "Org",
    ".ipynb": "a notebook",
    ".docx": "a document of Word",
    ".markdown": "Markdown under another name",
}


def check_files(
    content: Path,
    known: Collection[str],
    name: Callable[[Path], str],
    allowed: str,
    report: Report,
) -> None:
    """Report the files of a folder whose paths are not known: nothing reads them."""
    for found in sorted(tree.walk(str(content))):
        if found in known:
            continue
        suffix = Path(found).suffix.lower()
        what, remedy = "no part of the build reads this file", "move or remove it"
        if suffix in _OTHER_TEXTS:
            what = f"it is {_OTHER_TEXTS[suffix]}, and texts are Markdown"
            remedy = "write it as Markdown, in a file that ends with .md"
        report.add(SourceLine(name(Path(found)), 1), what, allowed, remedy)
