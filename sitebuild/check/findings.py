"""Advice on findings: what nothing uses, and what the theme has to say for them."""

from __future__ import annotations

from collections.abc import Iterator

from sitebuild.derive import outline
from sitebuild.derive.contents import type_of
from sitebuild.derive.pagetypes import PagePart
from sitebuild.derive.site import Site
from sitebuild.model import Block, SourceLine


def advise(site: Site) -> Iterator[tuple[SourceLine, str]]:
    """Yield the place of each finding or page that is worth a look, and why."""
    yield from _unused(site)
    yield from _unstated(site)
    yield from _unexplained(site)


def _unused(site: Site) -> Iterator[tuple[SourceLine, str]]:
    """Yield findings that stand beside no passage and in no other block."""
    used: set[str] = set()
    for document in site.documents:
        for part in document.parts:
            if isinstance(part, Block):
                used.update(getattr(part.options, "evidence", ()))
    for finding in site.findings.values():
        if finding.id not in used:
            yield finding.place, f'nothing uses the finding "{finding.id}"'


def _unstated(site: Site) -> Iterator[tuple[SourceLine, str]]:
    """Yield findings whose question follows their verdict, for want of a statement."""
    for finding in site.findings.values():
        if finding.statement == finding.question:
            yield (
                finding.place,
                f'finding "{finding.id}" has no statement, so pages show its question '
                "after the verdict: add a line `statement: …`",
            )


def _unexplained(site: Site) -> Iterator[tuple[SourceLine, str]]:
    """Yield verdicts to which the page of the findings gives no words of its own."""
    for page in site.pages:
        if PagePart.FINDINGS not in type_of(page).parts:
            continue
        for verdict in outline.unexplained(page):
            yield (
                page.place("template"),
                f'the page does not explain "{verdict}", so the theme does: write '
                f"`**{verdict.capitalize()}**{{#{verdict}}}: …`",
            )
