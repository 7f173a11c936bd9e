"""References from BibTeX, each with its authors in the manner of Vancouver."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache

from pybtex.database import Entry, parse_string
from pybtex.exceptions import PybtexError
from pybtex.richtext import Text

from sitebuild.faults import Fault, Report, decode
from sitebuild.model import Raw, Reference, SourceLine
from sitebuild.read import schema

_ENTRY = (
    "an entry is @type{key, name = {value}, …}, its authors separated by ` and `, "
    "with \\% for %"
)
_KEY = re.compile(r"@\w+\s*\{\s*([^,\s]+)")
_COMMENT = re.compile(r"(?<!\\)%")
# Punctuation between names, or initials after a name: two authors in one.
_TWO_NAMES = re.compile(r"[;&]| [A-Z]{1,3}$")
# What pybtex raises on input that is not BibTeX, apart from its own errors.
_PARSE_ERRORS = (UnicodeError, ValueError, RecursionError, IndexError, KeyError)

References = Mapping[str, Reference]


@lru_cache(maxsize=8)  # parsing BibTeX is slow, and references rarely change
def read_references(
    path: str, data: bytes
) -> tuple[References | None, tuple[Fault, ...]]:
    """Read references.bib, given as its path and bytes, into references by key.

    Returns them with the faults found; None in their place if the file is unreadable.
    """
    report = Report()
    text = read_text(path, data, report)
    if not text:
        return None, tuple(report.faults)
    entries = _parse(text, path, report)
    if entries is None:
        return None, tuple(report.faults)
    lines = _lines_of_keys(text)
    references = {}
    for key, entry in entries.items():
        place = SourceLine(path, lines.get(key, 1))
        reference = _reference(key, entry, place, report)
        if reference:
            references[key] = reference
    return references, tuple(report.faults)


def read_text(path: str, data: bytes, report: Report) -> str:
    """Return the text of a data file.

    A file that is missing or empty is one fault, and not one for every name in it.
    """
    if not data.strip():
        report.add(
            SourceLine(path, 1),
            "the file is missing or empty",
            "it holds findings or references",
            "restore it, or write a comment into it if there are none",
        )
    return decode(data, path, report)


def _parse(text: str, path: str, report: Report) -> Mapping[str, Entry] | None:
    """Return the entries of some BibTeX by key; None, with a fault, if it is none."""
    try:
        entries: Mapping[str, Entry] = parse_string(text, "bibtex").entries
    except PybtexError as error:
        line = getattr(error, "lineno", None) or _line_of_repeated(str(error), text)
        problem = str(error)
    except _PARSE_ERRORS as error:
        line = 1
        problem = str(error)
    else:
        return entries
    report.add(
        SourceLine(path, line),
        f"BibTeX cannot be read: {problem}",
        _ENTRY,
        "fix the entry",
    )
    return None


def _lines_of_keys(text: str) -> dict[str, int]:
    """Return the line on which the entry of each key begins, the last of several."""
    lines = {}
    for found in _KEY.finditer(text):
        lines[found[1]] = text.count("\n", 0, found.start(1)) + 1
    return lines


def _line_of_repeated(message: str, text: str) -> int:
    """Return the last line with the key that ends a message of pybtex, else 1.

    pybtex names no line for a key that is repeated.
    """
    key = message.rpartition(": ")[2]
    return _lines_of_keys(text).get(key, 1)


def _reference(
    key: str, entry: Entry, place: SourceLine, report: Report
) -> Reference | None:
    """Return the reference of an entry; None, with a fault, if it is unreadable."""
    of = f'the reference "{key}"'
    try:
        raw = {}
        for name, value in entry.fields.items():
            raw[name.lower()] = Raw(_plain(value), place.line)
        authors = _authors(entry)
    except (PybtexError, ValueError) as error:
        report.add(place, f"{of} cannot be read: {error}", _ENTRY, "fix the entry")
        return None
    values = schema.read(schema.REFERENCE, raw, of, place, report)
    return Reference(
        key=key,
        authors=authors,
        title=values["title"],
        source=values["journal"] or values["institution"],
        year=str(values["year"] or ""),
        doi=values["doi"],
        verified=values["verified"],
        url=values["url"],
        place=place,
    )


def _plain(latex: str) -> str:
    """Return plain text; raises ValueError where something would be lost."""
    if not latex:
        return ""
    text = str(Text.from_latex(latex))
    if "\\" in text or _COMMENT.search(latex):
        raise ValueError(f'"{latex}" holds a comment or a command that is not known')
    return text


def _authors(entry: Entry) -> tuple[str, ...]:
    """Return authors in the Vancouver style: family name, initials without points."""
    authors = []
    for person in entry.persons.get("author", []):
        family = _plain(" ".join([*person.prelast_names, *person.last_names]))
        given = _plain(" ".join([*person.first_names, *person.middle_names]))
        if _TWO_NAMES.search(family):
            raise ValueError(f'"{family}" is more than one name')
        name = f"{family} {_initials(given)}".strip()
        authors.append("et al." if name == "others" else name)
    return tuple(authors)


def _initials(given: str) -> str:
    parts = re.split(r"[\s-]+", given)
    return "".join(part[:1] for part in parts)
