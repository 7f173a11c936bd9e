"""Lines of text that look like an option or a marker of a block, and are none.

A slip there would lose a caution: `Requires: hot-oven` in the text is printed and
requires nothing. A backslash before the colon or the first slash makes it text, as
CommonMark 2.4 has it.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from difflib import get_close_matches

from sitebuild.faults import Report
from sitebuild.model import SourceLine
from sitebuild.read.schema import BLOCKS, FRONT_MATTER

# A name and a colon (or what is taken for one), perhaps quoted, emphasised, in a list.
_NAMED = re.compile(
    r"(?P<lead>[\s>(\[{@:;#%~]*)(?P<bullet>[-*+]\s+)?[*_`\"']*(?P<name>[A-Za-z][\w-]*)"
    r"[*_`\"']*\s*(?P<sign>[:=\uff1a]|(?<=\s)[-\u2013\u2014](?=\s))"
)
_BARE = re.compile(r"\s*(?P<name>[a-z]+)\s+[\w/-]+(,\s*[\w/-]+)*\s*$")
# Slashes that are no marker as they stand: indented, quoted, in a list, too few, or
# with something else in the place of the bar.
_SLASHES = re.compile(
    r"[\s>*+-]*(?P<slashes>/{2,}|\\{3,}|(?:/|:{3,4})(?=\s))(?P<rest>.*)$"
)
_REST = re.compile(
    r"\s*(?P<kind>[\w-]+)\s*(?P<bar>[|:/\u2502\uff5c]?)\s*(?P<name>.*?)$"
)
_ALIKE = 0.82  # "evidnce" and "require" are, "sample" and "same" are not
_FEWEST_LETTERS = 5
_MARKER_SLASHES = 3


@dataclass(frozen=True)
class Looks:
    """What a line looks like: the name as it is written and the option it may mean.

    `sign` stands after the name, as a colon does; it is empty where there is none.
    """

    written: str
    meant: str
    sign: str = ""


def _names_of_any_block() -> Iterator[str]:
    for kind in BLOCKS.values():
        yield from kind.fields


_ANY_OPTION = frozenset(_names_of_any_block())


def option(text: str, kind: str, *, is_first: bool) -> Looks | None:
    """Return what option a line of a block looks like; None if it looks like text.

    `is_first`: no text of the block stands above it.
    """
    block = BLOCKS.get(kind)
    own: Collection[str] = block.fields if block else ()
    named = _NAMED.match(text)
    if named:
        return _named(named, own, is_first=is_first)
    bare = _BARE.match(text)
    if bare and is_first and bare["name"] in own:
        return Looks(bare["name"], bare["name"])
    return None


def _named(
    named: re.Match[str], own: Collection[str], *, is_first: bool
) -> Looks | None:
    written = named["name"]
    if written in _ANY_OPTION:
        return Looks(written, written, named["sign"])
    is_odd = named["lead"].strip(" \t>") or named["sign"] in "-\u2013\u2014"
    if is_odd and not is_first:
        return None
    # `- Evidence: weak` in a list is text more often than not.
    if named["bullet"] and not is_first:
        return None
    meant = _nearest(written.lower(), own)
    return Looks(written, meant, named["sign"]) if meant else None


def _nearest(name: str, own: Collection[str]) -> str:
    """Return the option that a name means or misspells; "" if there is none."""
    if name in own:
        return name
    long = [option for option in own if len(option) >= _FEWEST_LETTERS]
    for option in long:
        if sorted(name) == sorted(option):  # two letters in the wrong order
            return option
    near = get_close_matches(name, long, 1, cutoff=_ALIKE)
    return near[0] if near else ""


def field(text: str) -> str:
    """Return the field or option that a line outside the blocks of a page looks like.

    There only the exact name counts; "" if the line looks like text.
    """
    named = _NAMED.match(text)
    if not named or named["bullet"]:
        return ""
    name = named["name"]
    is_known = name in _ANY_OPTION or name in FRONT_MATTER["article"].fields
    is_known = is_known or name in FRONT_MATTER["page"].fields
    return name if is_known else ""


def marker(text: str) -> str:
    """Return the marker that a line should have been; "" if it looks like text.

    The line is none as it stands: see `cut.MARKER`.
    """
    found = _SLASHES.match(text)
    if not found:
        return ""
    slashes = "/" * max(_MARKER_SLASHES, found["slashes"].count("/"))
    if not found["rest"].strip():
        is_marker = set(found["slashes"]) <= {"/"} and len(found["slashes"]) > 1
        return slashes if is_marker else ""
    rest = _REST.match(found["rest"])
    if not rest:
        return slashes if found["slashes"].startswith("///") else ""
    has_kind = rest["kind"].lower() in BLOCKS
    if has_kind and (rest["bar"] or not rest["name"] or "//" in found["slashes"]):
        return f"{slashes} {rest['kind'].lower()} | {rest['name']}"
    is_odd = found["slashes"].startswith("///") or bool(
        found["slashes"].startswith("//") and rest["bar"] == "|"
    )
    return f"{slashes} {rest['kind']} | {rest['name']}" if is_odd else ""


def add_option(looks: Looks, kind: str, place: SourceLine, report: Report) -> None:
    """Add the fault for a line of a block that looks like an option."""
    found = f'the option "{looks.written}" stands in the text'
    if looks.written != looks.meant:
        found = f'"{looks.written}" in the text looks like the option "{looks.meant}"'
    escaped = f"write `{looks.written}\\{looks.sign} …`"
    if looks.sign not in (":", "="):
        escaped = "begin it with a capital letter"
    report.add(
        place,
        found,
        f"options come first, each on a line `    {looks.meant}: …` under the line "
        f"that opens the {kind}, with no blank line before it",
        f"move it there, did you mean `    {looks.meant}: …`? If it is text, {escaped}",
    )


def add_field(name: str, place: SourceLine, report: Report) -> None:
    """Add the fault for a line between blocks that looks like a field."""
    report.add(
        place,
        f'"{name}:" stands in the text',
        "fields open the file with no blank line between them, and options stand under "
        "the line that opens their block",
        f"move it there; if it is text, write `{name}\\: …`",
    )


def add_marker(text: str, meant: str, place: SourceLine, report: Report) -> None:
    """Add the fault for a line that looks like a marker."""
    shown = text.strip()
    report.add(
        place,
        f'"{shown[:40]}" looks like the marker of a block',
        "a marker stands at the beginning of its line: three slashes or more, a "
        "space, the kind, a bar and the name",
        f"did you mean `{meant}`? If it is text, write a backslash before its first "
        "character",
    )
