"""The state of one build."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from sitebuild.derive.assemble import Evidence
from sitebuild.derive.site import Site
from sitebuild.derive.views import Frame, Page
from sitebuild.faults import Report
from sitebuild.memory import Memory
from sitebuild.model import Document
from sitebuild.read import redirects
from sitebuild.read.evidence import Synonym
from sitebuild.read.markdown import Typesetter
from sitebuild.render.theme import Theme

_NAMED = 12  # passages that the summary names


@dataclass(frozen=True)
class WantedPage:
    """A page that is to be made: its path in the output, its template, its source."""

    path: str
    template: str
    source: str


@dataclass
class Build:
    """The state of one build, in the order in which its steps fill it.

    `redirects` are old and new addresses of pages; `moved` has those of passages too.
    `preview` is the site as it would be with its drafts; it equals `site` unless the
    setting SHOW_DRAFTS asks for pages of them.
    `setter` sets the words of sources and of templates. `files` is the site by path.
    """

    settings: Mapping[str, Any]
    memory: Memory
    setter: Typesetter
    report: Report = field(default_factory=Report)
    documents: dict[str, Document] = field(default_factory=dict)
    images: dict[str, Path] = field(default_factory=dict)
    wanted: list[WantedPage] = field(default_factory=list)
    evidence: Evidence | None = None
    moves: redirects.Moves = field(init=False)
    synonyms: tuple[Synonym, ...] = ()
    moved: dict[str, str] = field(default_factory=dict)
    redirects: dict[str, str] = field(default_factory=dict)
    site: Site = field(init=False)
    preview: Site = field(init=False)
    theme: Theme = field(init=False)
    pages: dict[str, Page] = field(default_factory=dict)
    draft_pages: dict[str, Page] = field(default_factory=dict)
    frame: Frame = field(init=False)
    files: dict[str, bytes] = field(default_factory=dict)

    @cached_property
    def content(self) -> Path:
        """The folder of the sources."""
        return Path(self.settings["PATH"])

    @cached_property
    def root(self) -> Path:
        """The folder of the project."""
        return self.content.parent

    @property
    def output(self) -> Path:
        """The folder that the site is written to."""
        return Path(self.settings["OUTPUT_PATH"])

    def shows(self, document: Document) -> bool:
        """Return whether a document has a page in this build: without a slug, none."""
        if not document.slug:
            return False
        return bool(self.settings.get("SHOW_DRAFTS")) or document.is_published

    @property
    def drafts(self) -> tuple[Document, ...]:
        """The drafts that have a page in this build, as if they were published."""
        found = []
        for document in self.preview.documents:
            if not self.documents[document.path].is_published:
                found.append(document)
        return tuple(found)

    def name(self, path: Path) -> str:
        """Return a file's path as messages show it: relative to the project."""
        return Path(os.path.relpath(path, self.root)).as_posix()

    @property
    def summary(self) -> str:
        """What was built, in a line or two."""
        site = self.site
        loose = [it.key for it in site.passages.values() if not site.topics_of(it)]
        named = loose[:_NAMED]
        if len(loose) > _NAMED:
            named.append("…")
        return (
            f"Built {len(self.pages)} pages into {self.output.name}/"
            f" from {len(site.passages)} passages, {len(site.topics)} topics"
            f" and {len(site.findings)} findings.\n"
            f"{len(loose)} passages have no topic: {', '.join(named) or 'none'}."
        )
