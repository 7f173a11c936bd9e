"""What an editor may set, as data: front matter of each kind of file, options of each kind of block, entries of a list.

A field is a function from what was written to its value; it raises ValueError with what is allowed.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sitebuild.faults import Report
from sitebuild.model import URGENCIES, VERDICTS, Raw, SourceLine

SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


@dataclass(frozen=True)
class Field:
    """How to read one field, and whether it must be there."""

    convert: Callable[[Any], Any]
    required: bool = False
    default: Any = None


def _text(value: Any) -> str:
    if not isinstance(value, str) or not value.strip():
        raise ValueError("allowed is a line of text")
    if value[0] in "\"'" and value[0] == value[-1] and value.count(value[0]) == 2:
        raise ValueError("allowed is a line of text without quotes around it")
    return " ".join(value.split())


def _slug(value: Any) -> str:
    if not isinstance(value, str) or not SLUG.fullmatch(value):
        raise ValueError(
            "allowed are lower-case words joined by hyphens, such as one-two"
        )
    return value


def _names(value: Any) -> tuple[str, ...]:
    """Names of things, parted by commas or as a list; each once."""
    items = value if isinstance(value, list) else str(value or "").split(",")
    names = [str(item).strip() for item in items if str(item).strip()]
    if len(set(names)) != len(names):
        raise ValueError("allowed is each name once")
    return tuple(names)


def _sources(value: Any) -> tuple[str, ...]:
    if not value and value != []:
        raise ValueError("allowed is a list, [] where there are none")
    return _names(value)


def _date(value: Any) -> date:
    try:
        return datetime.strptime(
            str(value) if len(str(value)) == 10 else "", "%Y-%m-%d"
        ).date()
    except ValueError:
        raise ValueError(
            "allowed is a day of the calendar written as 2026-01-31"
        ) from None


def _number(value: Any) -> int:
    if not re.fullmatch(r"\d{1,4}", str(value)):
        raise ValueError("allowed is a whole number")
    return int(value)


def _choice(*choices: str) -> Callable[[Any], str]:
    def convert(value: Any) -> str:
        if value not in choices:
            raise ValueError(f"allowed is one of {', '.join(choices)}")
        return str(value)

    return convert


def _address(value: Any) -> str:
    if not re.fullmatch(r"/([a-z0-9-]+/)*(?!index\.)([a-z0-9-]+\.html)?", str(value)):
        raise ValueError("allowed is an address such as /about/ or /404.html")
    return str(value)


def _doi(value: Any) -> str:
    if not re.fullmatch(r"10\.\d{4,9}/\S+", str(value)):
        raise ValueError(
            "allowed is a DOI without an address before it, such as 10.1000/182"
        )
    return str(value)


NAMES = Field(_names, default=())
_COMMON = {
    "title": Field(_text, required=True),
    "slug": Field(_slug, required=True),
    "summary": Field(_text, required=True),
    "status": Field(_choice("published", "draft"), required=True, default="published"),
    "checked": Field(_date),
    "claims": NAMES,
    "allow": NAMES,
}
FRONT_MATTER: Mapping[str, Mapping[str, Field]] = {
    "article": {
        **_COMMON,
        "date": Field(_date, required=True, default=date.min),
        "modified": Field(_date),
    },
    "topic": {
        **_COMMON,
        "name": Field(_text, required=True, default=""),
        "order": Field(_number, required=True, default=0),
        "lead": NAMES,
    },
    "page": {
        **_COMMON,
        "template": Field(_slug, default="page"),
        "address": Field(_address),
    },
}
OPTIONS: Mapping[str, Mapping[str, Field]] = {
    "answer": {"evidence": NAMES},
    "advice": {"evidence": NAMES, "references": NAMES},
    "passage": {
        "title": Field(_text),
        "topics": NAMES,
        "claims": NAMES,
        "evidence": NAMES,
        "requires": NAMES,
        "same": NAMES,
    },
    "note": {"evidence": NAMES, "references": NAMES},
    "question": {"passages": NAMES, "evidence": NAMES, "references": NAMES},
    "box": {
        "urgency": Field(_choice(*URGENCIES), required=True, default="ask"),
        "references": NAMES,
    },
    "term": {"also": NAMES},
}
BLOCKS_OF = {
    "article": ("answer", "passage", "note"),
    "topic": ("answer", "advice", "box", "note", "question"),
    "page": ("box", "term"),
}
FINDING = {
    "id": Field(_slug, required=True, default=""),
    "statement": Field(_text, required=True, default=""),
    "question": Field(_text, required=True, default=""),
    "verdict": Field(_choice(*VERDICTS), required=True, default="mixed"),
    "explanation": Field(_text, required=True, default=""),
    "references": Field(_sources, required=True, default=()),
    "checked": Field(_date, required=True, default=date.min),
}
REFERENCE = {
    "title": Field(_text, required=True, default=""),
    "author": Field(_text, default=""),
    "journal": Field(_text, default=""),
    "institution": Field(_text, default=""),
    "year": Field(_number, default=""),
    "doi": Field(_doi, default=""),
    "verified": Field(_choice("yes", "partly"), required=True, default="yes"),
    **{
        name: Field(_text)
        for name in ("volume", "number", "pages", "isbn", "note", "publisher", "url")
    },
}


def read(
    fields: Mapping[str, Field],
    raw: Mapping[str, Raw],
    of: str,
    place: SourceLine,
    report: Report,
) -> dict[str, Any]:
    """Check what was written against the fields.

    `of` names the thing in messages. Returns a value for every field: its default where it is missing or bad, so that
    a build can go on and find the other faults.
    """
    for name in raw.keys() - fields.keys():
        report.unknown(
            SourceLine(place.file, raw[name].line),
            f'{of} has the unknown field "{name}"',
            name,
            fields,
        )
    values = {}
    for name, field in fields.items():
        values[name] = field.default
        if name not in raw:
            if field.required:
                report.add(
                    place,
                    f'{of} has no "{name}"',
                    f"{name} is required",
                    f"add a line `{name}: …`",
                )
            continue
        try:
            values[name] = field.convert(raw[name].value)
        except ValueError as error:
            shown = "" if raw[name].value is None else raw[name].value
            where = SourceLine(place.file, raw[name].line)
            report.add(
                where,
                f'{of} has the {name} "{shown}"',
                str(error),
                "correct or remove it",
            )
    return values
