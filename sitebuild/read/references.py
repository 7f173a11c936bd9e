"""References from BibTeX, each with its authors in the manner of Vancouver."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from difflib import get_close_matches
from html import unescape

from pybtex.database import Entry
from pybtex.database.input.bibtex import Parser, month_names
from pybtex.exceptions import PybtexError
from pybtex.richtext import Text

from sitebuild.faults import Fault, Report, decode, known
from sitebuild.model import Raw, Reference, SourceLine
from sitebuild.read import schema
from sitebuild.read.authors import FORM, MisreadNameError, vancouver

_ENTRY = (
    "an entry is @type{key, name = {value}, …}, its authors separated by ` and `, "
    "with \\% for %"
)
_KEY = re.compile(r"@\w+\s*\{\s*([^,\s]+)")
# Fields of PubMed, Crossref and Zotero that are near to one of ours.
_EXPORTED = ("issn", "annote", "numpages", "shorttitle", "journaltitle", "date")
_ALIKE = 0.8
_ESCAPED = re.compile(r"\\([_%&#~])")
_FIELD = re.compile(r"([\w-]+)\s*=")
_COMMENT = re.compile(r"(?<!\\)%")
# A line outside the entries, so that an entry may be pasted as it was exported.
_VERIFIED = re.compile(r"%\s*verified\s+(?P<how>yes|partly)\s*:(?P<keys>.*)$")
# What exports add: names of months beside the macros that BibTeX has.
_MONTHS = (
    "january february march april june july august september sept october "
    "november december"
)
_MACROS = {**month_names, **dict.fromkeys(_MONTHS.split(), "")}
# What pybtex raises on input that is not BibTeX, apart from its own errors.
_PARSE_ERRORS = (UnicodeError, ValueError, RecursionError, IndexError, KeyError)

References = Mapping[str, Reference]
ReadReferences = tuple[References | None, tuple[Fault, ...]]


def read_references(path: str, data: bytes) -> ReadReferences:
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
    verified = _verified(text, path, entries, report)
    references = {}
    for key, entry in entries.items():
        place = SourceLine(path, lines.get(key, 1))
        of_fields = _lines_of_fields(text, place.line)
        reference = _reference(key, entry, verified.get(key), place, of_fields, report)
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
        parser = Parser(encoding="utf-8", macros=_MACROS)
        entries: Mapping[str, Entry] = parser.parse_string(text).entries
    except PybtexError as error:
        line = getattr(error, "lineno", None) or _line_of(str(error), text)
        problem = str(error)
    except _PARSE_ERRORS as error:
        line = 1
        problem = str(error)
    else:
        return entries
    report.add(
        SourceLine(path, line),
        f"BibTeX cannot be read: {problem}",
        FORM if "commas" in problem else _ENTRY,
        "fix the entry",
    )
    return None


def _lines_of_keys(text: str) -> dict[str, int]:
    """Return the line on which the entry of each key begins, the last of several."""
    lines = {}
    for found in _KEY.finditer(text):
        lines[found[1]] = text.count("\n", 0, found.start(1)) + 1
    return lines


def _line_of(message: str, text: str) -> int:
    """Return the line that a message of pybtex is about, else 1.

    It names no line for a key that is repeated, nor for a name with too many commas.
    """
    key = message.rpartition(": ")[2]
    quoted = message.partition("'")[2].rpartition("'")[0]
    if quoted and quoted in text:
        return text.count("\n", 0, text.index(quoted)) + 1
    return _lines_of_keys(text).get(key, 1)


def _verified(
    text: str, path: str, keys: Collection[str], report: Report
) -> dict[str, Raw]:
    """Return what lines such as `% verified yes: key, key` say, by key."""
    found = {}
    for number, line in enumerate(text.split("\n"), 1):
        said = _VERIFIED.match(line.strip())
        if not said:
            continue
        names = said["keys"].replace(",", " ").split()
        of = "this line"
        place = SourceLine(path, number)
        for key in known(names, keys, of, "reference", place, report):
            found[key] = Raw(said["how"], number)
    return found


def _reference(
    key: str,
    entry: Entry,
    verified: Raw | None,
    place: SourceLine,
    lines: Mapping[str, int],
    report: Report,
) -> Reference | None:
    """Return the reference of an entry; None, with a fault, if it is unreadable.

    `lines` has the line of each of its fields.
    """
    of = f'the reference "{key}"'
    try:
        raw = _fields(entry, place, lines)
        authors = vancouver(entry.persons.get("author", []), _plain)
    except MisreadNameError as error:
        line = SourceLine(place.file, lines.get("author", place.line))
        report.add(line, f"{of} cannot be read: {error}", FORM, "fix the names")
        return None
    except (PybtexError, ValueError) as error:
        report.add(place, f"{of} cannot be read: {error}", _ENTRY, "fix the entry")
        return None
    if verified and "verified" not in raw:
        raw["verified"] = verified
    values = schema.read(schema.REFERENCE, raw, of, place, report, "{} = {{…}},")
    sources = (values["journal"], values["institution"], values["booktitle"])
    return Reference(
        key=key,
        authors=authors,
        title=values["title"],
        source=next(filter(None, sources), ""),
        year=str(values["year"] or ""),
        doi=values["doi"],
        verified=values["verified"],
        url=values["url"],
        place=place,
    )


def _lines_of_fields(text: str, first: int) -> dict[str, int]:
    """Return the line of each field of the entry that begins at a line."""
    lines: dict[str, int] = {}
    for number, line in enumerate(text.split("\n")[first - 1 :], first):
        if number > first and line.lstrip().startswith("@"):
            break
        for name in _FIELD.findall(line):
            lines.setdefault(name.lower(), number)
    return lines


def _fields(
    entry: Entry, place: SourceLine, lines: Mapping[str, int]
) -> dict[str, Raw]:
    """Return the fields of an entry without those that only exports have.

    A field that is nearly one of ours is kept, so that it is reported as misspelt.
    """
    raw = {}
    for written, value in entry.fields.items():
        name = written.lower()
        if name not in schema.REFERENCE and not _is_misspelt(name):
            continue
        text = value if name == "url" else _plain(value)
        line = lines.get(name, place.line)
        raw[name] = Raw(_ESCAPED.sub(r"\1", text), line)
    return raw


def _is_misspelt(name: str) -> bool:
    if name in _EXPORTED:
        return False
    return bool(get_close_matches(name, schema.REFERENCE, 1, cutoff=_ALIKE))


def _plain(latex: str) -> str:
    """Return plain text; raises ValueError where something would be lost."""
    if not latex:
        return ""
    text = unescape(str(Text.from_latex(latex)))
    if "\\" in text or _COMMENT.search(latex):
        raise ValueError(f'"{latex}" holds a comment or a command that is not known')
    if "$" in text.replace("\\$", ""):
        raise ValueError(f'"{latex}" holds mathematics, which is set as plain text')
    return text
