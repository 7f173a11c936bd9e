"""The search index, made by Pagefind: what can be found, and under which address."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from html import escape
from itertools import chain
from pathlib import Path
from tempfile import TemporaryDirectory

from sitebuild.derive.contents import type_of
from sitebuild.derive.pagetypes import PagePart
from sitebuild.derive.site import Site
from sitebuild.memory import Memory
from sitebuild.model import Block, Document, Finding, Passage, Prose
from sitebuild.read.evidence import Synonym
from sitebuild.read.markdown import text_of

# What the search page loads of Pagefind's output, besides the WebAssembly; the rest is
# its own user interface.
_NEEDED = (
    "pagefind.js",
    "pagefind-entry.json",
    "*.pf_meta",
    "index/*",
    "fragment/*",
)


@dataclass(frozen=True)
class Record:
    """One thing to be found at `url`, which stands on the page `page`.

    `kind` is the kind of block, or "finding" or "page"; it decides what comes first.
    It is never listed without its `notes`.
    """

    url: str
    kind: str
    page: str
    title: str
    text: str
    topics: str = ""
    notes: str = ""


def records(site: Site) -> tuple[Record, ...]:
    """Return all that can be found, page by page.

    That is passages, other blocks, findings, and the text of pages of an indexed type.
    """
    return tuple(chain.from_iterable(_on_page(it, site) for it in site.documents))


def words_file(stop_words: Iterable[str], synonyms: Iterable[Synonym]) -> bytes:
    """Return as JSON what the script of the search page knows of words.

    That is the words that it leaves out (the setting STOP_WORDS), and the others that
    it looks for beside a word.
    """
    others = {synonym.word: synonym.others for synonym in synonyms}
    words = {"stop": sorted(set(stop_words)), "synonyms": others}
    return json.dumps(words, ensure_ascii=False, sort_keys=True).encode()


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
    texts = [text_of(part.html) for part in page.parts if isinstance(part, Prose)]
    return Record(page.url, "page", "", title, " ".join(texts))


def _block(block: Block, page: Document, site: Site) -> Record:
    """Return a block; a page's short answer is found under the title of the page.

    On a page that lists others a block repeats what stands elsewhere, so it is found
    as text of the page and comes after its original.
    """
    if block.kind == "passage":
        return _passage(site.passages[f"{page.slug}/{block.id}"], site)
    page_title = page.fields.title
    title = page_title if block.kind == "answer" else text_of(block.name)
    kind = "page" if type_of(page).lists_others else block.kind
    return Record(
        f"{page.url}#{block.id}",
        kind,
        page_title,
        title,
        text_of(block.html),
        page.fields.name,
    )


def _notes(passage: Passage) -> list[str]:
    """Return the findings without which a passage may not be shown, as sentences."""
    notes = []
    for finding in passage.findings:
        if finding.is_negative:
            said = f"{finding.verdict.capitalize()}: {finding.statement}{finding.stop}"
            notes.append(said)
    return notes


def _passage(passage: Passage, site: Site) -> Record:
    """Return a passage with its topics and the findings it may not be shown without."""
    topics = [topic.label for topic in site.topics_of(passage)]
    return Record(
        passage.url,
        "passage",
        passage.article.fields.title,
        passage.label,
        text_of(passage.html),
        ", ".join(topics),
        " ".join(_notes(passage)),
    )


def _finding(finding: Finding, page: Document) -> Record:
    """Return a finding; the words of its question are found with it."""
    said = (f"{finding.verdict.capitalize()}.", finding.explanation, finding.question)
    return Record(
        f"{page.url}#{finding.id}",
        "finding",
        page.fields.title,
        finding.statement,
        " ".join(said),
    )


def index_files(
    site: Site, language: str, memory: Memory, *, reuse: bool = False
) -> Mapping[str, bytes]:
    """Return Pagefind's files for a site; with `reuse` those made last, if any.

    Raises OSError or CalledProcessError where Pagefind does not run.
    """
    last: Mapping[str, bytes] | None = memory.last("search") if reuse else None
    if last is not None:
        return last
    found = records(site)
    return memory.take(
        "search", (found, language), lambda: _run_pagefind(found, language)
    )


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
    """Write a page for each record.

    Pagefind puts its name into the record's file: no name may change because another
    record came or went, or all those files would be sent to the host again.
    """
    folder.mkdir()
    for record in found:
        name = _name(record)
        (folder / f"{name}.html").write_text(_html(record, language), "utf-8")


def _name(record: Record) -> str:
    """Return a name that no other record has."""
    whole = blake2b(digest_size=16)
    for part in (record.url.encode(), record.kind.encode()):
        whole.update(b"%d:" % len(part) + part)
    return whole.hexdigest()


def _html(record: Record, language: str) -> str:
    """Return a page on one record as Pagefind reads it.

    Its kind is metadata, for which the search page asks by a word that no text has; a
    filter would say the same, but its bytes differ from run to run (Pagefind 1.5.2).
    """
    beside = {"url": record.url, "kind": f"kind{record.kind}"}
    for name in ("page", "topics", "notes"):
        if getattr(record, name):
            beside[name] = getattr(record, name)
    data = [f'data-{name}="{escape(text)}"' for name, text in beside.items()]
    meta = ",".join(f"{name}[data-{name}]" for name in beside)
    return (
        f'<html lang="{language}"><body><main {" ".join(data)} '
        f'data-pagefind-meta="{meta}">'
        f"<h1>{escape(record.title)}</h1><p>{escape(record.text)}</p></main>"
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
