"""References from BibTeX, their authors in the manner of Vancouver, and citations.

A text cites its sources in Pandoc's form, `[@key; @key]`. Until a page numbers its
references, a citation is an empty element that no reader and no search sees.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Collection, Iterable, Mapping

from sitebuild.faults import Fault, Report, decode, known
from sitebuild.model import Reference, SourceLine
from sitebuild.read.bibtex import Entry, plain, read_entries, split, web_address
from sitebuild.read.fields import Raw, add_repeated, check_names, read_fields

References = Mapping[str, Reference]
ReadReferences = tuple[References | None, tuple[Fault, ...]]
# What BibTeX and the exports of other programs call each field of a reference; the
# first that is there counts.
_NAMES = {
    "title": ("title",),
    "authors": ("author", "editor"),
    "source": (
        *("journal", "journaltitle", "shortjournal", "institution", "organization"),
        *("school", "booktitle", "maintitle", "publisher", "howpublished"),
    ),
    "year": ("year", "date"),
    "doi": ("doi",),
    "url": ("url", "howpublished", "note", "pmid", "pmcid", "eprint"),
    "language": ("language",),
    "verified": ("verified",),
}
_NAMED = {*itertools.chain(*_NAMES.values()), "crossref", "subtitle"}
# Fields that are near to one of these and are not misspelt.
_OTHERS = (
    *("annote", "booksubtitle", "editora", "editorb", "editorc", "journalsubtitle"),
    *("journaltitleaddon", "mainsubtitle", "origlanguage", "origpublisher"),
)
_WEB = r"https?://[^\s{}<>]*[^\s{}<>.,;]"
# What stands in fields that may say where a source can be read, and its address.
_ADDRESSES = {
    "howpublished": (_WEB, "{}"),
    "note": (_WEB, "{}"),
    "pmid": (r"^\d+$", "https://pubmed.ncbi.nlm.nih.gov/{}/"),
    "pmcid": (r"^PMC\d+$", "https://pmc.ncbi.nlm.nih.gov/articles/{}/"),
    "eprint": (r"^\d{4}\.\d{4,5}(?:v\d+)?$", "https://arxiv.org/abs/{}"),
}
# What is left out of a value: the HTML that exports have in titles, the resolver of a
# DOI, all of a date but its year, and names of languages (a tag of BCP 47 is kept).
_LEFT_OUT = {
    "title": r"</?(?:i|b|em|strong|sub|scp|u|span)\b[^<>]*>",
    "doi": r"^(?:https?://(?:dx\.)?doi\.org/|doi:\s*)|\s+$",
    "year": r"(?<=^\d{4})[-/].*",
    "language": r"^(?![a-z]{2,3}(?:-[a-zA-Z0-9]{2,8})*$).*",
}
# A line outside the entries, so that an entry may be pasted as it was exported.
_VERIFIED = re.compile(r"%\s*verified\s+(?P<how>yes|partly)\s*:(?P<keys>.*)$")
_VALUE_FORM = "a value is plain text, with accents as letters or in LaTeX"
_KEY = r"@[\w:.-]*\w"
CITATION = re.compile(rf"\s*\[({_KEY}(?:;\s*{_KEY})*)\]")
_MARKED = re.compile(r'<sup data-cites="([^"]*)"></sup>')
_NAMES_FORM = (
    "names are `Family, Given` with ` and ` between two, `and others` for the rest, "
    "and an organisation in braces of its own: {World Health Organization}"
)
# Signs and words between names, and of organisations: no person has them.
_NO_PERSON = re.compile(
    r"[;&]|\b(?:and|of|for|the|und|(?i:et\.? al|co|inc|ltd|llc|corp|gmbh|plc))\b"
)
_SEVERAL = re.compile(r";|\bet\.? al\b")
_LINEAGE = re.compile(r"(?:Jr|Sr|II|III|IV)\.?")
_INITIALS = re.compile(r"[A-Z]{1,3}")
_TURNED = re.compile(r".* [A-Z]{1,3}")  # a name with its initials behind it
# Persons in braces of their own, which would be one author.
_PERSONS = re.compile(r"\{[^\W\d_][\w'’-]+, (?:[^\W\d_]\.?[ -]?)+(?: and .*)?\}")


def read_references(path: str, data: bytes) -> ReadReferences:
    """Read references.bib, given as its path and bytes, into references by key.

    Returns them with the faults found; None in their place if the file is unreadable.
    """
    file = Report(path)
    text = read_text(path, data, file)
    if not text.strip():
        return None, tuple(file.faults)
    entries: dict[str, Entry] = {}
    for entry in read_entries(text, file):
        first = entries.setdefault(entry.key, entry)
        if first is not entry:
            add_repeated("reference", entry.key, entry.line, file, first.line)
    verified = _verified(text, entries, file)
    references = {}
    for key, entry in entries.items():
        of = f'the reference "{key}"'
        named = {it: entry.fields[it] for it in entry.fields if it not in _OTHERS}
        check_names(named, _NAMED, of, file, own=True)
        entry.fields = _with_inherited(entry, entries)
        if key in verified:
            entry.fields.setdefault("verified", verified[key])
        reference = _reference(entry, of, file)
        if reference:
            references[key] = reference
    _check_verified([entries[key] for key in references], file)
    faults = tuple(file.faults)
    is_named = not any("" in fault.unread for fault in faults)
    return references if is_named else None, faults


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


def _verified(text: str, keys: Collection[str], file: Report) -> dict[str, Raw]:
    """Return what lines such as `% verified yes: key, key` say, by key."""
    found = {}
    for number, line in enumerate(text.split("\n"), 1):
        said = _VERIFIED.match(line.strip())
        if said:
            names = said["keys"].replace(",", " ").split()
            for key in known(names, keys, "this line", "reference", number, file):
                found[key] = Raw(said["how"], number)
    return found


def _check_verified(entries: Iterable[Entry], file: Report) -> None:
    """Report, in one fault, the references that nobody says to have looked up."""
    missing = [entry for entry in entries if "verified" not in entry.fields]
    if missing:
        listed = ", ".join(entry.key for entry in missing)
        file.add(
            missing[0].line,
            f'no "verified" stands for {listed}',
            "a reference is cited when its details were looked up: yes or partly",
            f"look them up, and add a line `% verified yes: {listed}`",
        )


def _with_inherited(entry: Entry, entries: Mapping[str, Entry]) -> dict[str, Raw]:
    """Return the fields of an entry, and below them those of its `crossref`."""
    written = dict(entry.fields)
    parent = entries.get(written["crossref"].value) if "crossref" in written else None
    if parent:
        for name, raw in parent.fields.items():
            written.setdefault("booktitle" if name == "title" else name, raw)
    if "title" in written and "subtitle" in written:
        title, below = written["title"], written["subtitle"]
        written["title"] = Raw(f"{title.value}: {below.value}", title.line)
    return written


def _reference(entry: Entry, of: str, file: Report) -> Reference | None:
    """Return the reference of an entry; None, with a fault, if it is unreadable."""
    raw = {}
    for field, names in _NAMES.items():
        for name in filter(entry.fields.get, names):
            it = entry.fields[name]
            try:
                value = _value(field, name, it.value)
            except ValueError as error:
                form = _NAMES_FORM if field == "authors" else _VALUE_FORM
                found = f"{of} cannot be read: {error}"
                file.add(it.line, found, form, "correct it", entry.key)
                return None
            if value:
                raw[field] = Raw(value, it.line)
                break
    authors = raw.pop("authors", Raw((), 0)).value
    place = SourceLine(file.path, entry.line)
    given = {"key": entry.key, "authors": authors, "place": place}
    return read_fields(Reference, raw, of, place.line, file, "{} = {{{}}},", **given)


def _value(field: str, name: str, latex: str) -> str | tuple[str, ...]:
    """Return what a field of BibTeX says for one of ours; "" where that is nothing."""
    if field == "authors":
        return tuple(map(_author, split(latex, r"\s+and\s+"))) if latex else ()
    if name == "url":
        return web_address(latex)
    if field == "url":
        pattern, form = _ADDRESSES[name]
        found = re.search(pattern, latex)
        return form.format(web_address(found[0])) if found else ""
    if name == "howpublished" and re.search(_WEB, latex):
        return ""
    left_out = _LEFT_OUT.get(field, "$^")
    return re.sub(left_out, "", plain(latex), flags=re.IGNORECASE)


def _author(name: str) -> str:
    """Return an author, of `Family, Given` the family name and initials without points.

    A name without a comma is as it stands. Raises ValueError for what is no one name.
    """
    if name == "others":
        return "et al."
    family, *rest = split(name, ",")
    are_several = _PERSONS.fullmatch(name) or _SEVERAL.search(name)
    if name and not (rest or are_several):
        return plain(name)
    *lineage, given = rest or [""]
    is_odd = _NO_PERSON.search(name) or _TURNED.fullmatch(family)
    if is_odd or not (family and given) or not all(map(_LINEAGE.fullmatch, lineage)):
        raise ValueError(f'"{name}" is no name of one author')
    plainly = plain(family), _initials(plain(given)), *lineage
    return " ".join(plainly).removesuffix(".")


def _initials(given: str) -> str:
    """Return initials: of Jean-Paul JP, of A.D. and of AD both letters."""
    letters = ""
    for part in re.split(r"[\s.\u00a0-]+", given):
        letters += part if _INITIALS.fullmatch(part) else part[:1]
    return letters


def mark_citations(html: str) -> str:
    """Return HTML with an empty element in the place of each citation."""

    def marked(found: re.Match[str]) -> str:
        keys = [part.strip().removeprefix("@") for part in found[1].split(";")]
        return f'<sup data-cites="{" ".join(keys)}"></sup>'

    return CITATION.sub(marked, html)


def cited_keys(html: str) -> tuple[str, ...]:
    """Return the keys of all sources that some marked HTML cites."""
    return tuple(key for found in _MARKED.findall(html) for key in found.split())


def number_citations(html: str, link: Callable[[list[str]], str]) -> str:
    """Return marked HTML with `link(keys)` where it cites sources."""
    return _MARKED.sub(lambda found: f"<sup>{link(found[1].split())}</sup>", html)
