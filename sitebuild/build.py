"""One build, step by step; `run` is the place to read them in order.

Pelican finds and reads the sources and says which pages are to be made (see `plugin`);
everything else happens here, in memory, and the disk is written last.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

from sitebuild import output
from sitebuild.check import addresses, links, places, sources
from sitebuild.check import files as content_files
from sitebuild.check import machines as machine_files
from sitebuild.check.settings import check_settings
from sitebuild.derive import drafts
from sitebuild.derive.assemble import Evidence, assemble
from sitebuild.derive.consistency import check_safety_topic
from sitebuild.derive.links import shown_files
from sitebuild.derive.pages import frame, show
from sitebuild.derive.site import Site
from sitebuild.derive.views import Frame, Page
from sitebuild.faults import Report, SiteFaults
from sitebuild.host import headers
from sitebuild.host.finish import finish
from sitebuild.model import Document, SourceLine
from sitebuild.read import evidence, pictures, redirects, tree
from sitebuild.read.document import DocumentReader, Reading, reader_for
from sitebuild.read.markdown import Typesetter
from sitebuild.read.synonyms import SYNONYMS, Synonym, read_synonyms
from sitebuild.render import anchors, machines, templates
from sitebuild.render.cache import RenderCache
from sitebuild.render.renderer import Renderer
from sitebuild.render.theme import Theme, read_theme

# Content folder → kind of document. Other files are the data files and the images.
KINDS = {"articles": "article", "topics": "topic", "pages": "page"}
_EVIDENCE, _REFERENCES = "evidence.yaml", "references.bib"
_DATA = (_EVIDENCE, _REFERENCES, SYNONYMS, redirects.REDIRECTS, redirects.RECORD)
_NAMES = 2**15  # memo: more than a large site has files


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
    `objects` is for the program that runs the build, see RenderCache. `files` is the
    site by path.
    """

    settings: Mapping[str, Any]
    cache: RenderCache
    reader: DocumentReader
    report: Report = field(default_factory=Report)
    documents: dict[str, Document] = field(default_factory=dict)
    images: dict[str, Path] = field(default_factory=dict)
    objects: dict[str, Any] = field(default_factory=dict)
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

    @property
    def content(self) -> Path:
        """The folder of the sources."""
        return Path(self.settings["PATH"])

    @property
    def root(self) -> Path:
        """The folder of the project."""
        return self.content.parent

    @property
    def output(self) -> Path:
        """The folder that the site is written to."""
        return Path(self.settings["OUTPUT_PATH"])

    @property
    def setter(self) -> Typesetter:
        """What sets the words of sources and of templates."""
        return self.reader.setter

    def shows(self, document: Document) -> bool:
        """Return whether a document has a page in this build."""
        if self.settings.get("SHOW_DRAFTS"):
            return bool(document.slug)
        return document.is_published

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
        return _relative(str(path), str(self.root))

    @property
    def summary(self) -> str:
        """What was built, in a line or two."""
        site = self.site
        loose = [it.key for it in site.passages.values() if not site.topics_of(it)]
        return (
            f"Built {len(site.documents)} pages into {self.output.name}/"
            f" from {len(site.passages)} passages, {len(site.topics)} topics"
            f" and {len(site.findings)} findings.\n"
            f"{len(loose)} passages have no topic: {', '.join(loose) or 'none'}."
        )


def run(build: Build) -> None:
    """Finish a build whose sources are read: the site on disk is the new one.

    Raises SiteFaults, with the old site as it was, when anything is wrong, the disk
    included.
    """
    read_data(build)
    derive(build)
    show_pages(build)
    render(build)
    check(build)
    write(build)


@lru_cache(maxsize=_NAMES)
def _relative(path: str, folder: str) -> str:
    return Path(os.path.relpath(path, folder)).as_posix()


def begin(settings: Mapping[str, Any], cache: RenderCache) -> Build:
    """Return the state of a new build. Raises SiteFaults for settings it cannot use."""
    report = Report()
    content = Path(settings["PATH"])
    check_settings(settings, content.parent, report)
    for folder in (content, Path(settings["THEME"])):
        tree.check(folder, report)
    report.stop()
    build = Build(settings, cache, reader_for(settings), report)
    output.check_replaceable(build.output, report)
    headers.check_settings(settings, report)
    report.stop()
    build.setter.disk = cache.disk
    return build


