"""Articles and topics to begin with: each builds as it stands."""

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
_TEXTS = {"article": _ARTICLE, "topic": _TOPIC}
KINDS = tuple(_TEXTS)
_ORDER = re.compile(r"^order:\s*(\d{1,3})\s*$", re.MULTILINE)


def new(kind: str, content: Path, words: str, today: date) -> Path:
    """Begin one of KINDS below a content folder, named by some words: a draft.

    Returns the path of the new file. Raises SiteFaults where the words give no name, or
    one that is taken.
    """
    title = " ".join(words.split())
    slug = slug_of(title) if title.isprintable() else ""
    slug = re.sub("[-_]+", "-", slug).strip("-")
    path = content / f"{kind}s" / f"{slug or 'untitled'}.md"
    if not SLUG.fullmatch(slug) or len(slug) > LONGEST_SLUG:
        raise _fault(
            path,
            f"{title!r} gives no address",
            f"a title has letters or digits for an address, {LONGEST_SLUG} at most",
            "choose another title, or set the terminal to UTF-8 and type it again",
        )
    try:
        check_plain(title)
    except ValueError as error:
        found = f'the title is "{title}"'
        raise _fault(path, found, str(error), "write it without marks") from None
    if path.exists():
        raise _fault(
            path,
            f'"{path.name}" is there already',
            "a name belongs to one thing",
            "edit that one, or choose other words",
        )
    order = _last_order(content) + 1
    text = _TEXTS[kind].format(title=title, slug=slug, today=today, order=order)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")
    return path


def _last_order(content: Path) -> int:
    """Return the place of the last topic in the menu; 0 without any."""
    texts = [it.read_text("utf-8", "replace") for it in content.glob("topics/*.md")]
    return max((int(it) for text in texts for it in _ORDER.findall(text)), default=0)


def _fault(path: Path, found: str, allowed: str, remedy: str) -> SiteFaults:
    shown = Path(*path.parts[-3:]).as_posix()  # as content/articles/name.md
    return SiteFaults([Fault(SourceLine(shown, 1), found, allowed, remedy)])
