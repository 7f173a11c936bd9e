"""Authors as BibTeX reads them, set in the manner of Vancouver."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from pybtex.database import Person

FORM = (
    "names are `Family, Given` with ` and ` between two, `and others` for the rest, "
    "and an organisation in braces of its own: {World Health Organization}"
)
# What stands between names elsewhere, and means nothing to BibTeX.
_BETWEEN = re.compile(r"[;&]|\bet\.? al\b", re.IGNORECASE)
_EDGE = re.compile(r"^and\b|\band$|^,|,$")
_INITIALS = re.compile(r"[A-Z]{1,3}")
# Words of organisations; BibTeX would take the last one for a family name.
_ORGANISATION = re.compile(
    r"\b(?:academy|agency|association|board|cent(?:er|re)s?|clinic|collaboration|"
    r"collaborators|college|committee|consortium|council|department|federation|"
    r"foundation|group|hospital|institutes?|investigators|ministry|network|office|"
    r"organi[sz]ation|panel|programme|society|taskforce|team|university)\b"
    r"|\b(?:for|of|the|on|in)\b",
    re.IGNORECASE,
)
_MOST_WORDS = 4


class MisreadNameError(ValueError):
    """Raised where a name is written in a way that BibTeX reads as another one."""


def vancouver(
    persons: Iterable[Person], plain: Callable[[str], str]
) -> tuple[str, ...]:
    """Return each author as family name and initials without points.

    `plain` makes text of LaTeX. Raises MisreadNameError where a name is written in a
    way that BibTeX reads as another one.
    """
    authors = []
    for person in persons:
        written = str(person)
        name = " ".join(person.last_names)
        if written == "others":
            authors.append("et al.")
        elif name.startswith("{") and name.endswith("}") and not person.first_names:
            authors.append(plain(name))
        else:
            _check(person, written)
            authors.append(_set(person, plain))
    return tuple(authors)


def _check(person: Person, written: str) -> None:
    if _BETWEEN.search(written):
        raise MisreadNameError(f'"{written}" is more than one name')
    if _EDGE.search(written):
        raise MisreadNameError(f'"{written}" has an "and" or a comma too many')
    given = [*person.first_names, *person.middle_names]
    last = person.last_names[-1] if person.last_names else ""
    if _ORGANISATION.search(written) or len(given) >= _MOST_WORDS:
        raise MisreadNameError(f'"{written}" looks like an organisation without braces')
    if given and _INITIALS.fullmatch(last):
        raise MisreadNameError(
            f'"{written}" has its initials in the place of the family name'
        )
    if len(person.lineage_names) > 1:
        raise MisreadNameError(f'"{written}" is more than one name')


def _set(person: Person, plain: Callable[[str], str]) -> str:
    family = plain(" ".join([*person.prelast_names, *person.last_names]))
    given = plain(" ".join([*person.first_names, *person.middle_names]))
    lineage = plain(" ".join(person.lineage_names)).replace(".", "")
    return " ".join(filter(None, (family, _initials(given), lineage)))


def _initials(given: str) -> str:
    """Return initials: of Jean-Paul JP, of A.D. and of AD both letters."""
    letters = ""
    for part in re.split(r"[\s.-]+", given):
        letters += part if _INITIALS.fullmatch(part) else part[:1]
    return letters
