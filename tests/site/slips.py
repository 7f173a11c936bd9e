"""The table of slips: a broken source and the one fault that it must be.

Each row is a `Slip` on the small site on bread, which the rows of a module share (the
fixture `bread_site`): a row changes one file, builds, and puts back what it changed.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import NamedTuple

import pytest
from projects import Project

ARTICLE_HEAD = """title: A slip
slug: slip
date: 2026-01-02
status: published
summary: One slip.

"""
PAGE_HEAD = """title: A slip
slug: slip
status: published
summary: One slip.

"""
# A passage without a slip, and the marker of one that stands on a topic page.
GOOD = "/// passage | well\n\nWords.\n///\n\n"
OPEN = "/// passage | here\n    topics: rising\n"

SLIP_ARTICLE = "content/articles/slip.md"
SLIP_PAGE = "content/pages/slip.md"
SOUR = "content/articles/sour.md"
RISING = "content/topics/rising.md"
ABOUT = "content/pages/about.md"
EVIDENCE = "content/evidence.yaml"
REFERENCES = "content/references.bib"
SETTINGS = "pelicanconf.py"


class Slip(NamedTuple):
    """A file that is broken, and its fault.

    `old` is what the slip replaces by `new`; without it the file is new and `new` its
    text. `at` is the number of the line at fault, or stands on that line and on no
    other. `says` are words of the message, in their order.
    """

    file: str
    old: str
    new: str
    at: str | int
    says: str


def article(text: str, at: str | int, says: str) -> Slip:
    """Return a slip in a new article, below a passage without one."""
    return Slip(SLIP_ARTICLE, "", f"{ARTICLE_HEAD}{GOOD}{text}", at, says)


def passage(text: str, at: str | int, says: str) -> Slip:
    """Return a slip in the text of a passage."""
    return article(f"{OPEN}\n{text}\n///\n", at, says)


def option(line: str, at: str | int, says: str) -> Slip:
    """Return a slip in an option of a passage `here`."""
    return article(f"/// passage | here\n    {line}\n\nWords.\n///\n", at, says)


def page(text: str, at: str | int, says: str) -> Slip:
    """Return a slip on a new page."""
    return Slip(SLIP_PAGE, "", PAGE_HEAD + text, at, says)


def words(text: str, at: str | int, says: str) -> Slip:
    """Return a slip on a new page, below a paragraph."""
    return page(f"Words.\n\n{text}\n", at, says)


@contextmanager
def changed(site: Project, files: dict[str, str | bytes]) -> Iterator[None]:
    """Write some files for a while, then put back what stood there."""
    before = {}
    for name in files:
        path = site.root / name
        before[path] = path.read_bytes() if path.exists() else None
    try:
        for name, text in files.items():
            site.write(name, text)
        yield
    finally:
        for path, data in before.items():
            if data is None:
                path.unlink()
            else:
                path.write_bytes(data)


def broken(slip: Slip, site: Project) -> str:
    """Return the text of a slip's file, with the slip in it."""
    if not slip.old:
        return slip.new
    text = site.read(slip.file)
    assert slip.old in text, f"{slip.old!r} is not in {slip.file}"
    return text.replace(slip.old, slip.new, 1)


def line_of(at: str | int, text: str) -> int:
    """Return the number of the one line that holds a string."""
    if isinstance(at, int):
        return at
    lines = [n for n, line in enumerate(text.split("\n"), 1) if at in line]
    assert len(lines) == 1, f"{at!r} stands on {len(lines)} lines"
    return lines[0]


def assert_one_fault(slip: Slip, site: Project) -> None:
    """Build with the slip: one fault, at its line, in the mould of all faults.

    Where its remedy is something to copy, the source builds when that is done.
    """
    text = broken(slip, site)
    with changed(site, {slip.file: text}):
        faults = site.faults()
    assert len(faults) == 1, faults
    assert faults[0].startswith(f"{slip.file}:{line_of(slip.at, text)}: "), faults
    assert re.search(slip.says, faults[0]), faults
    assert re.match(r"[\w./-]+:\d+: .+; .+; .+", faults[0]), faults
    mended = followed(text, faults[0])
    if mended is not None:
        with changed(site, {slip.file: mended}):
            assert site.faults() == [], (faults[0], mended)


def each(rule: str, slips: dict[str, Slip]) -> Callable[[Slip, Project], None]:
    """Return a test that each of some slips is one fault, which is the rule."""

    @pytest.mark.parametrize("slip", list(slips.values()), ids=list(slips))
    def test(slip: Slip, bread_site: Project) -> None:
        assert_one_fault(slip, bread_site)

    test.__doc__ = rule
    return test


def followed(text: str, fault: str) -> str | None:
    """Return a source after the remedy of its fault; None where that is no copy.

    A picture to show, and a list to close, want more than what the remedy says.
    """
    if "write `![" in fault or "a bracket is not closed" in fault:
        return None
    found, *_, remedy = fault.split("; ")
    if remedy.startswith("if it is text"):
        remedy = fault.split("; ")[-2]
    number = int(found.split(":")[1]) - 1
    lines = text.split("\n")
    line = lines[number]
    quoted = [it for it in re.findall(r'"([^"]+)"', found) if it in line]
    meant = re.search(r'did you mean (?:"([^"]+)"|`(/[^`]+)`)\?', remedy)
    write = re.match(r"write (?:`([^`]+)`|(<\S+>.*</\w+>|<br>))(?:$| for it)", remedy)
    if meant and meant[2]:
        lines[number] = meant[2]
    elif meant and quoted:
        lines[number] = line.replace(quoted[-1], meant[1])
    elif write and re.match(r"\s*(?:[-*] |\d+\. |\w+: |///)", write[1] or ""):
        lines[number] = write[1]
    elif write and quoted:
        lines[number] = line.replace(quoted[0], write[1] or write[2])
    elif remedy.startswith("put a blank line before it"):
        lines.insert(number, ">" if line.startswith(">") else "")
    elif remedy == "remove it" and quoted:
        lines[number] = line.replace(quoted[0], "")
    else:
        return None
    return "\n".join(lines)


def assert_sound(files: dict[str, str | bytes], site: Project) -> None:
    """Build with some files: no fault."""
    with changed(site, files):
        assert site.faults() == []
