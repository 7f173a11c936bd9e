"""References from BibTeX, each with its authors in the manner of Vancouver."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Literal, NoReturn

from sitebuild.faults import Fault, FileReport, Report, decode, known
from sitebuild.model import REQUIRED, Names, Reference, SourceLine
from sitebuild.read.authors import read_authors
from sitebuild.read.bibtex import Entry, plain, read_entries, web_address
from sitebuild.read.fields import Doi, Raw, WebAddress, fields_of, read_fields

References = Mapping[str, Reference]
ReadReferences = tuple[References | None, tuple[Fault, ...]]
# What other programs call a field of ours.
_OTHER_NAMES = {
    "journaltitle": "journal",
    "shortjournal": "journal",
    "organization": "institution",
    "school": "institution",
    "maintitle": "booktitle",
    "howpublished": "publisher",
}
# Where a source can be read that has neither a DOI nor an address, by its number.
_ADDRESSES = {
    "pmid": (r"\d+", "https://pubmed.ncbi.nlm.nih.gov/{}/"),
    "pmcid": (r"PMC\d+", "https://pmc.ncbi.nlm.nih.gov/articles/{}/"),
    "eprint": (r"\d{4}\.\d{4,5}(?:v\d+)?", "https://arxiv.org/abs/{}"),
}
# Fields of PubMed, Crossref and Zotero that are near to one of ours.
_EXPORTED = ("issn", "annote", "numpages", "shorttitle", "pagetotal", "eprint")
_ALIKE = 0.8
# A line outside the entries, so that an entry may be pasted as it was exported.
_VERIFIED = re.compile(r"%\s*verified\s+(?P<how>yes|partly)\s*:(?P<keys>.*)$")
_RESOLVER = re.compile(r"(?:https?://(?:dx\.)?doi\.org/|doi:\s*)", re.IGNORECASE)
# A tag of BCP 47; exports write the names of languages as well.
_LANGUAGE = re.compile(r"[a-z]{2,3}(-[a-zA-Z0-9]{2,8})*")
_WEB = re.compile(r"https?://[^\s{}<>]*[^\s{}<>.,;]")
# The HTML that exports of Crossref and PubMed have in titles, and that says nothing.
_TAGS = re.compile(r"</?(?:i|b|em|strong|sub|scp|u|span)\b[^<>]*>", re.IGNORECASE)


@dataclass(frozen=True, kw_only=True)
class _ReferenceFields:
    """The fields of an entry, as BibTeX and its exports name them."""

    title: str = field(default="", metadata=REQUIRED)
    author: str = ""
    journal: str = ""
    institution: str = ""
    booktitle: str = ""
    publisher: str = ""
    year: int = 0
    doi: Doi = ""
    url: WebAddress = ""
    language: str = ""
    verified: Literal["yes", "partly"] = "yes"
    volume: str = ""
    number: str = ""
    pages: str = ""
    isbn: str = ""
    note: str = ""


def read_references(path: str, data: bytes) -> ReadReferences:
    """Read references.bib, given as its path and bytes, into references by key.

    Returns them with the faults found; None in their place if the file is unreadable.
    """
    file = FileReport(path, Report())
    text = read_text(path, data, file.report)
    if not text:
        return None, tuple(file.report.faults)
    entries: dict[str, Entry] = {}
    for entry in read_entries(text, file):
        first = entries.setdefault(entry.key, entry)
        if first is not entry:
            file.add(
                entry.line,
                f'the reference "{entry.key}" stands twice',
                "a key is unique",
                f"line {first.line} has it too; rename or remove one",
            )
    _check_dois(entries.values(), file)
    verified = _verified(text, entries, file)
    references = {}
    for key, entry in entries.items():
        reference = _reference(entry, verified.get(key), entries, file)
        if reference:
            references[key] = reference
    _check_verified({key: entries[key] for key in references}, verified, file)
    faults = tuple(file.report.faults)
    is_named = not any("" in fault.unread for fault in faults)
    return references if is_named else None, faults


def _check_dois(entries: Iterable[Entry], file: FileReport) -> None:
    """Report a source that stands under two keys."""
    first: dict[str, str] = {}
    for entry in entries:
        raw = entry.fields.get("doi", Raw("", 0))
        doi = _RESOLVER.sub("", raw.value).strip().lower()
        other = first.setdefault(doi, entry.key) if doi else entry.key
        if other != entry.key:
            file.add(
                raw.line,
                f'the reference "{entry.key}" has the DOI of "{other}"',
                "a source stands once",
                f'cite "{other}" in its place, and remove it',
            )


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
    return decode(data, path, report).replace("\r\n", "\n")


def _verified(text: str, keys: Collection[str], file: FileReport) -> dict[str, Raw]:
    """Return what lines such as `% verified yes: key, key` say, by key."""
    found = {}
    for number, line in enumerate(text.split("\n"), 1):
        said = _VERIFIED.match(line.strip())
        if said:
            names = said["keys"].replace(",", " ").split()
            place = SourceLine(file.path, number)
            for key in known(names, keys, "this line", "reference", place, file.report):
                found[key] = Raw(said["how"], number)
    return found


def _check_verified(
    entries: Mapping[str, Entry], verified: Collection[str], file: FileReport
) -> None:
    """Report, in one fault, the references that nobody says to have looked up."""
    missing = [
        key
        for key, entry in entries.items()
        if "verified" not in entry.fields and key not in verified
    ]
    if missing:
        listed = ", ".join(missing)
        file.add(
            entries[missing[0]].line,
            f'no "verified" stands for {listed}',
            "a reference is cited when its details were looked up: yes or partly",
            f"look them up, and add a line `% verified yes: {listed}`",
        )


def _reference(
    entry: Entry,
    verified: Raw | None,
    entries: Mapping[str, Entry],
    file: FileReport,
) -> Reference | None:
    """Return the reference of an entry; None, with a fault, if it is unreadable."""
    of = f'the reference "{entry.key}"'
    try:
        raw = _fields(entry, entries, file)
        authors = _authors(entry, file)
    except _UnreadableError:
        return None
    if verified:
        raw.setdefault("verified", verified)
    form = "{} = {{{}}},"
    values = read_fields(_ReferenceFields, raw, of, entry.line, file, form)
    of_book = (values.booktitle, values.publisher)
    sources = (values.journal, values.institution, *of_book)
    return Reference(
        key=entry.key,
        authors=authors,
        title=values.title,
        source=next(filter(None, sources), ""),
        year=str(values.year or ""),
        doi=values.doi,
        verified=values.verified,
        url=values.url,
        language=values.language if _LANGUAGE.fullmatch(values.language) else "",
        place=SourceLine(file.path, entry.line),
    )


def _fields(
    entry: Entry, entries: Mapping[str, Entry], file: FileReport
) -> dict[str, Raw]:
    """Return the fields of an entry that a reference has, as plain text.

    A field that is nearly one of ours is kept, so that it is reported as misspelt.
    """
    wanted = fields_of(_ReferenceFields)
    raw = {}
    for name, written in _named(entry, entries):
        if name not in wanted and not _is_misspelt(name, wanted):
            continue
        if name in raw or name == "author":
            continue
        try:
            plain_text = web_address if name == "url" else plain
            value = plain_text(_TAGS.sub("", written.value))
        except ValueError as error:
            _add_unreadable(entry, written.line, str(error), file)
        if name == "doi":
            value = _RESOLVER.sub("", value)
        if name not in wanted or value:
            raw[name] = Raw(value, written.line)
    return raw


def _named(entry: Entry, entries: Mapping[str, Entry]) -> Iterator[tuple[str, Raw]]:
    """Yield the fields of an entry by our names; those of its `crossref` come last."""
    written = dict(entry.fields)
    parent = entries.get(written["crossref"].value) if "crossref" in written else None
    if parent:
        written.setdefault("booktitle", parent.fields.get("title", Raw("", 0)))
        written = {**parent.fields, **written}
    if "title" in written and "subtitle" in written:
        title, below = written["title"], written["subtitle"]
        written["title"] = Raw(f"{title.value}: {below.value}", title.line)
    for name in entry.fields:
        yield name, written[name]
    for name, raw in written.items():
        if name in _OTHER_NAMES and not _WEB.search(raw.value):
            yield _OTHER_NAMES[name], raw
        elif name == "date":
            year = re.match(r"\d{4}(?!\d)", raw.value)
            yield "year", Raw(year[0] if year else raw.value, raw.line)
        elif name not in entry.fields:
            yield name, raw
    yield from _addresses(written)


def _addresses(written: Mapping[str, Raw]) -> Iterator[tuple[str, Raw]]:
    """Yield where a source can be read by other fields than `doi` and `url`."""
    for name in ("howpublished", "note"):
        found = _WEB.search(written[name].value) if name in written else None
        if found:
            yield "url", Raw(found[0], written[name].line)
    for name, (number, form) in _ADDRESSES.items():
        if name in written and re.fullmatch(number, written[name].value):
            yield "url", Raw(form.format(written[name].value), written[name].line)


def _is_misspelt(name: str, wanted: Collection[str]) -> bool:
    if name in _EXPORTED or name in _OTHER_NAMES or name == "date":
        return False
    return bool(get_close_matches(name, wanted, 1, cutoff=_ALIKE))


class _UnreadableError(ValueError):
    """Raised where an entry cannot be read, after its fault was added."""


def _add_unreadable(
    entry: Entry, line: int, error: str, file: FileReport, allowed: str = ""
) -> NoReturn:
    file.add(
        line,
        f'the reference "{entry.key}" cannot be read: {error}',
        allowed or "a value is plain text, with accents as letters or in LaTeX",
        "correct it",
        entry.key,
    )
    raise _UnreadableError(error)


_NAMES_FORM = (
    "names are `Family, Given` with ` and ` between two, `and others` for the rest, "
    "and an organisation in braces of its own: {World Health Organization}"
)


def _authors(entry: Entry, file: FileReport) -> Names:
    """Return each author as family name and initials without points.

    A name that would be read as another one is a fault. Editors stand for authors.
    """
    written = entry.fields.get("author") or entry.fields.get("editor")
    if not written:
        return ()
    try:
        return read_authors(written.value)
    except ValueError as error:
        _add_unreadable(entry, written.line, str(error), file, _NAMES_FORM)
