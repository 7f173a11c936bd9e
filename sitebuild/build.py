"""One build: its state, and its steps in their order; `plugin` says when each runs.

`begin`, then `read_source` for each source, `derive`, `show`, and, when Pelican has
written the pages, `finish`.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, partial
from pathlib import Path
from typing import Any

from sitebuild import host, output
from sitebuild.check import (
    addresses,
    check_files,
    check_languages,
    check_name,
    check_settings,
    links,
)
from sitebuild.derive import Site, names, pages
from sitebuild.faults import Report, known
from sitebuild.memory import Memory
from sitebuild.model import Document, Finding, Reference, SourceLine
from sitebuild.read import redirects, tree
from sitebuild.read.document import read_document
from sitebuild.read.evidence import SYNONYMS, Synonym, read_evidence, read_synonyms
from sitebuild.read.markdown import Typesetter, typesetter
from sitebuild.read.pictures import published, read_pictures, with_sizes
from sitebuild.read.references import read_references
from sitebuild.release import file_at
from sitebuild.render import Templates
from sitebuild.render import theme as themes

# Content folder → kind of document. Other files are the data files and the images.
KINDS = {"articles": "article", "topics": "topic", "pages": "page"}
_EVIDENCE, _REFERENCES = "evidence.yaml", "references.bib"
# Findings and references by id; None where they could not be read.
Evidence = tuple[Mapping[str, Finding], Mapping[str, Reference]] | None
_DATA = (_EVIDENCE, _REFERENCES, SYNONYMS, redirects.REDIRECTS, redirects.RECORD)


@dataclass
class Build:
    """The state of one build, in the order in which its steps fill it.

    `moves` has what was moved, `recorded` what was ever published.
    `preview` is the site as it would be with its drafts; it equals `site` unless the
    setting SHOW_DRAFTS asks for pages of them. `shown` has what each page shows by its
    address, `files` the finished site by path. `theme` is None where it is one of
    Pelican's. With `keeps_pages` pages reach the disk with all other files, as no other
    plugin looks for them there.
    """

    settings: Mapping[str, Any]
    memory: Memory
    setter: Typesetter
    keeps_pages: bool = False
    report: Report = field(default_factory=Report)
    documents: dict[str, Document] = field(default_factory=dict)
    images: dict[str, Path] = field(default_factory=dict)
    synonyms: tuple[Synonym, ...] = ()
    moves: redirects.Moves = field(init=False)
    recorded: Mapping[str, SourceLine] = field(default_factory=dict)
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

    @property
    def redirects(self) -> dict[str, str]:
        """Old addresses of pages, and where each leads in the end.

        Those of passages are none: no server sees a fragment (RFC 9110, 4.2.4).
        """
        ends = self.moves.ends().items()
        return {old: new for old, new in ends if "#" not in old}

    def shows(self, document: Document) -> bool:
        """Return whether a document has a page in this build: without a slug, none."""
        if not document.slug:
            return False
        return bool(self.settings.get("SHOW_DRAFTS")) or document.is_published

    @property
    def drafts(self) -> tuple[Document, ...]:
        """The drafts that have a page in this build."""
        return tuple(it for it in self.preview.documents if not it.is_published)

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


def begin(settings: Mapping[str, Any], memory: Memory) -> Build:
    """Return the state of a new build. Raises SiteFaults for settings it cannot use."""
    report = Report()
    content = Path(settings["PATH"])
    check_settings(settings, content.parent, report)
    for folder in (content, Path(settings["THEME"])):
        tree.check(folder, report)
    report.stop()
    setter = typesetter(settings, memory)
    build = Build(settings, memory, setter, report=report)
    output.check_replaceable(build.output, report)
    report.stop()
    return build


def read_source(build: Build, path: Path) -> Document:
    """Read one source file, once; faults go to the report."""
    name = build.name(path)
    if name not in build.documents:
        kind = KINDS[path.relative_to(build.content).parts[0]]
        named = build.settings["FILENAME_METADATA"]
        address = build.settings[f"{kind.upper()}_URL"]
        made_of = (name, kind, path.read_bytes(), build.setter, named, address)
        reading = build.memory.take(
            ("source", name), made_of, lambda: read_document(*made_of)
        )
        build.documents[name] = reading.document
        build.report.extend(reading.faults)
    return build.documents[name]


def derive(
    build: Build,
    articles: Sequence[Document],
    topics: Sequence[Document],
    pages: Sequence[Document],
) -> None:
    """Check everything that was read against everything else; make one site of it.

    The documents, drafts too, come as Pelican orders them. Faults go to the report.
    """
    evidence = _read_data(build)
    findings, references = evidence or ({}, {})
    report = build.report
    build.moves = redirects.read_redirects(build.content, report)
    sizes = read_pictures(build.content, report, build.memory)
    said = Site(
        tuple(with_sizes(articles, sizes)),
        tuple(with_sizes(topics, sizes)),
        tuple(with_sizes(pages, sizes)),
        {},
        findings,
        references,
        build.settings["CAUTION"],
    )
    assemble = partial(names.assemble, said, is_checked=evidence is not None)
    check_languages(said.documents, build.settings["DEFAULT_LANG"], report)
    whole = not report.faults and names.have_addresses(said.documents)
    build.site = build.preview = assemble(report)
    has_drafts = not all(document.is_published for document in said.documents)
    if build.settings.get("SHOW_DRAFTS") and has_drafts:
        build.preview = assemble(Report(), with_drafts=True)
    promises = _promises(build)
    if whole:
        promises.check(report)
        slugs = [topic.slug for topic in build.site.topics]
        check_name("SAFETY_TOPIC", slugs, build.settings, report)
        check_name("CAUTION", build.site.passages, build.settings, report)
    _check_content(build)


def _promises(build: Build) -> addresses.Promises:
    """Read the record of addresses; return what it and the redirects promise."""
    is_published = "HOSTING" in build.settings and output.is_built(build.output)
    addresses.check_record(build.content, build.report, is_published=is_published)
    build.recorded = redirects.read_record(build.content, build.report)
    return addresses.Promises(
        build.content.name, build.site, build.moves, build.recorded
    )


def _read_data(build: Build) -> Evidence:
    """Read what is no document: synonyms, and findings and references, if one can."""
    take = build.memory.take
    cited = _data_file(build, _REFERENCES)
    references = take("references", cited, lambda: read_references(*cited))
    found = _data_file(build, _EVIDENCE)
    evidence, faults = take(
        "evidence", (found, cited), lambda: read_evidence(*found, references)
    )
    build.report.extend(faults)
    said = _data_file(build, SYNONYMS)
    build.synonyms, faults = take("synonyms", said, lambda: read_synonyms(*said))
    build.report.extend(faults)
    return evidence


def _data_file(build: Build, name: str) -> tuple[str, bytes]:
    """Return the path and the bytes of a file in content; none where it is missing."""
    path = build.content / name
    data = path.read_bytes() if path.exists() else b""
    return build.name(path), data


def _check_content(build: Build) -> None:
    """Report files under content/ that no part of the build reads."""
    known = {str(build.content / name) for name in _DATA}
    known.update(str(build.root / name) for name in build.documents)
    known.update(map(str, build.images.values()))
    allowed = (
        f"content holds .md files in {', '.join(KINDS)}, files in images,"
        f" {_EVIDENCE}, {_REFERENCES}, {SYNONYMS}"
    )
    check_files(build.content, known, build.name, allowed, build.report)


def show(build: Build) -> None:
    """Make what every page shows, and check its template. Raises SiteFaults."""
    _read_theme(build)
    build.report.stop()
    with_drafts = build.draft_topics
    asked = {it: build.settings[it] for it in pages.SETTINGS if it in build.settings}
    settings = repr(asked)  # a mapping may change, and 4 and 4.0 are equal
    for document in (*build.site.documents, *build.drafts):
        is_public = document.is_published and document not in with_drafts
        site = build.site if is_public else build.preview
        if document.template == "article":
            site = site.around(document)
        make = partial(pages.show, document, site, asked)
        made_of = (document, site, settings)
        shown = build.memory.take(("shown", document.url), made_of, make)
        build.shown[document.url] = shown


def _read_theme(build: Build) -> None:
    folder = Path(build.settings["THEME"])
    if not themes.is_own(folder):
        return
    build.theme = theme = themes.read_theme(
        folder, build.name, build.memory, build.report
    )
    make = partial(
        Templates,
        folder / "templates",
        theme.templates,
        build.setter,
        build.root / ".cache" / "templates",
    )
    seen = (folder, theme.templates, build.setter)
    build.templates = build.memory.take("templates", seen, make)
    pages = {name.removesuffix(".html") for name in build.templates.pages}
    for document in (*build.site.documents, *build.drafts):
        place, of = document.place("template"), f'{document.kind} "{document.slug}"'
        fit = pages - ({*KINDS.values()} - {document.kind})
        known([document.template], fit, of, "template", place, build.report)


def finish(build: Build, staged: Path) -> None:
    """Check the site that stands in a folder, and put it in the place of the old one.

    ON_BUILT is called with the build when all is well and the disk has the old site,
    which a QUICK_BUILD leaves there.
    Raises SiteFaults, with the old site as it was, when anything is wrong. A page that
    a template failed on is none, and links to it are right: such faults come first.
    """
    build.report.stop()
    written = output.read(staged)
    build.files = {**build.files, **written, **_published_pictures(build, written)}
    if build.moves.lines:
        titles = {it.url: it.fields.title for it in build.site.documents}
        said = (build.moves, build.recorded, titles)
        addresses.put_old_ids(build.files, *said, build.memory)
    _check_links(build)
    build.report.stop()
    if build.settings.get("HOSTING"):
        host.finish(build.files, build.redirects, build.settings)
    on_built = build.settings.get("ON_BUILT")
    if on_built:
        on_built(build)
    if not build.settings.get("QUICK_BUILD"):
        output.publish(staged, written, build.files, build.output)
    build.memory.forget()


def _published_pictures(build: Build, written: Mapping[str, bytes]) -> dict[str, bytes]:
    """Return the pictures of the content as they are published; see `published`."""
    pictures = {}
    for path in build.images.keys() & written.keys():
        data = written[path]
        make = partial(published, data)
        pictures[path] = build.memory.take(("published", path), data, make)
    return pictures


def _check_links(build: Build) -> None:
    """Report what is broken in the pages, at the lines of the sources that say it.

    What only a theme of Pelican's says is left to it.
    """
    file = f"{build.content.name}/{redirects.REDIRECTS}"
    moved = [(file, new) for new in build.moves.ends().values() if "#" in new]
    origin = build.settings["SITEURL"]
    problems = set(links.find_problems(build.files, origin, moved, build.memory))
    if build.drafts:  # what is published leads to nothing that only the preview shows
        drafts = {file_at(draft.url) for draft in build.drafts}
        public = {path: it for path, it in build.files.items() if path not in drafts}
        showing = {file_at(topic.url) for topic in build.draft_topics}
        for problem in links.find_problems(public, origin, memory=build.memory):
            if problem.page not in showing:
                problems.add(problem)
    if problems:
        said = _sources(build)
        everywhere = bool(build.theme)
        links.report_problems(problems, said, build.report, everywhere=everywhere)


def _sources(build: Build) -> links.Sources:
    """Return all that pages are made of."""
    texts = {}
    for file in (build.content / redirects.REDIRECTS, build.root / "pelicanconf.py"):
        if file.exists():
            texts[build.name(file)] = file.read_text("utf-8", "replace")
    if build.theme:
        for name, text in build.theme.templates.items():
            path = build.theme.folder / "templates" / name
            texts[build.name(path)] = text
    documents = (*build.site.documents, *build.drafts)
    findings = tuple(build.site.findings.values())
    drafts = tuple(it for it in build.documents.values() if not it.is_published)
    return links.Sources(documents, findings, texts, build.files, drafts)
