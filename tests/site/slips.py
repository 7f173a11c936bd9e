"""The table of slips: a broken source and the one fault that it must be.

Each row is a `Slip` on the small site on bread (the fixture `bread_site`). The rows of a
table that are files of their own are built together, as a build tells all its faults at
once, and so are their remedies; a row that breaks a file of the site is built alone.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import cache
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


class Told(NamedTuple):
    """What a build said of a slip: the file with it, its faults, those after its remedy.

    `elsewhere` are faults in files that have no slip.
    """

    slip: Slip
    text: str
    faults: list[str]
    left: list[str]
    elsewhere: list[str]


def place(number: int, slip: Slip) -> Slip:
    """Return a slip that is a file of its own, with a name and an address of its own."""
    own = f"slip-{number}"
    file, text = slip.file.replace("slip.", f"{own}."), slip.new
    return slip._replace(file=file, new=text.replace("slug: slip\n", f"slug: {own}\n"))


def stands_alone(slip: Slip) -> bool:
    """Return whether a slip changes a file of the site, or has no address to change."""
    return bool(slip.old) or "slug: slip\n" not in slip.new


def faults_by_file(texts: Mapping[str, str], site: Project) -> dict[str, list[str]]:
    """Build with some files; return their faults.

    Pages are looked at once nothing hinders their making: by a build without the files
    that did.
    """
    found: dict[str, list[str]] = {}
    left = dict(texts)
    while left:
        with changed(site, dict(left)):
            faults = site.faults()
        for fault in faults:
            found.setdefault(fault.partition(":")[0], []).append(fault)
        told = found.keys() & left
        if not told:
            break
        left = {file: text for file, text in left.items() if file not in told}
    return found


@cache
def told(slips: tuple[Slip, ...], site: Project) -> dict[Slip, Told]:
    """Build with some slips, and with the remedies of their faults."""
    placed = {slip: slip for slip in slips}
    if len(slips) > 1:
        placed = {slip: place(number, slip) for number, slip in enumerate(slips)}
    texts = {it.file: broken(it, site) for it in placed.values()}
    found = faults_by_file(texts, site)
    left: dict[str, list[str]] = {}
    for mend in (followed, escaped):
        mended = {}
        for file in found.keys() & texts:
            after = mend(texts[file], found[file][0])
            if after is not None:
                mended[file] = after
        for file, faults in faults_by_file(mended, site).items():
            left.setdefault(file, []).extend(faults)
    others = [it for file in found.keys() - texts.keys() for it in found[file]]
    return {
        slip: Told(
            it, texts[it.file], found.get(it.file, []), left.get(it.file, []), others
        )
        for slip, it in placed.items()
    }


def assert_one_fault(slip: Slip, site: Project, among: tuple[Slip, ...] = ()) -> None:
    """A slip, built with those that it is among, is one fault, in the mould of all.

    It stands at its line. Where its remedy says what to do, the source builds when that
    is done.
    """
    slip, text, faults, left, elsewhere = told(among or (slip,), site)[slip]
    assert elsewhere == []
    assert len(faults) == 1, faults
    assert faults[0].startswith(f"{slip.file}:{line_of(slip.at, text)}: "), faults
    assert re.search(slip.says, faults[0]), faults
    assert re.match(r"[\w./-]+:\d+: .+; .+; .+", faults[0]), faults
    assert left == [], (faults[0], left)


def each(rule: str, slips: dict[str, Slip]) -> Callable[[Slip, Project], None]:
    """Return a test that each of some slips is one fault, which is the rule."""
    together = tuple(slip for slip in slips.values() if not stands_alone(slip))

    @pytest.mark.parametrize("slip", list(slips.values()), ids=list(slips))
    def test(slip: Slip, bread_site: Project) -> None:
        assert_one_fault(slip, bread_site, together if slip in together else ())

    test.__doc__ = rule
    return test


def followed(text: str, fault: str) -> str | None:
    """Return a source after the remedy of its fault; None where only its writer can.

    A picture to show, a list to close, a source to check want more than it says.
    """
    if re.search(r"write `!\[|a bracket is not closed|the verified", fault):
        return None
    found, *_, remedy = fault.split("; ")
    if remedy.startswith("if it is text"):
        remedy = fault.split("; ")[-2]
    number = int(found.split(":")[1]) - 1
    lines = text.split("\n")
    line = lines[number]
    quoted = [it for it in re.findall(r'"([^"]+)"', found) if it in line]
    if unseen := re.search(r"the character U\+(\w+) stands", found):
        quoted = [chr(int(unseen[1], 16))]
    meant = re.search(r'did you mean "?(?:([^"`]+)|`(/[^`]+)`)"?\?', remedy)
    write = re.match(r"write `([^`]+)`$", remedy)
    for pattern, follow in FOLLOWED.items():
        if asked := re.match(pattern, remedy):
            follow(lines, number, quoted, *asked.groups())
            return "\n".join(lines)
    if meant and meant[2]:
        lines[number] = meant[2]
    elif meant and quoted:
        lines[number] = line.replace(quoted[-1], meant[1])
    elif write and re.match(r"\s*(?:[-*] |\d+\. |\w+: |///)", write[1]):
        lines[number] = write[1]
    elif write and quoted:
        lines[number] = line.replace(quoted[0], write[1])
    else:
        return None
    return "\n".join(lines)


def escaped(text: str, fault: str) -> str | None:
    """Return a source in which a mark is text, where the fault says how; else None."""
    at = re.match(r'[^:]+:(\d+): "(.+?)" ', fault)
    if not at or not fault.endswith("if it is text, write a backslash before it"):
        return None
    lines = text.split("\n")
    number = int(at[1]) - 1
    lines[number] = lines[number].replace(at[2], f"\\{at[2]}", 1)
    return "\n".join(lines)


def _take_out(lines: list[str], number: int, quoted: list[str]) -> None:
    """Remove a field or an option, and what goes on below it; else what is quoted."""
    field = re.match(r"( *)[\w-]+:", lines[number])
    if field and ":" not in "".join(quoted[:1]):
        del lines[number]
        while lines[number].startswith(f"{field[1]}    "):
            del lines[number]
    elif quoted:
        lines[number] = lines[number].replace(quoted[0], "")
    else:
        del lines[number]


def _below(lines: list[str], number: int, _: list[str], added: str) -> None:
    """Add a field below the line that opens what lacks it, or the text of a note."""
    at = len(lines) if added.startswith("[^") else number + 1
    lines[at:at] = ["", added] if added.startswith("[^") else [added]


def _end(lines: list[str], number: int, _: list[str], mark: str) -> None:
    """End a block or code before the next block, or at the end of the file."""
    later = range(number + 1, len(lines))
    at = next((n for n in later if lines[n].startswith("///")), len(lines))
    lines.insert(at, mark)


def _drop(lines: list[str], number: int, _: list[str]) -> None:
    del lines[number]


def _to_options(lines: list[str], number: int, _: list[str], option: str) -> None:
    """Move an option to the line below the one that opens its block."""
    del lines[number]
    openers = [n for n in range(number) if re.match("///+ +[a-z]", lines[n])]
    lines.insert(openers[-1] + 1, option)


def _blank(lines: list[str], number: int, _: list[str]) -> None:
    lines.insert(number, ">" if lines[number].startswith(">") else "")


# How a remedy begins, and what its reader does: lines, the number of the one at fault,
# what the fault quotes of it, what the remedy shows.
FOLLOWED: dict[str, Callable[..., None]] = {
    "put a blank line before it": _blank,
    "(?:correct or )?remove it$|remove one of the two": _take_out,
    "write its value there, or remove it": _take_out,
    "add the other tag, or remove this one": _take_out,
    "add (?:a line )?`([^`]+)`$": _below,
    'add a line [`"]([^`"]+)[`"] where it ends': _end,
    "move it there, did you mean `([^`]+)`": _to_options,
    "a [a-z]+ has no such option, so remove it": _drop,
}


def assert_sound(files: dict[str, str | bytes], site: Project) -> None:
    """Build with some files: no fault."""
    with changed(site, files):
        assert site.faults() == []
