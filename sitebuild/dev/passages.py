"""A draft made of an ordinary Pelican article: its paragraphs become passages."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from markdown.extensions.toc import slugify

_FIELD = re.compile(r"([A-Za-z][\w-]*)\s*:\s*(.*?)\s*$")
_HEADING = re.compile(r"(#{1,6})\s*(.*?)\s*#*$")
_UNDERLINE = re.compile(r"(=+|-+)\s*$")
_FENCE = re.compile(r"\s{0,3}(`{3,}|~{3,})")
_DEFINITION = re.compile(r"\s{0,3}\[(\^?[^\]]+)\]:\s")
# A paragraph that goes on with what stands above it: a list, a quotation, a table.
_GOES_ON = re.compile(r"\s{2,}\S|([-*+>|:]|\d+[.)])\s")
_SENTENCE_END = re.compile(r"(?<=[.!?])\s")
_MARKUP = re.compile(r"!?\[([^\]]*)\]\([^)]*\)|[*_`#<>]")
_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_ID_WORDS = 4
_LEVELS = {1: "##", 2: "##"}  # the title is the only heading of level 1; others: ###
_HEADLESS = "text"


@dataclass
class Ordinary:
    """What an ordinary article says: its fields in lower case, and its text."""

    fields: dict[str, str] = field(default_factory=dict)
    lines: list[str] = field(default_factory=list)

    def day(self, name: str) -> str:
        """Return the day of a field as YYYY-MM-DD; "" where it has none."""
        found = _DAY.match(self.fields.get(name, ""))
        try:
            return str(date.fromisoformat(found[0])) if found else ""
        except ValueError:
            return ""


@dataclass(frozen=True)
class _Chunk:
    """A heading or a run of text that stands together."""

    text: str
    level: int = 0


def read(text: str) -> Ordinary:
    """Return the fields and the text of a Markdown source as Pelican writes it."""
    found = Ordinary()
    lines = text.removeprefix("\ufeff").splitlines()
    if lines[:1] == ["---"]:
        lines = lines[1:]
    name = ""
    for number, line in enumerate(lines):
        a_field = _FIELD.match(line)
        if a_field:
            name = a_field[1].lower()
            found.fields[name] = a_field[2].strip("\"'")
        elif name and line[:1].isspace() and line.strip():
            found.fields[name] += f" {line.strip()}"
        else:
            is_end = line.strip() in ("", "---")
            found.lines = lines[number + is_end :]
            break
    return found


def passages(lines: Sequence[str]) -> str:
    """Return a text as passages under its headings, named after their first words."""
    definitions = _definitions(lines)
    kept = [line for line in lines if not _DEFINITION.match(line)]
    taken: dict[str, int] = {}
    parts = []
    for chunk in _chunks(kept):
        if chunk.level:
            _claim(slugify(chunk.text, "-"), taken)
            parts.append(f"{_LEVELS.get(chunk.level, '###')} {chunk.text}\n")
        else:
            ident = _claim(_name(chunk.text), taken)
            body = chunk.text + _used(definitions, chunk.text)
            parts.append(f"/// passage | {ident}\n    topics:\n\n{body}\n///\n")
    return "\n".join(parts)


def summary(text: Ordinary) -> str:
    """Return the summary of an article, else its first sentence without markup."""
    given = text.fields.get("summary", "")
    if given:
        return " ".join(plain(given).split())
    for chunk in _chunks(text.lines):
        words = " ".join(plain(chunk.text).split())
        if words and not chunk.level:
            return _SENTENCE_END.split(words)[0]
    return "One or two sentences that say what this article answers."


def plain(text: str) -> str:
    """Return a text without its marks of emphasis, links, code and HTML."""
    return _MARKUP.sub(lambda found: found[1] or "", text)


def _definitions(lines: Sequence[str]) -> dict[str, str]:
    """Return the lines that define links and footnotes, by their names."""
    found = {}
    for line in lines:
        definition = _DEFINITION.match(line)
        if definition:
            found[definition[1].lower()] = line.strip()
    return found


def _used(definitions: Mapping[str, str], text: str) -> str:
    used = []
    for name, line in definitions.items():
        if f"[{name}]" in text.lower():
            used.append(line)
    return "\n\n" + "\n".join(used) if used else ""


def _claim(name: str, taken: dict[str, int]) -> str:
    """Return a name that is not taken yet, with a number where it has to."""
    taken[name] = taken.get(name, 0) + 1
    if taken[name] == 1:
        return name
    return _claim(f"{name}-{taken[name]}", taken)


def _name(text: str) -> str:
    """Return the id of a passage: the first words of its text."""
    slug = slugify(plain(text), "-").replace("_", "-")
    words = [word for word in slug.split("-") if word]
    return "-".join(words[:_ID_WORDS]) or _HEADLESS


def _chunks(lines: Sequence[str]) -> Iterator[_Chunk]:
    """Yield the headings and the runs of text of an article, in order."""
    run: list[str] = []
    fence = ""
    for line in lines:
        found = _FENCE.match(line)
        heading = None if fence else _heading(line, run)
        if heading:
            yield from _text(run)
            run = []
            yield heading
            continue
        if found and not fence:
            fence = found[1]
        elif fence and line.strip().startswith(fence):
            fence = ""
        is_new = line.strip() and run and not run[-1].strip()
        if is_new and not fence and not found and not _GOES_ON.match(line):
            yield from _text(run)
            run = []
        run.append(line.rstrip())
    yield from _text(run)


def _heading(line: str, run: list[str]) -> _Chunk | None:
    """Return the heading that a line is or underlines; that line leaves the run."""
    marks = _HEADING.match(line)
    if marks and marks[2]:
        return _Chunk(marks[2], len(marks[1]))
    is_alone = bool(run) and bool(run[-1].strip()) and not "".join(run[:-1]).strip()
    if _UNDERLINE.match(line) and is_alone and not _GOES_ON.match(run[-1]):
        title = run.pop()
        return _Chunk(title.strip(), 1 if line.startswith("=") else 2)
    return None


def _text(run: Sequence[str]) -> Iterator[_Chunk]:
    text = "\n".join(run).strip("\n")
    if text.strip():
        yield _Chunk(text)
