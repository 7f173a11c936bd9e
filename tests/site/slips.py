"""The table of slips: a broken source and the one fault that it must be.

Each row is a `Slip` on the small site on bread, which the rows of a module share (the
fixture `bread_site`): a row changes one file, builds, and puts back what it changed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
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


def page(text: str, at: str | int, says: str) -> Slip:
    """Return a slip on a new page."""
    return Slip(SLIP_PAGE, "", PAGE_HEAD + text, at, says)


def words(text: str, at: str | int, says: str) -> Slip:
    """Return a slip on a new page, below a paragraph."""
    return page(f"Words.\n\n{text}\n", at, says)


def each(slips: dict[str, Slip]) -> pytest.MarkDecorator:
    """Return the marker that gives a test its argument `slip`, a row at a time."""
    return pytest.mark.parametrize("slip", list(slips.values()), ids=list(slips))


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
    """Build with the slip: one fault, at its line, in the mould of all faults."""
    text = broken(slip, site)
    with changed(site, {slip.file: text}):
        faults = site.faults()
    assert len(faults) == 1, faults
    assert faults[0].startswith(f"{slip.file}:{line_of(slip.at, text)}: "), faults
    assert re.search(slip.says, faults[0]), faults
    assert re.match(r"[\w./-]+:\d+: .+; .+; .+", faults[0]), faults


def assert_sound(files: dict[str, str | bytes], site: Project) -> None:
    """Build with some files: no fault."""
    with changed(site, files):
        assert site.faults() == []
