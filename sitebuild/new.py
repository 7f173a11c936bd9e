"""Files and entries to begin with: each builds as it stands."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

from sitebuild.faults import Fault, SiteFaults
from sitebuild.model import SourceLine
from sitebuild.read.fields import SLUG, check_plain, slug_of

# The longest address in characters: file systems allow names of 255 bytes.
LONGEST_SLUG = 200

_ARTICLE = """\
title: {title}
slug: {slug}
date: {today}
status: draft
summary: One or two sentences that say what this article answers.

/// answer | In short

Say here what is known, in two to five sentences.
The first one stands for the article wherever it is listed.
///

## A first heading

/// passage | {slug}-first
    topics:

Write the first passage here.
Its name after the bar is its address for ever.
Set the status to published when the article is ready to be shown.
///
"""
_TOPIC = """\
title: {title}
name: {title}
slug: {slug}
order: {order}
status: draft

/// answer | In short

Say here what is known, in two to five sentences.
The first one stands for the topic wherever it is listed.
///

/// question | What do readers ask?

Answer it here; the option passages names those that stand under it.
Passages that name the topic {slug} and stand under no question come last.
Set the status to published once a passage names it.
///
"""
_FINDING = """
- id: {slug}
  question: {title}
  verdict: mixed
  explanation: Say here what research found.
  references: []
  checked: {today}
"""
_TERM = """
/// term | {title}

Say here what it means, in a sentence or two.
///
"""
_ORDER = re.compile(r"^order:\s*(\d{1,3})\s*$", re.MULTILINE)


def new_article(content: Path, title: str, today: date) -> Path:
    """Write a draft article below a content folder; returns its path.

    Raises SiteFaults where the title gives no address, or one that is taken.
    """
    return _create(content / "articles", title, _ARTICLE, today=today)


def new_topic(content: Path, name: str) -> Path:
    """Write a draft topic that comes last in the menu; returns its path.

    Raises SiteFaults where the name gives no address, or one that is taken.
    """
    folder = content / "topics"
    last = 0
    for path in folder.glob("*.md"):
        for number in _ORDER.findall(path.read_text("utf-8", "replace")):
            last = max(last, int(number))
    return _create(folder, name, _TOPIC, order=last + 1)


def new_finding(content: Path, question: str, today: date) -> Path:
    """Add a finding to evidence.yaml; returns its path.

    Raises SiteFaults where the question gives no id, or one that is taken.
    """
    path = content / "evidence.yaml"
    slug = _slug(question, path)
    quoted = "'{}'".format(" ".join(question.split()).replace("'", "''"))
    entry = _FINDING.format(slug=slug, title=quoted, today=today)
    return _append(path, f"- id: {slug}\n", entry)


def new_term(content: Path, term: str) -> Path:
    """Add a term to the glossary, the page of that template; returns its path.

    Raises SiteFaults where there is no glossary, or where it has the term.
    """
    _slug(term, content / "pages" / "glossary.md")
    for path in sorted((content / "pages").glob("*.md")):
        if re.search(
            r"^template:\s*glossary$", path.read_text("utf-8", "replace"), re.M
        ):
            title = " ".join(term.split())
            return _append(path, f"/// term | {title}\n", _TERM.format(title=title))
    raise _fault(
        content / "pages" / "glossary.md",
        "there is no glossary",
        "terms stand on the page with `template: glossary`",
        "make that page first",
    )


def _append(path: Path, mark: str, entry: str) -> Path:
    text = path.read_text("utf-8") if path.exists() else ""
    if mark.lower() in text.lower():
        raise _fault(
            path,
            f'"{mark.strip()}" is there already',
            "a name belongs to one thing",
            "edit that one, or choose other words",
        )
    path.write_text(f"{text.rstrip()}\n{entry}", "utf-8")
    return path


def _create(folder: Path, title: str, template: str, **values: object) -> Path:
    """Write a new file named after its title; returns its path."""
    slug = _slug(title, folder / "untitled.md")
    path = folder / f"{slug}.md"
    try:
        check_plain(title)
    except ValueError as error:
        raise _fault(
            path, f'the title is "{title}"', str(error), "write it without marks"
        ) from None
    text = template.format(title=" ".join(title.split()), slug=slug, **values)
    folder.mkdir(parents=True, exist_ok=True)
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError:
        raise _fault(
            path,
            "the file exists already",
            "a new file has a new name",
            "edit it or choose another title",
        ) from None
    return path


def _slug(title: str, path: Path) -> str:
    """Return the address that a title gives; raises SiteFaults where it gives none."""
    try:
        title.encode()
    except UnicodeEncodeError:
        raise _fault(
            path,
            "the words that were given are not UTF-8",
            "names are UTF-8 text",
            "set the terminal to UTF-8, and type them again",
        ) from None
    slug = re.sub("[-_]+", "-", slug_of(title)).strip("-")
    if not SLUG.fullmatch(slug) or len(slug) > LONGEST_SLUG:
        raise _fault(
            path,
            f'"{title}" gives no address',
            f"a title has letters or digits for an address, {LONGEST_SLUG} at most",
            "choose another title",
        )
    return slug


def _fault(path: Path, found: str, allowed: str, remedy: str) -> SiteFaults:
    shown = Path(*path.parts[-3:]).as_posix()
    return SiteFaults([Fault(SourceLine(shown, 1), found, allowed, remedy)])
