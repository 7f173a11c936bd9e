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
# What each kind begins with, and the file that it is, or stands at the end of.
_BEGUN = {
    "article": (_ARTICLE, "articles/{slug}.md"),
    "topic": (_TOPIC, "topics/{slug}.md"),
    "finding": (_FINDING, "evidence.yaml"),
    "term": (_TERM, "pages/glossary.md"),
}
KINDS = tuple(_BEGUN)
_ORDER = re.compile(r"^order:\s*(\d{1,3})\s*$", re.MULTILINE)


def new(kind: str, content: Path, words: str, today: date) -> Path:
    """Begin one of KINDS below a content folder, named by some words.

    An article or a topic is a new file, a draft; a finding or a term is a new entry at
    the end of a file. Returns the path of the file. Raises SiteFaults where the words
    give no name, or one that is taken.
    """
    title = " ".join(words.split())
    slug = slug_of(title) if title.isprintable() else ""
    slug = re.sub("[-_]+", "-", slug).strip("-")
    text, file = _BEGUN[kind]
    path = content / file.format(slug=slug or "untitled")
    is_entry = kind in ("finding", "term")
    _check_title(title, slug, path, may_have_marks=is_entry)
    if kind == "finding":
        title = "'{}'".format(title.replace("'", "''"))
    order = _last_order(content) + 1
    text = text.format(title=title, slug=slug, today=today, order=order)
    before = path.read_text("utf-8") if path.exists() else ""
    name, taken = path.name, path.name * path.exists()
    if is_entry:
        name, taken = text.strip().splitlines()[0], before
    if f"\n{name}\n".lower() in f"\n{taken}\n".lower():
        raise _fault(
            path,
            f'"{name}" is there already',
            "a name belongs to one thing",
            "edit that one, or choose other words",
        )
    if kind == "term" and not before:
        where = "terms stand in pages/glossary.md, which has `template: glossary`"
        raise _fault(path, "there is no glossary", where, "name that page so")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"{before.rstrip()}\n{text}" if is_entry else text, "utf-8")
    return path


def _check_title(title: str, slug: str, path: Path, *, may_have_marks: bool) -> None:
    """Raise SiteFaults for a title that makes no address, or has markup in it."""
    if not SLUG.fullmatch(slug) or len(slug) > LONGEST_SLUG:
        raise _fault(
            path,
            f"{title!r} gives no address",
            f"a title has letters or digits for an address, {LONGEST_SLUG} at most",
            "choose another title, or set the terminal to UTF-8 and type it again",
        )
    try:
        check_plain("" if may_have_marks else title)
    except ValueError as error:
        found = f'the title is "{title}"'
        raise _fault(path, found, str(error), "write it without marks") from None


def _last_order(content: Path) -> int:
    """Return the place of the last topic in the menu; 0 without any."""
    texts = [it.read_text("utf-8", "replace") for it in content.glob("topics/*.md")]
    return max((int(it) for text in texts for it in _ORDER.findall(text)), default=0)


def _fault(path: Path, found: str, allowed: str, remedy: str) -> SiteFaults:
    depth = 3 if path.suffix == ".md" else 2  # sources stand in folders of content/
    shown = Path(*path.parts[-depth:]).as_posix()
    return SiteFaults([Fault(SourceLine(shown, 1), found, allowed, remedy)])
