"""Files to begin with: a draft of an article or a topic that builds as it stands."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

from markdown.extensions.toc import slugify

from sitebuild.faults import Fault, SiteFaults
from sitebuild.model import SourceLine
from sitebuild.read.fields import SLUG, check_plain

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
    slug = re.sub("[-_]+", "-", slugify(title, "-")).strip("-")
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
