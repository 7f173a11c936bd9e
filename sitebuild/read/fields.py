"""From what an editor wrote in a header, an option or an entry to a typed value.

The type of a field says how it is read: see `READERS`. A reader takes what was written,
a text, a list of texts or None, and raises ValueError with what is allowed.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, fields
from datetime import date, datetime
from decimal import Decimal
from difflib import get_close_matches
from html import unescape
from pathlib import PurePath
from typing import (
    Annotated,
    Any,
    Literal,
    TypeVar,
    get_args,
    get_origin,
    get_type_hints,
)

from markdown.extensions.toc import slugify

from sitebuild.drawn import Count, Difference, Time
from sitebuild.faults import FileReport
from sitebuild.model import Address, Day, Forms, Names, Slug

SLUG = re.compile(r"[a-z0-9]+([-_][a-z0-9]+)*")
Doi = Annotated[str, "doi"]
WebAddress = Annotated[str, "web"]
Listed = Annotated[Names, "listed"]  # names in a list, which may be empty
Rows = Annotated[tuple[()], "rows"]  # a list whose items have fields of their own
_DATE = re.compile(r"\d{4}-\d{1,2}-\d{1,2}", re.ASCII)
_WITH_DOTS = re.compile(
    r"(?P<day>0?[1-9]|1[0-2])\.(?P<month>0?[1-9]|1[0-2])\.(?P<year>\d{4})", re.ASCII
)
_NUMBER = re.compile(r"\d{1,4}")
_DECIMAL = re.compile(r"\d{1,4}(\.\d+)?")
_MINUTES = {"minute": 1, "hour": 60, "day": 1440, "week": 10_080, "year": 525_600}
_LONGEST = _MINUTES["year"]  # that a picture shows
_TIME = re.compile(rf"(\d+) ({'|'.join(_MINUTES)})s?")
_DIFFERENCE = re.compile(r"(\D+) ([\d.]+) \(([\d.]+) to ([\d.]+)\)")
_COUNT = re.compile(r"(\d+) ([a-z]+)(?: in (\S+))?")
_ADDRESS = re.compile(r"/([a-z0-9-]+/)*(?!index\.)([a-z0-9-]+\.html)?")
_DOI = re.compile(r"10\.\d{4,9}/\S+")
_WEB = re.compile(r"https?://[\w-]+(\.[\w-]+)+(:\d+)?(/[^\s<>\"\\{}]*)?", re.IGNORECASE)
# Markdown and HTML, which a line of plain text would show as they stand.
_MARKUP = re.compile(
    r"(?<![\w*])\*{1,2}[^\s*][^*]*\*|(?<!\w)_{1,2}[^\s_][^_]*_(?!\w)|`[^`]+`"
    r"|!?\[[^]]*\]\(|</?[a-zA-Z][^<>]*>"
)
# YAML's marks for a text of several lines (YAML 1.2, 8.1).
_BLOCK_SCALAR = re.compile(r"[|>][+-]?\d?(?:\s|$)")
# What Pelican knows of an article beside this site's fields.
_PELICANS = ("author", "authors", "category", "keywords", "lang", "tags", "translation")
_ALIKE = 0.8
_NO_NAME = re.compile(r"""[][{}"<>|;]""")

ROW = "[…]"  # what stands in a list of YAML for what is no text

T = TypeVar("T")
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
    from unidecode import unidecode  # noqa: PLC0415

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
    if _BLOCK_SCALAR.match(value):
        raise ValueError(
            "allowed is a line of text right after the colon; a long one goes on in "
            "lines indented by four spaces"
        )
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
    if not isinstance(value, list):
        text = str(value or "")
        if _NO_NAME.search(text):
            raise ValueError("allowed are names with commas between them and no marks")
        items = text.split(",")
        if len(items) > 1 and not all(item.strip() for item in items):
            raise ValueError("allowed are names on one line with a comma between two")
    found: list[str] = []
    for item in items:
        name = str(item).strip()
        if name in found:
            raise ValueError("allowed is each name once")
        if name:
            found.append(name)
    return tuple(found)


def _names(value: Any) -> Names:
    """Return names, none of which has a blank in it."""
    names = _forms(value)
    for name in names:
        if " " in name:
            parted = ", ".join(name.split())
            raise ValueError(f"allowed is a comma between two names: {parted}")
    return names


