"""Names of authors as BibTeX writes them, set in the manner of Vancouver."""

from __future__ import annotations

import itertools
import re

from sitebuild.read.bibtex import plain

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
    r"limited|incorporated|corporation|trust|services?|alliance|authority|staff|"
    r"for|of|the|on|in|und)\b|"
    r"(?:\b(?:co|inc|ltd|llc|corp|gmbh|plc|e\.v)\b\.?|\b(?:AG|SA|BV))$",
    re.IGNORECASE,
)
# Names of persons, which braces of their own would print as they stand.
_PERSON = re.compile(r"[^\W\d_][\w'’-]+, (?:[^\W\d_]\.?[ -]?)+(?: and .*)?")
_PERSONS = re.compile(r"[A-Z]\S*(?: [A-Z]\S*)+(?: and [A-Z]\S*(?: [A-Z]\S*)+)+")
_LINEAGE = re.compile(r"(?P<name>[^,]+) (?P<lineage>Jr|Sr|II|III|IV)\.?")
_MOST_WORDS = 4


def read_authors(written: str) -> tuple[str, ...]:
    """Return each author as family name and initials without points.

    Raises ValueError for a name that would be read as another one.
    """
    return tuple(map(_author, _split(written, _AND)))


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
    if _is_braced(name):
        bare = name.strip("{}")
        are_persons = _PERSONS.fullmatch(bare) and not _ORGANISATION.search(bare)
        if _PERSON.fullmatch(bare) or are_persons:
            raise ValueError(f'"{name}" is a person, or several, in braces')
        return plain(name)
    family, lineage, given = _parted(name)
    _check_name(name, family, given)
    letters = _initials(plain(given))
    return " ".join(
        filter(None, (plain(family), letters, plain(lineage).replace(".", "")))
    )


def _is_braced(name: str) -> bool:
    """Return whether one pair of braces holds all of a name."""
    depths = list(itertools.accumulate({"{": 1, "}": -1}.get(it, 0) for it in name))
    return name.startswith("{") and 0 not in depths[:-1]


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
    lineage = _LINEAGE.fullmatch(name)
    if lineage:
        first, _, last = lineage["name"].rpartition(" ")
        written = f"{last}, {lineage['lineage']}, {first}"
        raise ValueError(f'"{name}" is no family name alone; write {written}')
    if given and "," not in name and _INITIALS.fullmatch(family):
        raise ValueError(f'"{name}" has its initials in the place of the family name')


def _initials(given: str) -> str:
    """Return initials: of Jean-Paul JP, of A.D. and of AD both letters."""
    letters = ""
    for part in re.split(r"[\s.\u00a0-]+", given):
        letters += part if _INITIALS.fullmatch(part) else part[:1]
    return letters
