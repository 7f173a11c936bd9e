"""The search index: what can be found, each thing with an address of its own, and Pagefind's index of it."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from html import escape
from itertools import groupby
from pathlib import Path
from tempfile import TemporaryDirectory

from pagefind.service import get_executable

from sitebuild.derive.site import Site
from sitebuild.model import Block, Document, Finding, Passage, Prose
from sitebuild.read.markdown import text_of

# What the search page loads of Pagefind's output, besides the WebAssembly; the rest is its own user interface.
_NEEDED = ("pagefind.js", "pagefind-entry.json", "*.pf_meta", "index/*", "fragment/*")
_text = cache(text_of)


@dataclass(frozen=True)
class Record:
    """One thing to be found at `id` of the page `url`; `notes` is what must be said beside it."""

    url: str
    page: str
    id: str
    title: str
    text: str
    topics: str = ""
    notes: str = ""


def _passage(passage: Passage, site: Site) -> Record:
    """A passage with its topics and with the findings that no claim may be shown without."""
    topics = ", ".join(topic.fields["name"] for topic in site.topics_of(passage))
    notes = " ".join(
        f"{it.verdict.capitalize()}: {it.question}"
        for it in passage.findings
        if it.is_negative
    )
    page = passage.article
    return Record(
        page.url,
        page.fields["title"],
        passage.id,
        passage.label,
        _text(passage.html),
        topics,
        notes,
    )


def _finding(finding: Finding, page: Document) -> Record:
    text = f"{finding.verdict.capitalize()}. {finding.explanation}"
    return Record(page.url, page.fields["title"], finding.id, finding.question, text)


def _on_page(document: Document, site: Site) -> Iterator[Record]:
    title, topic = document.fields["title"], document.fields.get("name", "")
    if document.fields.get("template") == "page":
        prose = " ".join(
            _text(part.html) for part in document.parts if isinstance(part, Prose)
        )
        yield Record(document.url, title, "", title, prose)
    for part in document.parts:
        if isinstance(part, Block) and part.kind == "passage":
            yield _passage(site.passages[f"{document.slug}/{part.id}"], site)
        elif isinstance(part, Block):
            yield Record(
                document.url, title, part.id, _text(part.name), _text(part.html), topic
            )
    if document.fields.get("template") == "evidence":
        yield from (_finding(finding, document) for finding in site.findings.values())


def records(site: Site) -> tuple[Record, ...]:
    """Everything that can be found, page by page: passages, other blocks, findings, the text of plain pages."""
    return tuple(
        record
        for page in (*site.articles, *site.topics, *site.pages)
        for record in _on_page(page, site)
    )


def _html(page: list[Record], language: str) -> str:
    """A page as Pagefind reads it: each record under a heading with its id, and what stands beside them as metadata."""
    beside = {
        it.id: {"topics": it.topics, "notes": it.notes}
        for it in page
        if it.topics or it.notes
    }
    parts = (
        f'<h2 id="{it.id}">{escape(it.title)}</h2>' * bool(it.id)
        + f"<p>{escape(it.text)}</p>"
        for it in page
    )
    return (
        f'<html lang="{language}"><body><main data-beside="{escape(json.dumps(beside))}" '
        f'data-pagefind-meta="beside[data-beside]"><h1>{escape(page[0].page)}</h1>{"".join(parts)}</main>'
    )


class Index:
    """The search index of a process that builds again and again: the last one made, and what it was made of."""

    _made: tuple[tuple[tuple[Record, ...], str], Mapping[str, bytes]] | None = None

    def files(
        self, site: Site, language: str, *, late: bool = False
    ) -> Mapping[str, bytes]:
        """Pagefind's files for a site; with `late`, those made before serve until it is asked without."""
        if late and self._made:
            return self._made[1]
        these = records(site)
        if not self._made or self._made[0] != (these, language):
            self._made = (these, language), _index(these, language)
        return self._made[1]


def _index(these: tuple[Record, ...], language: str) -> Mapping[str, bytes]:
    """Pagefind's files: path below its folder, and bytes; equal records give equal bytes."""
    with TemporaryDirectory() as folder:
        source, made = Path(folder, "source"), Path(folder, "made")
        for url, page in groupby(these, lambda record: record.url):
            file = source / url.strip("/") / "index.html"
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(_html(list(page), language), "utf-8")
        arguments = [
            "--site",
            str(source),
            "--output-path",
            str(made),
            "--force-language",
            language,
            "--silent",
        ]
        subprocess.run(
            [str(get_executable()), *arguments], check=True, stdout=subprocess.DEVNULL
        )
        entry = json.loads((made / "pagefind-entry.json").read_bytes())["languages"][
            language
        ]
        names = (*_NEEDED, f"wasm.{entry['wasm'] or 'unknown'}.*")
        needed = sorted(path for name in names for path in made.glob(name))
        return {path.relative_to(made).as_posix(): path.read_bytes() for path in needed}
