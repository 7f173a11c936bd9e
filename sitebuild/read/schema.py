"""What an editor may set: front matter, options of blocks, findings and references.

To add a field or a kind of block, add its type to `model/fields.py` and its row here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sitebuild.faults import Report
from sitebuild.model import (
    KINDS,
    URGENCIES,
    VERDICTS,
    AdviceOptions,
    AnswerOptions,
    ArticleFields,
    BoxOptions,
    Fields,
    NoteOptions,
    Options,
    PageFields,
    PassageOptions,
    QuestionOptions,
    Raw,
    SourceLine,
    TermOptions,
    TopicFields,
)
from sitebuild.read import convert


@dataclass(frozen=True)
class Field:
    """How one field is read, whether it is required, and its value where it is not."""

    convert: Callable[[Any], Any]
    required: bool = False
    default: Any = None


@dataclass(frozen=True)
class FrontMatter:
    """The fields of one kind of file and the type of value that they make."""

    make: type[Fields]
    fields: Mapping[str, Field]


@dataclass(frozen=True)
class BlockKind:
    """The options of one kind of block and the type of value that they make."""

    make: type[Options]
    fields: Mapping[str, Field]


def _required(convert_one: Callable[[Any], Any], default: Any = "") -> Field:
    """Return a required field; `default` lets the build go on to find other faults."""
    return Field(convert_one, required=True, default=default)


_TEXT = Field(convert.text, default="")
_NAMES = Field(convert.names, default=())
_COMMON = {
    "title": _required(convert.text),
    "slug": _required(convert.slug),
    "name": _TEXT,
    "summary": _TEXT,
    "status": _required(convert.choice("published", "draft"), default="published"),
    "checked": Field(convert.day),
    "claims": _NAMES,
    "allow": _NAMES,
}
_ARTICLE = {
    **_COMMON,
    "date": _required(convert.day, default=date.min),
    "modified": Field(convert.day),
}
_TOPIC = {
    **_COMMON,
    "name": _required(convert.text),
    "order": _required(convert.number, default=0),
    "lead": _NAMES,
}
_PAGE = {
    **_COMMON,
    "template": Field(convert.slug, default="page"),
    "address": Field(convert.address, default=""),
    "glance": _NAMES,
    "asked": _NAMES,
}
FRONT_MATTER: Mapping[str, FrontMatter] = {
    "article": FrontMatter(ArticleFields, _ARTICLE),
    "topic": FrontMatter(TopicFields, _TOPIC),
    "page": FrontMatter(PageFields, _PAGE),
}
_SOURCES = {"evidence": _NAMES, "references": _NAMES}
_PASSAGE = {
    "title": _TEXT,
    "topics": _NAMES,
    "claims": _NAMES,
    "evidence": _NAMES,
    "requires": _NAMES,
    "same": _NAMES,
}
_BOX = {
    "urgency": _required(convert.choice(*URGENCIES), default="ask"),
    "references": _NAMES,
}
BLOCKS: Mapping[str, BlockKind] = {
    "answer": BlockKind(AnswerOptions, _SOURCES),
    "advice": BlockKind(AdviceOptions, _SOURCES),
    "passage": BlockKind(PassageOptions, _PASSAGE),
    "note": BlockKind(NoteOptions, _SOURCES),
    "question": BlockKind(QuestionOptions, {"passages": _NAMES, **_SOURCES}),
    "box": BlockKind(BoxOptions, _BOX),
    "term": BlockKind(TermOptions, {"also": _NAMES}),
}
# The kinds of block that each kind of file may hold.
BLOCKS_OF: Mapping[str, tuple[str, ...]] = {
    "article": ("answer", "passage", "note"),
    "topic": ("answer", "advice", "box", "note", "question"),
    "page": ("box", "term"),
}
FINDING = {
    "id": _required(convert.slug),
    "statement": _TEXT,
    "question": _required(convert.text),
    "verdict": _required(convert.choice(*VERDICTS), default="mixed"),
    "kind": Field(convert.choice(*KINDS), default="effect"),
    "explanation": _required(convert.text),
    "references": _required(convert.sources, default=()),
    "checked": _required(convert.day, default=date.min),
}
REFERENCE = {
    "title": _required(convert.text),
    "author": _TEXT,
    "journal": _TEXT,
    "institution": _TEXT,
    "year": Field(convert.number, default=""),
    "doi": Field(convert.doi, default=""),
    "verified": _required(convert.choice("yes", "partly"), default="yes"),
    "volume": _TEXT,
    "number": _TEXT,
    "pages": _TEXT,
    "isbn": _TEXT,
    "note": _TEXT,
    "publisher": _TEXT,
    "booktitle": _TEXT,
    "url": Field(convert.web_address, default=""),
    "language": Field(convert.language, default=""),
}


def read(
    fields: Mapping[str, Field],
    raw: Mapping[str, Raw],
    of: str,
    place: SourceLine,
    report: Report,
    form: str = "{}: …",
) -> dict[str, Any]:
    """Return a value for every field; what is missing, bad or unknown is a fault.

    `of` names in messages the thing that has the fields, `place` is its line, and
    `form` how a field is written there, {} for its name. A field that is missing or bad
    has its default, so that the build can go on and find the other faults.
    """
    for name in raw.keys() - fields.keys():
        line = SourceLine(place.file, raw[name].line)
        report.unknown(
            line,
            f'{of} has the unknown field "{name}"',
            name,
            fields,
            "use one of these or remove it",
        )
    values = {}
    for name, field in fields.items():
        values[name] = field.default
        if name in raw:
            line = SourceLine(place.file, raw[name].line)
            values[name] = _value(field, name, raw[name].value, of, line, report)
        elif field.required:
            report.add(
                place,
                f'{of} has no "{name}"',
                f"{name} is required",
                f"add a line `{form.format(name)}`",
            )
    return values


def _value(
    field: Field, name: str, written: Any, of: str, place: SourceLine, report: Report
) -> Any:
    """Return what was written as a value; the default, with a fault, if it is bad."""
    try:
        return field.convert(written)
    except ValueError as error:
        shown = "" if written is None else written
        remedy = "correct it" if field.required else "correct or remove it"
        report.add(place, f'{of} has the {name} "{shown}"', str(error), remedy)
        return field.default
