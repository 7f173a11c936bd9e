"""References from BibTeX, each with its authors in the manner of Vancouver."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Literal, NoReturn

from sitebuild.faults import Fault, FileReport, Report, decode, known
from sitebuild.model import REQUIRED, Names, Reference, SourceLine
from sitebuild.read.bibtex import Entry, plain, read_entries, web_address
from sitebuild.read.fields import Doi, WebAddress, fields_of, read_fields
from sitebuild.read.raw import Raw

References = Mapping[str, Reference]
ReadReferences = tuple[References | None, tuple[Fault, ...]]
# What other programs call a field of ours.
_OTHER_NAMES = {
    "journaltitle": "journal",
    "organization": "institution",
    "school": "institution",
    "maintitle": "booktitle",
}
# Fields of PubMed, Crossref and Zotero that are near to one of ours.
_EXPORTED = ("issn", "annote", "numpages", "shorttitle", "pagetotal", "eprint")
_ALIKE = 0.8
# A line outside the entries, so that an entry may be pasted as it was exported.
_VERIFIED = re.compile(r"%\s*verified\s+(?P<how>yes|partly)\s*:(?P<keys>.*)$")
_RESOLVER = re.compile(r"https?://(?:dx\.)?doi\.org/", re.IGNORECASE)
# A tag of BCP 47; exports write the names of languages as well.
_LANGUAGE = re.compile(r"[a-z]{2,3}(-[a-zA-Z0-9]{2,8})*")
_WEB = re.compile(r"https?://[^\s{}]+")


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
    sources = (values.journal, values.institution, values.booktitle)
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
            value = plain_text(written.value)
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
    yield from entry.fields.items()
    for name, raw in written.items():
        if name in _OTHER_NAMES:
            yield _OTHER_NAMES[name], raw
        elif name == "date":
            yield "year", Raw(raw.value[:4], raw.line)
        elif name == "howpublished" and _WEB.search(raw.value):
            yield "url", Raw(_WEB.findall(raw.value)[0], raw.line)
        elif name not in entry.fields:
            yield name, raw


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
_AND = re.compile(r"\s+and\s+", re.IGNORECASE)
# What stands between names elsewhere, and means nothing to BibTeX.
_BETWEEN = re.compile(r"[;&]|\bet\.? al\b", re.IGNORECASE)
_EDGE = re.compile(r"^and\b|\band$|^,|,$")
_INITIALS = re.compile(r"[A-Z]{1,3}")
_FULL = re.compile(r"[A-Z][\w'’-]+ [A-Z]{1,3}")
# Words of organisations; BibTeX would take the last one for a family name.
_ORGANISATION = re.compile(
    r"\b(?:academy|agency|association|board|cent(?:er|re)s?|clinic|collaboration|"
    r"collaborators|college|committee|consortium|council|department|federation|"
    r"foundation|group|hospital|institutes?|investigators|ministry|network|office|"
    r"organi[sz]ation|panel|programme|society|taskforce|team|university|company|"
    r"for|of|the|on|in)\b|(?:\b(?:co|inc|ltd|llc|corp|gmbh|plc)\b\.?|\b(?:AG|SA|BV))$",
    re.IGNORECASE,
)
# A person's name, which braces of its own would print as it stands.
_PERSON = re.compile(r"[^\W\d_][\w'’-]+, (?:[^\W\d_]\.?[ -]?)+(?: and .*)?")
_MOST_WORDS = 4


def _authors(entry: Entry, file: FileReport) -> Names:
    """Return each author as family name and initials without points.

    A name that would be read as another one is a fault. Editors stand for authors.
    """
    written = entry.fields.get("author") or entry.fields.get("editor")
    if not written:
        return ()
    try:
        names = _split(written.value, _AND)
        authors = [_author(name) for name in names]
    except ValueError as error:
        _add_unreadable(entry, written.line, str(error), file, _NAMES_FORM)
    return tuple(authors)


def _split(text: str, separator: re.Pattern[str]) -> list[str]:
    """Return the parts of a text between separators that are in no braces."""
    parts = [""]
    depth = 0
    position = 0
    while position < len(text):
        found = separator.match(text, position) if depth == 0 else None
        if found:
            parts.append("")
            position = found.end()
            continue
        depth += {"{": 1, "}": -1}.get(text[position], 0)
        parts[-1] += text[position]
        position += 1
    return [part.strip() for part in parts]


def _author(name: str) -> str:
    if name == "others":
        return "et al."
    if name.startswith("{") and len(_split(name, re.compile(r"(?<=\})"))[0]) == len(
        name
    ):
        if _PERSON.fullmatch(name.strip("{}")):
            raise ValueError(f'"{name}" is a person, or several, in braces')
        return plain(name)
    family, lineage, given = _parted(name)
    _check_name(name, family, given)
    letters = _initials(plain(given))
    return " ".join(
        filter(None, (plain(family), letters, plain(lineage).replace(".", "")))
    )


def _parted(name: str) -> tuple[str, str, str]:
    """Return the family name, what follows it, such as Jr, and the given names."""
    parts = _split(name, re.compile(","))
    if len(parts) > 3:
        raise ValueError(f'"{name}" is more than one name: it has too many commas')
    if len(parts) == 3:
        return parts[0], parts[1], parts[2]
    if len(parts) == 2:
        return parts[0], "", parts[1]
    words = _split(name, re.compile(r"\s+"))
    first = len(words) - 1
    for number, word in enumerate(words[:-1]):
        if number and word[:1].islower():  # a particle, such as von or de
            first = min(first, number)
    return " ".join(words[first:]), "", " ".join(words[:first])


def _check_name(name: str, family: str, given: str) -> None:
    """Raise ValueError for a name that is read otherwise than it was meant."""
    if not name or _EDGE.search(name):
        raise ValueError(f'"{name}" has an "and" or a comma too many')
    names = [part.strip() for part in name.split(",")]
    are_full = len(names) > 1 and all(map(_FULL.fullmatch, names))
    if _BETWEEN.search(name) or are_full:
        raise ValueError(f'"{name}" is more than one name')
    if _ORGANISATION.search(name) or len(given.split()) >= _MOST_WORDS:
        raise ValueError(
            f'"{name}" looks like an organisation without braces; write {{{name}}}'
        )
    if given and _INITIALS.fullmatch(family):
        raise ValueError(f'"{name}" has its initials in the place of the family name')


def _initials(given: str) -> str:
    """Return initials: of Jean-Paul JP, of A.D. and of AD both letters."""
    letters = ""
    for part in re.split(r"[\s.\u00a0-]+", given):
        letters += part if _INITIALS.fullmatch(part) else part[:1]
    return letters
