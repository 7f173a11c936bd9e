"""From what an editor wrote in a header, an option or an entry to a typed value.

The type of a field says how it is read: see `READERS`. A reader takes what was written,
a text or a list of texts, and raises ValueError with what is allowed.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, fields, is_dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from html import unescape
from pathlib import PurePath
from typing import Any, Literal, TypeVar, get_args, get_origin, get_type_hints

from dateutil import parser  # type: ignore[import-untyped]
from markdown.extensions.toc import slugify
from unidecode import unidecode

from sitebuild.drawn import Count, Difference, Time
from sitebuild.faults import ALIKE, Report, nearest
from sitebuild.model import (
    Address,
    Day,
    Doi,
    Forms,
    Names,
    Reference,
    Slug,
    WebAddress,
    Year,
)

SLUG = re.compile(r"[a-z0-9]+([-_][a-z0-9]+)*")
_DATE = re.compile(r"\d{4}-\d{1,2}-\d{1,2}", re.ASCII)
_WITH_DOTS = re.compile(r"0?([1-9]|1[0-2])\.0?([1-9]|1[0-2])\.[0-9]{4}")
_MINUTES = {"minute": 1, "hour": 60, "day": 1440, "week": 10_080, "year": 525_600}
# Markdown and HTML, which a line of plain text would show as they stand.
_MARKUP = re.compile(
    r"(?<![\w*])\*{1,2}[^\s*][^*]*\*|(?<!\w)_{1,2}[^\s_][^_]*_(?!\w)|`[^`]+`"
    r"|!?\[[^]]*\]\(|</?[a-zA-Z][^<>]*>"
)
# What Pelican knows of an article beside this site's fields.
_PELICANS = ("author", "authors", "category", "keywords", "lang", "tags", "translation")
_NO_NAME = re.compile(r"""[][{}"<>|;]""")

T = TypeVar("T")
_nearest = cache(nearest)  # entries have many fields of few names
Read = Callable[[Any], Any]


@dataclass(frozen=True, slots=True)
class Raw:
    """What an editor wrote for one field, before it is read.

    `rows` are those of a list whose items have fields themselves.
    """

    value: Any
    line: int
    rows: tuple[Mapping[str, Raw], ...] = ()


def slug_of(title: str) -> str:
    """Return the slug that Pelican makes of a title; "" where it has no letters."""
    return re.sub("[-_]{2,}", "-", slugify(unidecode(title), "-")).strip("-_")


def check_plain(value: str) -> None:
    """Raise ValueError where a line of plain text holds Markdown or HTML."""
    markup = _MARKUP.search(value)
    if markup:
        raise ValueError(
            f'allowed is plain text, without "{markup[0]}" or other Markdown or HTML'
        )


def _text(value: Any) -> str:
    """Return a line of text: white space folded, entities as the characters."""
    if not isinstance(value, str) or not value.strip():
        raise ValueError("allowed is a line of text")
    check_plain(value)
    return " ".join(unescape(value).split())


def _slug(value: Any) -> str:
    if not isinstance(value, str) or not SLUG.fullmatch(value):
        meant = slug_of(str(value or "")) or "one-two"
        raise ValueError(
            f"allowed are lower-case words joined by hyphens: write {meant}"
        )
    return value


def _forms(value: Any) -> Names:
    """Return words, written with commas between them or as a list."""
    items = value
    if isinstance(value, str):
        items = value.split(",") if value.strip() else []
        if _NO_NAME.search(value) or not all(map(str.strip, items)):
            raise ValueError("allowed are names with commas between them and no marks")
    return tuple(filter(None, dict.fromkeys(item.strip() for item in items)))


def _names(value: Any) -> Names:
    """Return names, none of which has a blank in it."""
    names = _forms(value)
    for name in names:
        if " " in name:
            parted = ", ".join(name.split())
            raise ValueError(f"allowed is a comma between two names: {parted}")
    return names


def _listed(value: Any) -> Names:
    if value == "":
        raise ValueError("allowed is a list, [] where there are none")
    return _names(value)