def _listed(value: Any) -> Names:
    if not value and value != []:
        raise ValueError("allowed is a list, [] where there are none")
    return _names(value)


def _day(value: Any) -> date:
    """Return a day, written as ISO 8601 writes it or as Pelican reads it.

    A date that leaves the day, the month or the year open is none: Pelican would take
    what is missing from today. Nor is 06.04.2018, of which it would make 4 June.
    """
    text = re.sub(" +", " ", str(value or "")).strip()
    with_dots = _WITH_DOTS.match(text)
    if with_dots and with_dots["day"] != with_dots["month"]:
        day, month, year = (f"{int(part):02}" for part in with_dots.groups())
        raise ValueError(
            f"allowed is a day of the calendar: write {year}-{month}-{day} or "
            f"{year}-{day}-{month}"
        )
    try:
        if _DATE.fullmatch(text):
            return date(*map(int, text.split("-")))
        return _day_of_words(text)
    except (ValueError, OverflowError):
        raise ValueError(
            "allowed is a day of the calendar written as 2026-01-31"
        ) from None


def _day_of_words(text: str) -> date:
    from dateutil import parser  # type: ignore[import-untyped]  # noqa: PLC0415

    ends = (datetime(2000, 1, 1), datetime(2001, 12, 31))
    first, second = (parser.parse(text, default=end).date() for end in ends)
    if first != second:
        raise ValueError("it is no whole day")
    found: date = first
    return found


def _number(value: Any) -> int:
    if not _NUMBER.fullmatch(str(value)):
        raise ValueError("allowed is a whole number from 0 to 9999")
    return int(value)


def _decimal(value: Any) -> Decimal:
    if not _DECIMAL.fullmatch(str(value)):
        raise ValueError("allowed is a number such as 2 or 1.5")
    return Decimal(value)


def _time(value: Any) -> Time:
    found = _TIME.fullmatch(str(value))
    minutes = int(found[1]) * _MINUTES[found[2]] if found else _LONGEST + 1
    if not found or minutes > _LONGEST:
        units = ", ".join(f"{unit}s" for unit in _MINUTES)
        raise ValueError(
            f"allowed is a number of {units}, a year at most; 0 minutes is right after"
        )
    return Time(found[0], minutes)


def _differences(value: Any) -> tuple[Difference, ...]:
    found = []
    for item in value if isinstance(value, list) else [value]:
        match = _DIFFERENCE.fullmatch(str(item))
        if not match:
            raise ValueError("allowed is a list of `group 2.5 (1.4 to 3.5)`")
        found.append(Difference(match[1], *map(_decimal, match.groups()[1:])))
    return tuple(found)


def _counts(value: Any) -> tuple[Count, ...]:
    found = []
    for item in value if isinstance(value, list) else [value]:
        match = _COUNT.fullmatch(str(item))
        if not match:
            raise ValueError("allowed is a list of `30 people in key`, or [0 people]")
        found.append(Count(int(match[1]), match[2], match[3] or ""))
    return tuple(found)


def _rows(value: Any) -> tuple[()]:
    """Return nothing: what each row says is read by itself."""
    if not isinstance(value, list) or any(item != ROW for item in value):
        raise ValueError("allowed is a list of rows, each of `name: value` lines")
    return ()


def _choice(choices: tuple[str, ...]) -> Read:
    """Return a reader of one of some words, in any capitals."""

    def read(value: Any) -> str:
        word = str(value).lower()
        if word not in choices:
            raise ValueError(f"allowed is one of {', '.join(choices)}")
        return word

    return read


def _matching(pattern: re.Pattern[str], allowed: str) -> Read:
    """Return a reader of a text that a pattern matches as a whole."""

    def read(value: Any) -> str:
        if not pattern.fullmatch(str(value)):
            raise ValueError(f"allowed is {allowed}")
        return str(value)

    return read