def read_source(build: Build, path: Path) -> Document:
    """Read one source file, once; faults go to the report."""
    name = build.name(path)
    if name not in build.documents:
        kind = KINDS[path.relative_to(build.content).parts[0]]
        try:
            reading = build.reader.read(name, kind, path.read_bytes())
        except OSError as error:
            empty = build.reader.read(name, kind, b"")
            reading = Reading(empty.document, (output.unread_fault(name, error),))
        build.documents[name] = reading.document
        build.report.extend(reading.faults)
    return build.documents[name]


def read_data(build: Build) -> None:
    """Read what is no document: findings, references, synonyms."""
    cited = (_data_file(build, _EVIDENCE), _data_file(build, _REFERENCES))
    build.evidence, faults = evidence.read_evidence(*cited)
    build.report.extend(faults)
    build.synonyms, faults = read_synonyms(*_data_file(build, SYNONYMS))
    build.report.extend(faults)


def _data_file(build: Build, name: str) -> tuple[str, bytes]:
    """Return the path and the bytes of a file in content; none where it is missing."""
    path = build.content / name
    data = path.read_bytes() if path.exists() else b""
    return build.name(path), data


def derive(build: Build) -> None:
    """Check everything that was read against everything else; make one site of it."""
    report = build.report
    lines = redirects.read_redirects(build.content, report)
    build.moves = redirects.Moves(lines)
    build.moved = build.moves.ends()
    for old, new in build.moved.items():
        if "#" not in old:  # no server sees a fragment (RFC 9110, 4.2.4)
            build.redirects[old] = new
    documents = [build.documents[name] for name in sorted(build.documents)]
    sizes = pictures.read_pictures(build.content, report)
    documents = pictures.with_sizes(documents, sizes)
    sources.check(documents, report)
    whole = not report.faults
    aliases = build.moves.aliases()
    build.site = assemble(documents, build.evidence, aliases, report)
    build.preview = build.site
    if build.settings.get("SHOW_DRAFTS"):
        shown = drafts.as_published(documents)
        site = assemble(shown, build.evidence, aliases, Report())
        build.preview = drafts.without_copies(site, build.site)
    addresses.check(build.content, lines, build.site, report, whole=whole)
    check_safety_topic(build.settings["SAFETY_TOPIC"], build.site, report)
    _check_content(build)


def _check_content(build: Build) -> None:
    """Report files under content/ that no part of the build reads."""
    known = {str(build.content / name) for name in _DATA}
    known.update(str(build.root / name) for name in build.documents)
    known.update(map(str, build.images.values()))
    allowed = (
        f"content holds .md files in {', '.join(KINDS)}, files in images,"
        f" {_EVIDENCE}, {_REFERENCES}, {SYNONYMS}"
    )
    content_files.check_known(build.content, known, build.name, allowed, build.report)


def show_pages(build: Build) -> None:
    """Make the value of every page that its template shows. Raises SiteFaults."""
    build.theme = read_theme(Path(build.settings["THEME"]), build.name, build.report)
    _check_templates(build)
    build.report.stop()
    for document in build.site.documents:
        build.pages[document.url] = show(document, build.site, build.settings)
    for draft in build.drafts:
        page = show(draft, build.preview, build.settings)
        build.draft_pages[draft.url] = drafts.unaddressed(page)
    build.frame = frame(build.site, build.settings["SAFETY_TOPIC"])


def _check_templates(build: Build) -> None:
    env = build.cache.environment(build.theme, build.setter)
    checker = templates.Checker(env, build.theme, build.name, build.report)
    for page in build.wanted:
        checker.check(page.template, build.documents[page.source].place("template"))
    for template in machines.TEMPLATES:
        checker.check(template, SourceLine(build.name(build.theme.folder), 1))