def _day(value: Any) -> date:
    """Return a day, written as ISO 8601 writes it or as Pelican reads it.

    A date that leaves the day, the month or the year open is none: Pelican would take
    what is missing from today. Nor is 06.04.2018, of which it would make 4 June.
    """
    text = " ".join(value.split()) if isinstance(value, str) else ""
    with_dots = _WITH_DOTS.match(text)
    ends = (datetime(2000, 1, 1), datetime(2001, 12, 31))
    try:
        if _DATE.fullmatch(text):
            return date(*map(int, text.split("-")))
        first, second = (parser.parse(text, default=end).date() for end in ends)
    except (ValueError, OverflowError):
        first, second = None, text
    if first != second or (with_dots and with_dots[1] != with_dots[2]):
        raise ValueError("allowed is a day of the calendar written as 2026-01-31")
    found: date = first
    return found


def _match(pattern: str, allowed: str, make: Callable[..., Any] = str) -> Read:
    """Return a reader of a text that a pattern matches as a whole.

    `make` takes the text, or the groups of the pattern, and gives the value.
    """

    def read(value: Any) -> Any:
        found = re.fullmatch(pattern, str(value))
        if not found:
            raise ValueError(f"allowed is {allowed}")
        return make(*(found.groups() or [found[0]]))

    return read


def _each(pattern: str, allowed: str, make: Callable[..., Any]) -> Read:
    """Return a reader of a list of such texts; one may stand alone."""
    read = _match(pattern, allowed, make)

    def listed(value: Any) -> Any:
        return tuple(map(read, value if isinstance(value, list) else [value]))

    return listed


def _time(words: str, number: str, unit: str) -> Time:
    minutes = int(number) * _MINUTES[unit]
    if minutes > _MINUTES["year"]:
        raise ValueError("allowed is a year at most")
    return Time(words, minutes)


_NUMBER = r"([0-9]+\.?[0-9]*)"
# How each type of field is read.
READERS: Mapping[Any, Read] = {
    str: _text,
    Slug: _slug,
    Names: _names,
    Forms: _forms,
    date: _day,
    Day: _day,
    int: _match("[0-9]{1,4}", "a whole number from 0 to 9999", int),
    Decimal: _match(r"[0-9]{1,4}(?:\.[0-9]+)?", "a number such as 1.5", Decimal),
    Year: _match("[0-9]{4}", "a year such as 2011"),
    Address: _match(
        r"/(?:[a-z0-9-]+/)*(?!index\.)(?:[a-z0-9-]+\.html)?",
        "an address such as /about/ or /404.html",
    ),
    WebAddress: _match(
        r"(?i)https?://[\w-]+(?:\.[\w-]+)+(?::\d+)?(?:/[^\s<>\"\\{}]*)?",
        "an address such as https://example.org/paper",
    ),
    Doi: _match(
        r"10\.[0-9]{4,9}/\S+",
        "a DOI without an address before it, such as 10.1000/182",
    ),
    Time | None: _match(
        rf"(([0-9]+) ({'|'.join(_MINUTES)})s?)",
        f"a number of {'s, '.join(_MINUTES)}s; 0 minutes is right after",
        _time,
    ),
    tuple[Difference, ...]: _each(
        rf"(\D+) {_NUMBER} \({_NUMBER} to {_NUMBER}\)",
        "a list of `group 2.5 (1.4 to 3.5)`",
        lambda group, *numbers: Difference(group, *map(Decimal, numbers)),
    ),
    tuple[Count, ...]: _each(
        r"([0-9]{1,7}) ([a-z]+)(?: in (\S+))?",
        "a list of `30 people in key`, or [0 people]",
        lambda number, unit, source: Count(int(number), unit, source or ""),
    ),
    tuple[Reference, ...]: _listed,  # by their keys
}
# What may be written for a field that is missing.
_EXAMPLES = {
    str: "Some words",
    Slug: "one-two",
    date: "2026-01-31",
    int: "1",
    Decimal: "1.5",
    tuple[Difference, ...]: "group 2.5 (1.4 to 3.5)",
    tuple[Reference, ...]: "[]",
}


@dataclass(frozen=True)
class Field:
    """How one field of a class is read, and what may be written for it.

    `row` is the class of the items of a list that have fields themselves.
    """

    read: Read
    example: str
    required: bool
    default: Any
    row: Any = None


