"""The search index, made by Pagefind: what can be found, and under which address."""

from __future__ import annotations

import base64
import json
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from html import escape
from itertools import groupby
from pathlib import Path
from tempfile import TemporaryDirectory

from sitebuild.derive.contents import type_of
from sitebuild.derive.site import Site
from sitebuild.disk import NOTHING, DiskCache
from sitebuild.model import Block, Document, Finding, PagePart, Passage, Prose
from sitebuild.read.markdown import text_of

# What the search page loads of Pagefind's output, besides the WebAssembly; the rest is
# its own user interface.
_NEEDED = ("pagefind.js", "pagefind-entry.json", "*.pf_meta", "index/*", "fragment/*")
_TEXTS = 2**15  # memo: more than a large site has passages
_text = lru_cache(maxsize=_TEXTS)(text_of)


@dataclass(frozen=True)
class Record:
    """One thing to be found at `id` of the page `url`, never without its `notes`."""

    url: str
    page: str
    id: str
    title: str
    text: str
    topics: str = ""
    notes: str = ""


def records(site: Site) -> tuple[Record, ...]:
    """Return all that can be found, page by page.

    That is passages, other blocks, findings, and the text of pages of an indexed type.
    """
    found: list[Record] = []
    for document in site.documents:
        found += _on_page(document, site)
    return tuple(found)


def _on_page(document: Document, site: Site) -> Iterator[Record]:
    page_type = type_of(document)
    if document.kind == "page" and page_type.is_indexed:
        yield _prose(document)
    for part in document.parts:
        if isinstance(part, Block):
            yield _block(part, document, site)
    if PagePart.FINDINGS in page_type.parts:
        for finding in site.findings.values():
            yield _finding(finding, document)


def _prose(page: Document) -> Record:
    """Return what stands on a page outside its blocks."""
    title = page.fields.title
    texts = [_text(part.html) for part in page.parts if isinstance(part, Prose)]
    return Record(page.url, title, "", title, " ".join(texts))


def _block(block: Block, page: Document, site: Site) -> Record:
    if block.kind == "passage":
        return _passage(site.passages[f"{page.slug}/{block.id}"], site)
    title = page.fields.title
    topic = page.fields.name
    return Record(
        page.url, title, block.id, _text(block.name), _text(block.html), topic
    )


def _passage(passage: Passage, site: Site) -> Record:
    """Return a passage with its topics and the findings it may not be shown without."""
    topics = [topic.label for topic in site.topics_of(passage)]
    notes = []
    for finding in passage.findings:
        if finding.is_negative:
            notes.append(f"{finding.verdict.capitalize()}: {finding.statement}")
    return Record(
        passage.article.url,
        passage.article.fields.title,
        passage.id,
        passage.label,
        _text(passage.html),
        ", ".join(topics),
        " ".join(notes),
    )


def _finding(finding: Finding, page: Document) -> Record:
    text = f"{finding.verdict.capitalize()}. {finding.explanation}"
    return Record(page.url, page.fields.title, finding.id, finding.question, text)


class Index:
    """The search index of a process that builds again and again: the last one made."""

    def __init__(self, disk: DiskCache = NOTHING) -> None:
        """Begin without one but what is on disk."""
        self._disk = disk
        self._made_of: tuple[tuple[Record, ...], str] | None = None
        self._files: Mapping[str, bytes] = {}

    def files(
        self, site: Site, language: str, *, reuse: bool = False
    ) -> Mapping[str, bytes]:
        """Return Pagefind's files for a site; with `reuse` those made last, if any.

        Raises OSError or CalledProcessError where Pagefind does not run.
        """
        if reuse and self._made_of:
            return self._files
        now = (records(site), language)
        if self._made_of != now:
            made = self._disk.remember(
                "search", repr(now).encode(), lambda: _to_json(_run_pagefind(*now))
            )
            self._files = _from_json(made)
            self._made_of = now
        return self._files


def _to_json(files: Mapping[str, bytes]) -> bytes:
    texts = {}
    for name, data in files.items():
        texts[name] = base64.b64encode(data).decode()
    return json.dumps(texts).encode()


def _from_json(data: bytes) -> Mapping[str, bytes]:
    files = {}
    for name, text in json.loads(data).items():
        files[name] = base64.b64decode(text)
    return files


def _run_pagefind(found: Sequence[Record], language: str) -> Mapping[str, bytes]:
    """Return Pagefind's files by path; equal records give equal bytes."""
    # Imported here: a build without a search index need not have Pagefind.
    from pagefind.service import get_executable  # noqa: PLC0415

    with TemporaryDirectory() as folder:
        source = Path(folder, "source")
        made = Path(folder, "made")
        _write_pages(found, language, source)
        command = [str(get_executable()), "--site", str(source)]
        command += ["--output-path", str(made)]
        command += ["--force-language", language, "--silent"]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        return _read_needed(made, language)


def _write_pages(found: Sequence[Record], language: str, folder: Path) -> None:
    for url, page in groupby(found, lambda record: record.url):
        file = folder / url.strip("/") / "index.html"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(_html(list(page), language), "utf-8")


def _html(page: Sequence[Record], language: str) -> str:
    """Return a page as Pagefind reads it.

    Each record stands under a heading with its id; what stands beside them is metadata.
    """
    beside = {}
    parts = [f"<h1>{escape(page[0].page)}</h1>"]
    for record in page:
        if record.topics or record.notes:
            beside[record.id] = {"topics": record.topics, "notes": record.notes}
        if record.id:
            parts.append(f'<h2 id="{record.id}">{escape(record.title)}</h2>')
        parts.append(f"<p>{escape(record.text)}</p>")
    return (
        f'<html lang="{language}"><body>'
        f'<main data-beside="{escape(json.dumps(beside))}" '
        f'data-pagefind-meta="beside[data-beside]">{"".join(parts)}</main>'
    )


def _read_needed(made: Path, language: str) -> Mapping[str, bytes]:
    entry = json.loads((made / "pagefind-entry.json").read_bytes())
    wasm = entry["languages"][language]["wasm"] or "unknown"
    needed: list[Path] = []
    for pattern in (*_NEEDED, f"wasm.{wasm}.*"):
        needed += made.glob(pattern)
    return {
        path.relative_to(made).as_posix(): path.read_bytes() for path in sorted(needed)
    }