# How each type of field is read, and an example of what may be written.
READERS: Mapping[Any, tuple[Read, str]] = {
    str: (_text, "Some words"),
    Slug: (_slug, "one-two"),
    Names: (_names, "one-two"),
    Forms: (_forms, "one, two"),
    Listed: (_listed, "[]"),
    date: (_day, "2026-01-31"),
    Day: (_day, "2026-01-31"),
    int: (_number, "1"),
    Decimal: (_decimal, "1.5"),
    Time | None: (_time, "10 weeks"),
    tuple[Difference, ...]: (_differences, "group 2.5 (1.4 to 3.5)"),
    tuple[Count, ...]: (_counts, "[30 people in key]"),
    Rows: (_rows, "[]"),
    Address: (_matching(_ADDRESS, "an address such as /about/ or /404.html"), "/a/"),
    WebAddress: (
        _matching(_WEB, "an address such as https://example.org/paper"),
        "https://example.org/paper",
    ),
    Doi: (
        _matching(_DOI, "a DOI without an address before it, such as 10.1000/182"),
        "10.1000/182",
    ),
}


@dataclass(frozen=True)
class Field:
    """How one field of a class is read; `example` is what may be written for it."""

    read: Read
    example: str
    required: bool
    default: Any


_FIELDS: dict[Any, Mapping[str, Field]] = {}


def fields_of(make: Any) -> Mapping[str, Field]:
    """Return the fields that an editor may set of a class, by their names."""
    if make in _FIELDS:
        return _FIELDS[make]
    hints = get_type_hints(make, include_extras=True)
    found = _FIELDS[make] = {}
    for it in fields(make):
        if it.init:
            hint = hints[it.name]
            if get_origin(hint) is Literal:
                read, example = _choice(get_args(hint)), get_args(hint)[0]
            else:
                read, example = READERS[hint]
            required = bool(it.metadata.get("required"))
            found[it.name] = Field(read, example, required, it.default)
    return found


def read_fields(
    make: type[T],
    raw: Mapping[str, Raw],
    of: str,
    line: int,
    file: FileReport,
    form: str = "{}: {}",
    *,
    own: bool = False,
) -> T:
    """Return a value with every field; what is missing, bad or unknown is a fault.

    `of` names in messages the thing that has the fields, `line` is its line, and
    `form` how a field is written there. With `own`, a name is unknown only where it is
    near to a known one: any other is the writer's own. A field that is missing or bad
    has its default, so that the build can go on and find the other faults.
    """
    wanted = fields_of(make)
    for name in raw.keys() - wanted.keys():
        names = [*wanted, *(_PELICANS if own else ())]
        if own and (name in names or not get_close_matches(name, names, 1, _ALIKE)):
            continue
        file.unknown(
            raw[name].line,
            f'{of} has the unknown field "{name}"',
            name,
            names,
            "use one of these or remove it",
        )
    values = {}
    missing = []
    for name, it in wanted.items():
        values[name] = it.default
        if name in raw:
            values[name] = _value(it, name, raw[name], of, file)
        elif it.required:
            missing.append(name)
    for found, allowed, remedy in _missing(missing, wanted, of, file, form):
        file.add(line, found, allowed, remedy)
    return make(**values)


def _missing(
    names: list[str],
    wanted: Mapping[str, Field],
    of: str,
    file: FileReport,
    form: str,
) -> Iterator[tuple[str, str, str]]:
    """Yield what to say of required fields that are missing."""
    lines = []
    for name in names:
        example = wanted[name].example
        if name == "slug":
            example = re.sub("[^a-z0-9]+", "-", PurePath(file.path).stem.lower())
        lines.append(f"`{form.format(name, example)}`")
    if names:
        listed = " and no ".join(f'"{name}"' for name in names)
        needed = f"{', '.join(names)} {'is' if len(names) == 1 else 'are'} required"
        added = "a line" if len(names) == 1 else "lines such as"
        yield f"{of} has no {listed}", needed, f"add {added} {', '.join(lines)}"


def _value(it: Field, name: str, raw: Raw, of: str, file: FileReport) -> Any:
    """Return what was written as a value; the default, with a fault, if it is bad."""
    try:
        return it.read(raw.value)
    except ValueError as error:
        shown = "" if raw.value is None else raw.value
        remedy = "correct it" if it.required else "correct or remove it"
        file.add(raw.line, f'{of} has the {name} "{shown}"', str(error), remedy)
        return it.default