def render(build: Build) -> None:
    """Make every file of the site; what a template fails on goes to the report."""
    _copy_images(build)
    _render_templates(build)
    build.files |= machines.theme_files(build.theme)
    build.files |= machines.card_files(
        build.site,
        build.pages,
        build.theme,
        build.setter,
        build.settings,
        build.cache.disk,
    )
    build.files |= machines.search_files(
        build.site, build.synonyms, build.cache.index, build.settings, build.report
    )
    _put_old_ids(build)


def _put_old_ids(build: Build) -> None:
    recorded = redirects.read_record(build.content, Report())
    promised = [it.address for it in recorded]
    titles = {url: page.title for url, page in build.pages.items()}
    anchors.put_old_ids(build.files, build.moves, promised, titles)


def _copy_images(build: Build) -> None:
    addresses = {f"/{path}": path for path in build.images}
    shown = (*build.site.documents, *build.drafts)
    for address in shown_files(shown, addresses):
        path = addresses[address]
        build.files[path] = build.images[path].read_bytes()


def _render_templates(build: Build) -> None:
    everywhere = templates.everywhere(build.theme, build.frame, build.settings)
    renderer = Renderer(
        build.cache, build.theme, build.setter, everywhere, build.name, build.report
    )
    build.files |= renderer.render(_template_files(build))


def _template_files(build: Build) -> list[machines.TemplateFile]:
    files = []
    for wanted in build.wanted:
        url = build.documents[wanted.source].url
        page = build.pages.get(url) or build.draft_pages[url]
        shown = {"page": page}
        files.append(machines.TemplateFile(wanted.path, wanted.template, shown))
    files += machines.template_files(build.site, build.pages, build.settings)
    return files


def check(build: Build) -> None:
    """Check the pages as a whole. Raises SiteFaults with all that is wrong.

    A page that a template failed on is none, and links to it are right: such faults
    come first and alone.
    """
    build.report.stop()
    moved = []
    for new in build.moved.values():
        if "#" in new:
            moved.append((f"{build.content.name}/{redirects.REDIRECTS}", new))
    disk = build.cache.disk
    origin = build.settings["SITEURL"]
    problems = set(links.find_problems(build.files, origin, moved, disk))
    if build.drafts:  # what is published leads to nothing that only the preview shows
        published = _published_files(build)
        problems.update(links.find_problems(published, origin, disk=disk))
    places.report_problems(problems, _sources(build), build.report)
    _check_machines(build)
    build.report.stop()


def _check_machines(build: Build) -> None:
    """Report feeds, style sheets and scripts that no machine can read."""
    allowed = {name for it in build.documents.values() for name in it.fields.allow}
    folder = build.theme.folder
    templates_folder = build.name(folder / "templates")
    machine_files.check_files(build.files, templates_folder, allowed, build.report)
    machine_files.check_theme(folder, build.name, build.report)


def _published_files(build: Build) -> dict[str, bytes]:
    sources = {draft.path for draft in build.drafts}
    files = dict(build.files)
    for wanted in build.wanted:
        if wanted.source in sources:
            files.pop(wanted.path)
    return files


def _sources(build: Build) -> places.Sources:
    """Return what the pages are made of, to find the lines of what is broken."""
    texts = {}
    folder = build.theme.folder / "templates"
    for name, text in build.theme.templates.items():
        texts[build.name(folder / name)] = text
    moves = build.content / redirects.REDIRECTS
    if moves.exists():
        texts[build.name(moves)] = moves.read_text("utf-8", "replace")
    documents = (*build.site.documents, *build.drafts)
    return places.Sources(documents, tuple(build.site.findings.values()), texts)


def write(build: Build) -> None:
    """Add what hosts need, if HOSTING is set, and put the site in the place of the old.

    ON_BUILT is called with the build when all is well and the disk has the old site.
    """
    if build.settings.get("HOSTING"):
        finish(
            build.files,
            build.redirects,
            build.settings,
            build.report,
            build.cache.disk,
        )
        build.report.stop()
    on_built = build.settings.get("ON_BUILT")
    if on_built:
        on_built(build)
    try:
        output.publish(build.files, build.output)
    except OSError as error:
        raise SiteFaults([output.disk_fault(error)]) from None
