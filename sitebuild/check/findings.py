"""Advice on findings: what nothing uses, and what the theme has to say for them."""

from __future__ import annotations

from collections.abc import Iterator

from sitebuild.derive.names import check_used
from sitebuild.derive.site import Site
from sitebuild.faults import Report
from sitebuild.model import Block, SourceLine


def advise(site: Site) -> Iterator[tuple[SourceLine, str]]:
    """Yield the place of each finding or page that is worth a look, and why."""
    yield from _unused(site)
    yield from _unstated(site)


def _unused(site: Site) -> Iterator[tuple[SourceLine, str]]:
    """Yield findings and references that no passage and no other block uses."""
    used: set[str] = set()
    for document in site.documents:
        for part in document.parts:
            if isinstance(part, Block):
                used.update(getattr(part.options, "evidence", ()))
    for finding in site.findings.values():
        if finding.id not in used:
            yield finding.place, f'nothing uses the finding "{finding.id}"'
    report = Report()
    check_used(site, site.documents, report)
    for fault in report.faults:
        yield fault.place, fault.found


def _unstated(site: Site) -> Iterator[tuple[SourceLine, str]]:
    """Yield findings whose question follows their verdict, for want of a statement."""
    for finding in site.findings.values():
        if finding.statement == finding.question:
            yield (
                finding.place,
                f'finding "{finding.id}" has no statement, so pages show its question '
                "after the verdict: add a line `statement: …`",
            )