@cache
def fields_of(make: Any) -> Mapping[str, Field]:
    """Return the fields that an editor may set of a class, by their names."""
    found = {}
    hints = get_type_hints(make, include_extras=True)
    for it in fields(make):
        hint = hints[it.name]
        read, example = READERS.get(hint), _EXAMPLES.get(hint, "")
        inner = get_args(hint)
        row = None
        if get_origin(hint) is Literal:
            words = "|".join(inner)
            read = _match(f"(?i){words}", f"one of {', '.join(inner)}", str.lower)
            example = inner[0]
        elif not read and inner and is_dataclass(inner[0]):
            read = _match("(?!)", "a list of rows of `name: value` lines")
            row = inner[0]
        if it.init and read:
            required = bool(it.metadata.get("required"))
            found[it.name] = Field(read, example, required, it.default, row)
    return found


def read_fields(
    make: Callable[..., T],
    raw: Mapping[str, Raw],
    of: str,
    line: int,
    file: Report,
    form: str = "{}: {}",
    *,
    own: bool = False,
    names: Collection[str] = (),
    **given: Any,
) -> T:
    """Return a value with every field; what is missing, bad or unknown is a fault.

    `of` names in messages the thing that has the fields, `line` is its line, and
    `form` how a field is written there. `own` is as for `check_names`; of some `names`
    there are no other fields; `given` has fields that no editor writes. A field that
    is missing or bad has its default, so that the build can go on and find the other
    faults.
    """
    every = fields_of(make)
    wanted = {name: every[name] for name in names or every if name not in given}
    check_names(raw, [*wanted, *(_PELICANS if own else ())], of, file, own=own)
    others = raw.keys() - wanted.keys()
    meant = {_nearest(name, frozenset(wanted), ALIKE) for name in others}
    values = dict(given)
    missing = {}
    for name, it in wanted.items():
        values[name] = it.default
        if name in raw:
            values[name] = _value(it, name, raw[name], of, file)
        elif it.required and name not in meant:
            missing[name] = it.example
    if missing:
        _add_missing(missing, of, line, file, form)
    try:
        return make(**values)
    except ValueError as error:
        file.add(line, f"{of} has numbers out of order", str(error), "correct it")
    return make(**{name: it.default for name, it in wanted.items()} | given)


def add_repeated(what: str, name: str, line: int, file: Report, first: int = 0) -> None:
    """Report what stands twice; `first` is the line that has it too, where known."""
    remedy = f"line {first} has it too; rename or remove one"
    file.add(
        line,
        f'the {what} "{name}" stands twice',
        f"each {what} is allowed once",
        remedy if first else "remove one of the two",
    )


def check_names(
    raw: Mapping[str, Raw],
    names: Collection[str],
    of: str,
    file: Report,
    *,
    own: bool = False,
) -> None:
    """Report fields of other names than these.

    With `own`, a name is unknown only where it is one of them misspelt: any other is
    the writer's own.
    """
    for name in raw.keys() - set(names):
        if not own or _nearest(name, frozenset(names), ALIKE):
            found = f'{of} has the unknown field "{name}"'
            remedy = "use one of these or remove it"
            file.unknown(raw[name].line, found, name, names, remedy)


def _add_missing(
    examples: Mapping[str, str], of: str, line: int, file: Report, form: str
) -> None:
    """Add one fault for all required fields that are missing, given with examples."""
    lines = []
    for name, example in examples.items():
        stem = re.sub("[^a-z0-9]+", "-", PurePath(file.path).stem.lower())
        written = form.format(name, stem if name == "slug" else example)
        lines.append(f"`{written}`")
    listed = " and no ".join(f'"{name}"' for name in examples)
    are = "is" if len(examples) == 1 else "are"
    needed = f"required {are} {', '.join(examples)}"
    file.add(line, f"{of} has no {listed}", needed, f"add {', '.join(lines)}")


def _value(it: Field, name: str, raw: Raw, of: str, file: Report) -> Any:
    """Return what was written as a value; the default, with a fault, if it is bad."""
    if it.row and raw.rows:
        form = "      {}: {}"
        return tuple(
            read_fields(it.row, row, f"row {number} of {name}", line, file, form)
            for number, row in enumerate(raw.rows, 1)
            for line in [min(field.line for field in row.values())]
        )
    try:
        return it.read(raw.value)
    except ValueError as error:
        remedy = "correct it" if it.required else "correct or remove it"
        file.add(raw.line, f'{of} has the {name} "{raw.value}"', str(error), remedy)
        return it.default
