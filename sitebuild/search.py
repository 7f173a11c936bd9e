"""The search index: one record for each thing with an address of its own, and Pagefind's index of them."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from html import escape
from pathlib import Path
from tempfile import TemporaryDirectory

from pagefind.service import get_executable

from sitebuild.model import Block, Document, Finding, Passage, Prose
from sitebuild.topics import Site
from sitebuild.typeset import text_of

# What the search page loads of Pagefind's output; the rest is its own user interface.
_NEEDED = ("pagefind.js", "pagefind-entry.json", "*.pf_meta", "index/*", "fragment/*")
_text = cache(text_of)


@dataclass(frozen=True)
class Record:
    """One thing to be found: `page` is the title of the page that it stands on, `notes` what must be said beside it."""

    url: str
    title: str
    text: str
    page: str
    topics: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


def _negative(findings: tuple[Finding, ...]) -> tuple[str, ...]:
    return tuple(f"{finding.verdict.capitalize()}: {finding.question}" for finding in findings if finding.is_negative)


def _passage(passage: Passage, site: Site) -> Record:
    names = tuple(topic.fields["name"] for topic in site.topics_of(passage))
    page = passage.article.fields["title"]
    return Record(passage.url, passage.label, _text(passage.html), page, names, _negative(passage.findings))


def _blocks(document: Document) -> Iterator[Record]:
    title, topics = document.fields["title"], tuple(filter(None, [document.fields.get("name")]))
    for part in document.parts:
        if isinstance(part, Block) and part.kind != "passage":
            yield Record(f"{document.url}#{part.id}", _text(part.name), _text(part.html), title, topics)
    if document.fields.get("template") == "page":
        prose = " ".join(_text(part.html) for part in document.parts if isinstance(part, Prose))
        yield Record(document.url, title, prose, title)


def records(site: Site) -> tuple[Record, ...]:
    """Everything that can be found: passages, other blocks, findings, and the text of plain pages."""
    passages = (_passage(passage, site) for passage in site.passages.values())
    blocks = (record for document in (*site.articles, *site.topics, *site.pages) for record in _blocks(document))
    findings = (
        Record(f"{page.url}#{it.id}", it.question, f"{it.verdict.capitalize()}. {it.explanation}", page.fields["title"])
        for page in site.pages
        if page.fields.get("template") == "evidence"
        for it in site.findings.values()
    )
    return (*passages, *blocks, *findings)


def _html(record: Record, language: str) -> str:
    """A record as Pagefind reads it: the title counts for more than the text, the rest is carried along."""
    carried = {
        "url": record.url, "page": record.page, "topics": ", ".join(record.topics), "notes": " ".join(record.notes)
    }  # fmt: skip
    carried = {name: value for name, value in carried.items() if value}
    data = " ".join(f'data-{name}="{escape(value)}"' for name, value in carried.items())
    meta = ", ".join(f"{name}[data-{name}]" for name in carried)
    return (
        f'<html lang="{language}"><body><main {data} data-pagefind-meta="{meta}">'
        f"<h1>{escape(record.title)}</h1><p>{escape(record.text)}</p></main>"
    )


@cache
def index(these: tuple[Record, ...], language: str) -> dict[str, bytes]:
    """Pagefind's files for some records: path below its folder, and bytes; equal records give equal bytes."""
    with TemporaryDirectory() as folder:
        source, made = Path(folder, "source"), Path(folder, "made")
        source.mkdir()
        for number, record in enumerate(these):
            (source / f"{number:06}.html").write_text(_html(record, language), "utf-8")
        arguments = ["--site", source, "--output-path", made, "--force-language", language, "--silent"]
        subprocess.run([str(get_executable()), *arguments], check=True, stdout=subprocess.DEVNULL)
        entry = json.loads((made / "pagefind-entry.json").read_bytes())["languages"][language]
        needed = sorted(path for name in (*_NEEDED, f"wasm.{entry['wasm'] or 'unknown'}.*") for path in made.glob(name))
        return {path.relative_to(made).as_posix(): path.read_bytes() for path in needed}
