"""One build: the sources read, what was derived from them, the faults met, and the checks of the whole."""

from __future__ import annotations

import os
from collections.abc import Iterable
from functools import cache
from html import escape
from pathlib import Path
from typing import Any
from urllib.parse import quote

from sitebuild import output
from sitebuild.check import addresses as promises
from sitebuild.check import links, machines, places, sources
from sitebuild.check import settings as checked_settings
from sitebuild.derive import site as topics
from sitebuild.derive.metadata import PageData
from sitebuild.faults import Report
from sitebuild.host import headers as hosting
from sitebuild.model import Document, Heading, SourceLine
from sitebuild.read import evidence, pictures, tree
from sitebuild.read import ignore as litter
from sitebuild.read import redirects as addresses
from sitebuild.read.document import reader_for

# Content folder → kind of document; files outside these, the data files and the images are read by nothing.
KINDS = {"articles": "article", "topics": "topic", "pages": "page"}
DATA = ("evidence.yaml", "references.bib")


@cache
def _relative(path: str, folder: Path) -> str:
    return Path(os.path.relpath(path, folder)).as_posix()


class Build:
    """The state of one build; `files` is the site by path, in memory until it is checked whole."""

    def __init__(self, settings: dict[str, Any]) -> None:
        """Take Pelican's settings; raises SiteFaults where they cannot be built by."""
        self.settings = settings
        self.content = Path(settings["PATH"])
        self.root = self.content.parent
        self.output = Path(settings["OUTPUT_PATH"])
        self.report = Report()
        self.documents: dict[str, Document] = {}
        self.site: topics.Site
        self.pages: dict[str, PageData] = {}
        self.files: dict[str, bytes] = {}
        self.redirects: dict[str, str] = {}
        checked_settings.check(settings, self.root, self.report)
        tree.check(self.content, self.report)
        tree.check(Path(settings["THEME"]), self.report)
        self.report.stop()
        self.reader = reader_for(settings)
        self.setter = self.reader.setter
        output.check_replaceable(self.output, self.report)
        hosting.check_settings(self.settings, self.report)
        self.report.stop()

    def name(self, path: str | Path) -> str:
        """A file's path as messages show it: relative to the project."""
        return _relative(str(path), self.root)

    def read(self, path: str) -> Document:
        """Read one source file, once."""
        name = self.name(path)
        if name not in self.documents:
            kind = KINDS[Path(path).relative_to(self.content).parts[0]]
            reading = self.reader.read(name, kind, Path(path).read_bytes())
            self.documents[name] = reading.document
            self.report.extend(reading.faults)
        return self.documents[name]

    def derive(self) -> topics.Site:
        """Check everything read against everything else; raises SiteFaults with all that is wrong."""
        redirects = addresses.read_redirects(self.content, self.report)
        self._moved = addresses.ends(redirects)
        self.redirects = {
            old: new for old, new in self._moved.items() if "#" not in old
        }  # no server sees a fragment
        files = [self.content / name for name in DATA]
        data = [
            (self.name(path), path.read_bytes() if path.exists() else b"")
            for path in files
        ]
        read, faults = evidence.read_evidence(*data)
        self.report.extend(faults)
        documents = [self.documents[name] for name in sorted(self.documents)]
        sizes = pictures.read_pictures(self.content, self.report)
        documents = pictures.with_sizes(documents, sizes)
        whole = not self.report.faults
        site = topics.derive(documents, read, addresses.aliases(redirects), self.report)
        sources.check(documents, self.report)
        promises.check(self.content, redirects, site, self.report, whole=whole)
        safety = self.settings["SAFETY_TOPIC"]
        if safety and safety not in {topic.slug for topic in site.topics}:
            place, slugs = (
                SourceLine("pelicanconf.py", 1),
                (topic.slug for topic in site.topics),
            )
            self.report.unknown(
                place,
                f'the setting SAFETY_TOPIC names the topic "{safety}"',
                safety,
                slugs,
            )
        return site

    def check_files(self, copied: Iterable[str]) -> None:
        """Every file under content/ is read by some part of the build; `copied` are those that are copied."""
        known = {
            str(self.content / name)
            for name in (*DATA, addresses.REDIRECTS, addresses.RECORD)
        }
        known |= {str(self.root / name) for name in self.documents} | set(copied)
        for path in sorted(litter.walk(str(self.content))):
            if path not in known:
                allowed = f"content holds .md files in {', '.join(KINDS)}, files in images, {', '.join(DATA)}"
                self.report.add(
                    SourceLine(self.name(path), 1),
                    "no part of the build reads this file",
                    allowed,
                    "move or remove it",
                )

    def is_shown(self, address: str) -> bool:
        """Whether a published text shows the file at an address; what only drafts show stays out of the output."""
        return any(
            any(
                f'"{form}"' in part.html
                for form in (address, quote(address), escape(address))
            )
            for document in self.documents.values()
            for part in document.parts
            if document.is_published and not isinstance(part, Heading)
        )

    @property
    def summary(self) -> str:
        """What was built, in a line or two."""
        pages = len(self.site.articles) + len(self.site.topics) + len(self.site.pages)
        loose = [
            passage.key
            for passage in self.site.passages.values()
            if not self.site.topics_of(passage)
        ]
        return (
            f"Built {pages} pages into {self.output.name}/ from {len(self.site.passages)} passages, "
            f"{len(self.site.topics)} topics and {len(self.site.findings)} findings.\n"
            f"{len(loose)} passages have no topic: {', '.join(loose) or 'none'}."
        )

    def check_links(self) -> None:
        """Nothing in the pages leads nowhere."""
        moved = [
            (f"{self.content.name}/{addresses.REDIRECTS}", new)
            for new in self._moved.values()
            if "#" in new
        ]
        problems = links.find_problems(self.files, self.settings["SITEURL"], moved)
        places.report_problems(problems, self._sources(), self.report)
        theme = Path(self.settings["THEME"])
        allowed = {name for d in self.documents.values() for name in d.fields.allow}
        machines.check_files(
            self.files, self.name(theme / "templates"), allowed, self.report
        )
        machines.check_theme(theme, self.name, self.report)

    def _sources(self) -> places.Sources:
        """Return what the pages are made of, to find the lines of what is broken."""
        documents = [d for d in self.documents.values() if d.is_published]
        texts = {}
        for path in sorted(Path(self.settings["THEME"]).rglob("*.html")):
            texts[self.name(path)] = path.read_text("utf-8", "replace")
        redirects = self.content / addresses.REDIRECTS
        if redirects.exists():
            texts[self.name(redirects)] = redirects.read_text("utf-8", "replace")
        findings = tuple(self.site.findings.values())
        return places.Sources(tuple(documents), findings, texts)
