"""The steps of one build, in their order; `plugin` says when each runs.

`begin`, then `read_source` for each source, `derive`, `show`, and, when Pelican has
written the pages, `finish`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from sitebuild import output
from sitebuild.build import Build
from sitebuild.check import addresses, links
from sitebuild.check.content import (
    check_files,
    check_name,
    check_settings,
    check_sources,
)
from sitebuild.derive import names
from sitebuild.derive.pages import show as show_page
from sitebuild.faults import Report, known
from sitebuild.host import finish as hosting
from sitebuild.memory import Memory
from sitebuild.model import Document
from sitebuild.read import redirects, tree
from sitebuild.read.document import read_document
from sitebuild.read.evidence import SYNONYMS, read_evidence, read_synonyms
from sitebuild.read.markdown import typesetter
from sitebuild.read.pictures import published, read_pictures, with_sizes
from sitebuild.read.references import read_references
from sitebuild.render import theme as themes
from sitebuild.render.oldids import OldIds
from sitebuild.render.templates import Templates

# Content folder → kind of document. Other files are the data files and the images.
KINDS = {"articles": "article", "topics": "topic", "pages": "page"}
_EVIDENCE, _REFERENCES = "evidence.yaml", "references.bib"
_DATA = (_EVIDENCE, _REFERENCES, SYNONYMS, redirects.REDIRECTS, redirects.RECORD)


def begin(settings: Mapping[str, Any], memory: Memory, *, resident: bool) -> Build:
    """Return the state of a new build. Raises SiteFaults for settings it cannot use."""
    report = Report()
    content = Path(settings["PATH"])
    check_settings(settings, content.parent, report)
    for folder in (content, Path(settings["THEME"])):
        tree.check(folder, report)
    report.stop()
    setter = typesetter(settings, memory)
    build = Build(settings, memory, setter, resident, report=report)
    output.check_replaceable(build.output, report)
    hosting.check_settings(settings, report)
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
    _read_data(build)
    report = build.report
    _read_redirects(build)
    sizes = read_pictures(build.content, report, build.memory)
    said = names.Sources(
        with_sizes(articles, sizes),
        with_sizes(topics, sizes),
        with_sizes(pages, sizes),
        build.evidence,
        build.settings["CAUTION"],
    )
    in_order = sorted(said.documents, key=lambda it: it.path)
    check_sources(in_order, build.settings["DEFAULT_LANG"], report)
    whole = not report.faults
    build.site = build.preview = names.assemble(said, report)
    has_drafts = not all(document.is_published for document in said.documents)
    if build.settings.get("SHOW_DRAFTS") and has_drafts:
        build.preview = names.assemble(said, Report(), with_drafts=True)
    is_published = "HOSTING" in build.settings and output.is_built(build.output)
    addresses.check_record(build.content, report, is_published=is_published)
    addresses.check(build.content, build.moves, build.site, report, whole=whole)
    if whole:
        slugs = [topic.slug for topic in build.site.topics]
        check_name("SAFETY_TOPIC", slugs, build.settings, report)
        check_name("CAUTION", build.site.passages, build.settings, report)
    _check_content(build)


def _read_data(build: Build) -> None:
    """Read what is no document: findings, references, synonyms."""
    take = build.memory.take
    cited = _data_file(build, _REFERENCES)
    references = take("references", cited, lambda: read_references(*cited))
    found = _data_file(build, _EVIDENCE)
    build.evidence, faults = take(
        "evidence", (found, cited), lambda: read_evidence(*found, references)
    )
    build.report.extend(faults)
    said = _data_file(build, SYNONYMS)
    build.synonyms, faults = take("synonyms", said, lambda: read_synonyms(*said))
    build.report.extend(faults)


def _read_redirects(build: Build) -> None:
    """Read what was moved, and where it leads in the end."""
    build.moves = redirects.read_redirects(build.content, build.report)
    build.moved = build.moves.ends()
    for old, new in build.moved.items():
        if "#" not in old:  # no server sees a fragment (RFC 9110, 4.2.4)
            build.redirects[old] = new


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
    for document in (*build.site.documents, *build.drafts):
        is_public = document.is_published and document not in with_drafts
        site = build.site if is_public else build.preview
        build.shown[document.url] = show_page(document, site, build.settings)


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
    pages = build.templates.pages
    for document in (*build.site.documents, *build.drafts):
        place, of = document.place("template"), f'{document.kind} "{document.slug}"'
        known([f"{document.template}.html"], pages, of, "template", place, build.report)


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
        _put_old_ids(build)
    _check_links(build)
    build.report.stop()
    if build.settings.get("HOSTING"):
        newest = build.site.newest
        hosting.finish(build.files, build.redirects, build.settings, newest)
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


def _put_old_ids(build: Build) -> None:
    """Give each page the ids that it had once."""
    take = build.memory.take
    recorded = redirects.read_record(build.content, Report())
    titles = {it.url: it.fields.title for it in build.site.documents}
    made_of = (build.moves.lines, recorded, titles)
    old = take("old ids", made_of, lambda: OldIds(build.moves, recorded, titles))
    for path, data in build.files.items():
        if path.endswith(".html"):
            make = partial(_with_old_ids, old, path, data)
            build.files[path] = take(("old ids", path), (old, data), make)


def _with_old_ids(old: OldIds, path: str, data: bytes) -> bytes:
    page = data.decode("utf-8", "surrogateescape")
    page = old.put_into(page, links.address_of(path))
    return page.encode("utf-8", "surrogateescape")


def _check_links(build: Build) -> None:
    """Report what is broken in the pages, at the lines of the sources that say it.

    What only a theme of Pelican's says is left to it.
    """
    moved = []
    for new in build.moved.values():
        if "#" in new:
            moved.append((f"{build.content.name}/{redirects.REDIRECTS}", new))
    origin = build.settings["SITEURL"]
    problems = set(links.find_problems(build.files, origin, moved, build.memory))
    if build.drafts:  # what is published leads to nothing that only the preview shows
        drafts = {links.file_at(draft.url) for draft in build.drafts}
        public = {path: it for path, it in build.files.items() if path not in drafts}
        showing = {links.file_at(topic.url) for topic in build.draft_topics}
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
    moves = build.content / redirects.REDIRECTS
    if moves.exists():
        texts[build.name(moves)] = moves.read_text("utf-8", "replace")
    if build.theme:
        for name, text in build.theme.templates.items():
            path = build.theme.folder / "templates" / name
            texts[build.name(path)] = text
    documents = (*build.site.documents, *build.drafts)
    findings = tuple(build.site.findings.values())
    shown = {document.path for document in documents}
    hidden = [it for path, it in build.documents.items() if path not in shown]
    return links.Sources(documents, findings, texts, build.files, tuple(hidden))
