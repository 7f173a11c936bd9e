"""What each page shows: passages as they stand on it, with the cautions that it owes them, and its references."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from sitebuild.derive.site import Site
from sitebuild.model import (
    Block,
    Document,
    Finding,
    Heading,
    Passage,
    Prose,
    Reference,
    Shown,
)
from sitebuild.read.markdown import rebase


@dataclass(frozen=True)
class View:
    """One page as its template shows it: parts in order, references numbered in order of use."""

    parts: tuple[Heading | Prose | Block | Shown, ...]
    references: tuple[Reference, ...]

    @cached_property
    def _number(self) -> dict[str, str]:
        return {
            reference.key: str(number)
            for number, reference in enumerate(self.references, 1)
        }

    def numbers(self, part: Any) -> list[str]:
        """The numbers on this page of the references that a part of it cites, in its order."""
        return [self._number[key] for key in keys(part)]


def _show(passage: Passage, home: Document, *beside: tuple[Shown, ...]) -> Shown:
    """A passage as it stands on the page `home`: as written in its own article, with prefixed ids elsewhere."""
    if passage.article.url == home.url:
        former = "".join(f'<span id="{ident}"></span>' for ident in passage.aliases)
        return Shown(passage, passage.id, former + passage.html, *beside)
    prefix = f"{passage.article.slug}-"
    return Shown(
        passage,
        prefix + passage.id,
        rebase(passage.html, prefix, passage.article.url),
        *beside,
    )


def show(passages: Sequence[Passage], site: Site, home: Document) -> tuple[Shown, ...]:
    """Passages as they stand on one page, each caution that the page lacks beside the first passage that requires it.

    A passage whose caution stands elsewhere on the page leads to it (`see`).
    """
    present = {passage.key for passage in passages}
    shown = []
    for passage in passages:
        here = [key for key in passage.requires if key not in present]
        present |= set(here)
        see = tuple(
            _show(site.passages[key], home)
            for key in passage.requires
            if key not in here
        )
        cautions = tuple(_show(site.passages[key], home) for key in here)
        shown.append(_show(passage, home, cautions, see))
    return tuple(shown)


def keys(part: Any) -> Iterator[str]:
    """The references that one part of a page cites, in order."""
    if isinstance(part, Shown):
        # Corrections stand in the text, the other findings beside it, after them.
        beside = sorted(part.passage.findings, key=lambda it: not it.is_negative)
        for finding in beside:
            yield from keys(finding)
        for caution in part.cautions:
            yield from keys(caution)
    elif isinstance(part, Block):
        yield from part.options.get("references", ())
    elif isinstance(part, Finding):
        yield from (reference.key for reference in part.references)


def view(document: Document, site: Site) -> View:
    """What the page of a document shows. An article: its text; a topic: its blocks, then the passages it derives."""
    parts: list[Any]
    if document.kind == "topic":
        parts = [*document.parts, *show(site.tagged(document), site, document)]
        parts.sort(key=lambda part: isinstance(part, Block) and part.kind == "question")
    else:
        own = show(
            [
                site.passages[f"{document.slug}/{p.id}"]
                for p in document.blocks("passage")
            ],
            site,
            document,
        )
        by_id = {shown.id: shown for shown in own}
        parts = [
            by_id[p.id] if isinstance(p, Block) and p.kind == "passage" else p
            for p in document.parts
        ]
        if document.fields.get("template") == "evidence":
            parts += [
                finding for _, findings in site.by_topic() for finding in findings
            ]
    return View(tuple(parts), number(parts, site))


def number(parts: Iterable[Any], site: Site) -> tuple[Reference, ...]:
    """The references of some parts or findings, each once, in order of first use."""
    cited = dict.fromkeys(key for part in parts for key in keys(part))
    return tuple(site.references[key] for key in cited)
