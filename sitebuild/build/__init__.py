"""One build: its state; `steps` has its steps in their order."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from sitebuild.derive import names
from sitebuild.derive.site import Site
from sitebuild.faults import Report
from sitebuild.memory import Memory
from sitebuild.model import Document, SourceLine
from sitebuild.read import redirects
from sitebuild.read.evidence import Synonym
from sitebuild.read.markdown import Typesetter
from sitebuild.render import theme as themes
from sitebuild.render.templates import Templates


@dataclass
class Build:
    """The state of one build, in the order in which its steps fill it.

    `redirects` are old and new addresses of pages; `moved` has those of passages too.
    `preview` is the site as it would be with its drafts; it equals `site` unless the
    setting SHOW_DRAFTS asks for pages of them. `shown` has what each page shows by its
    address, `files` the finished site by path. `theme` is None where it is one of
    Pelican's. The pages of a `resident` process are remembered. With `keeps_pages`
    they reach the disk with all other files, as no other plugin looks for them there.
    """

    settings: Mapping[str, Any]
    memory: Memory
    setter: Typesetter
    resident: bool = False
    keeps_pages: bool = False
    report: Report = field(default_factory=Report)
    documents: dict[str, Document] = field(default_factory=dict)
    images: dict[str, Path] = field(default_factory=dict)
    evidence: names.Evidence | None = None
    synonyms: tuple[Synonym, ...] = ()
    moves: redirects.Moves = field(init=False)
    moved: dict[str, str] = field(default_factory=dict)
    redirects: dict[str, str] = field(default_factory=dict)
    site: Site = field(init=False)
    preview: Site = field(init=False)
    theme: themes.Theme | None = None
    templates: Templates = field(init=False)
    shown: dict[str, dict[str, Any]] = field(default_factory=dict)
    files: dict[str, bytes] = field(default_factory=dict)
    _writers: dict[str, str] = field(default_factory=dict)

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
        return tuple(
            document
            for document in self.preview.documents
            if not self.documents[document.path].is_published
        )

    @property
    def draft_topics(self) -> tuple[Document, ...]:
        """The published topics that show passages of drafts in this build."""
        slugs: set[str] = set()
        for passage in self.preview.passages.values():
            if passage.key not in self.site.passages:
                slugs.update(passage.topics)
        return tuple(topic for topic in self.site.topics if topic.slug in slugs)

    def name(self, path: Path) -> str:
        """Return a file's path as messages show it: relative to the project."""
        start, file = f"{self.root}/", str(path)
        if file.startswith(start):
            return file.removeprefix(start)
        return Path(os.path.relpath(path, self.root)).as_posix()

    def claim(self, path: str, writer: str) -> bool:
        """Note who writes a file of the site; a second writer is a fault."""
        first = self._writers.setdefault(path, writer)
        if first is writer:
            return True
        file = writer if writer.startswith(f"{self.content.name}/") else first
        if not file.startswith(f"{self.content.name}/"):
            file = "pelicanconf.py"
        self.report.add(
            SourceLine(file, 1),
            f"{writer} writes {path}, which {first} writes too",
            "a file of the site has one writer",
            "give one of the two another address, or turn one of them off",
        )
        return False

    @property
    def summary(self) -> str:
        """What was built, in a line."""
        site = self.site
        return (
            f"Built {len(self.shown)} pages into {self.output.name}/"
            f" from {len(site.passages)} passages, {len(site.topics)} topics"
            f" and {len(site.findings)} findings."
        )
