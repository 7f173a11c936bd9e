"""The first steps of a build: read the sources, and derive one site from them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from sitebuild import output
from sitebuild.build.state import Build
from sitebuild.check import addresses, sources
from sitebuild.check import files as content_files
from sitebuild.check.settings import check_settings, place_of_setting
from sitebuild.derive import drafts
from sitebuild.derive.assemble import assemble
from sitebuild.derive.consistency import check_safety_topic
from sitebuild.faults import Report
from sitebuild.host import finish
from sitebuild.memory import Memory
from sitebuild.model import Document
from sitebuild.read import pictures, redirects, tree
from sitebuild.read.document import Reading, read_document
from sitebuild.read.evidence import SYNONYMS, read_evidence, read_synonyms
from sitebuild.read.markdown import typesetter
from sitebuild.read.record import RECORD
from sitebuild.read.references import read_references

# Content folder → kind of document. Other files are the data files and the images.
KINDS = {"articles": "article", "topics": "topic", "pages": "page"}
_EVIDENCE, _REFERENCES = "evidence.yaml", "references.bib"
_DATA = (_EVIDENCE, _REFERENCES, SYNONYMS, redirects.REDIRECTS, RECORD)


def begin(settings: Mapping[str, Any], memory: Memory) -> Build:
    """Return the state of a new build. Raises SiteFaults for settings it cannot use."""
    report = Report()
    content = Path(settings["PATH"])
    check_settings(settings, content.parent, report)
    for folder in (content, Path(settings["THEME"])):
        tree.check(folder, report)
    report.stop()
    build = Build(settings, memory, typesetter(settings, memory), report)
    output.check_replaceable(build.output, report)
    finish.check_settings(settings, report)
    report.stop()
    return build


def read_source(build: Build, path: Path) -> Document:
    """Read one source file, once; faults go to the report."""
    name = build.name(path)
    if name not in build.documents:
        kind = KINDS[path.relative_to(build.content).parts[0]]
        try:
            reading = _read(build, name, kind, path.read_bytes())
        except OSError as error:
            empty = _read(build, name, kind, b"")
            reading = Reading(empty.document, (output.unread_fault(name, error),))
        build.documents[name] = reading.document
        build.report.extend(reading.faults)
    return build.documents[name]


def _read(build: Build, name: str, kind: str, data: bytes) -> Reading:
    return build.memory.take(
        ("source", name),
        (kind, data, build.setter),
        lambda: read_document(name, kind, data, build.setter),
    )


def read_data(build: Build) -> None:
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
    sizes = pictures.read_pictures(build.content, report, build.memory)
    documents = pictures.with_sizes(documents, sizes)
    sources.check(documents, report)
    whole = not report.faults
    aliases = build.moves.aliases()
    build.site = assemble(documents, build.evidence, aliases, report)
    build.preview = build.site
    if build.settings.get("SHOW_DRAFTS") and _has_drafts(documents):
        shown = drafts.as_published(documents)
        build.preview = assemble(shown, build.evidence, aliases, Report())
    is_published = "HOSTING" in build.settings and output.is_built(build.output)
    addresses.check_record(build.content, report, is_published=is_published)
    addresses.check(build.content, lines, build.site, report, whole=whole)
    place = place_of_setting("SAFETY_TOPIC", build.content.parent)
    check_safety_topic(build.settings["SAFETY_TOPIC"], build.site, place, report)
    _check_content(build)


def _has_drafts(documents: Iterable[Document]) -> bool:
    return not all(document.is_published for document in documents)


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
