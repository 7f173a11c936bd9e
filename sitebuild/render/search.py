"""The search index, made by Pagefind: what can be found, and under which address."""

from __future__ import annotations

import base64
import json
import re
import subprocess
from collections.abc import Iterable, Iterator, Mapping, Sequence
from fnmatch import fnmatch
from html import escape
from typing import IO, Any, NamedTuple, cast

from sitebuild.derive.contents import type_of
from sitebuild.derive.site import Site
from sitebuild.model import LABELS, Block, Document, Finding, Passage, Prose
from sitebuild.read.evidence import Synonym
from sitebuild.read.markdown import fragment, text_of

# A word that a reader may have meant; shorter ones are like too many others.
_WORD = re.compile(r"[^\W\d_]{5,}")
# The words of a drawing name its parts.
_DRAWN = re.compile(r"<svg\b.*?</svg>", re.DOTALL)
# What the search page loads of Pagefind's output, besides the WebAssembly; the rest is
# its own user interface.
_NEEDED = (
    *("pagefind.js", "pagefind-entry.json", "*.pf_meta"),
    *("index/*", "fragment/*"),
)


class Record(NamedTuple):
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
    found: list[Record] = []
    for document in site.documents:
        found += _on_page(document, site)
    return tuple(found)


def files(
    found: Sequence[Record],
    language: str,
    stop_words: Iterable[str],
    synonyms: Iterable[Synonym],
) -> dict[str, bytes]:
    """Return the index of what can be found and `words.json`, by path.

    Raises OSError or ValueError where Pagefind does not do what it is asked for.
    """
    words = _words(found, stop_words, synonyms)
    return {**_index(found, language), "words.json": words}


def _words(
    found: Iterable[Record], stop_words: Iterable[str], synonyms: Iterable[Synonym]
) -> bytes:
    """Return as JSON what the script of the search page knows of words.

    That is the words that it leaves out (the setting STOP_WORDS), the others that it
    looks for beside a word, and those that stand on the site, for one that does not.
    """
    known: set[str] = set()
    for record in found:
        known.update(_WORD.findall(f"{record.title} {record.text}".lower()))
    words = {
        "stop": sorted(set(stop_words)),
        "synonyms": {synonym.word: synonym.others for synonym in synonyms},
        "known": sorted(known.difference(stop_words)),
    }
    return json.dumps(words, ensure_ascii=False, sort_keys=True).encode()


def _on_page(document: Document, site: Site) -> Iterator[Record]:
    page_type = type_of(document)
    if document.kind == "page" and page_type.is_indexed:
        title = document.fields.title
        prose = [text_of(it.html) for it in document.parts if isinstance(it, Prose)]
        yield Record(document.url, "page", "", title, " ".join(prose))
    for part in document.parts:
        if isinstance(part, Block):
            yield _block(part, document, site)
    if page_type.has_findings:
        for verdict, name in LABELS.items():
            yield from _meaning(verdict, name, document)
        for finding in site.findings.values():
            yield _finding(finding, document)


def _block(block: Block, page: Document, site: Site) -> Record:
    """Return a block; a page's short answer is found under the title of the page.

    On a page that lists others a block repeats what stands elsewhere, so it is found
    as text of the page and comes after its original.
    """
    if block.kind == "passage":
        return _passage(site.passages[f"{page.slug}/{block.id}"], site)
    page_title = page.fields.title
    return Record(
        f"{page.url}#{block.id}",
        "page" if type_of(page).lists_others else block.kind,
        page_title,
        page_title if block.kind == "answer" else text_of(block.name),
        text_of(_DRAWN.sub("", block.html)),
        page.fields.name,
    )


def _passage(passage: Passage, site: Site) -> Record:
    """Return a passage with its topics and the findings it may not be shown without."""
    notes = []
    for finding in passage.findings:
        if finding.is_negative:
            said = f"{finding.label}: {finding.statement}{finding.stop}"
            notes.append(said)
    return Record(
        passage.url,
        "passage",
        passage.article.fields.title,
        passage.label,
        text_of(passage.html),
        ", ".join(topic.label for topic in site.topics_of(passage)),
        " ".join(notes),
    )


def _finding(finding: Finding, page: Document) -> Record:
    """Return a finding; the words of its question are found with it."""
    said = (f"{finding.label}.", finding.explanation, finding.question)
    return Record(
        f"{page.url}#{finding.id}",
        "finding",
        page.fields.title,
        finding.statement,
        " ".join(said),
    )


def _meaning(verdict: str, name: str, page: Document) -> Iterator[Record]:
    """Yield what a verdict means, which a page of findings says under its id."""
    for part in page.parts:
        if isinstance(part, Prose):
            for element in fragment(part.html).xpath("//*[@id=$id]", id=verdict):
                said = element.getparent().text_content()
                url = f"{page.url}#{verdict}"
                yield Record(url, "term", page.fields.title, name, said)


def _index(found: Sequence[Record], language: str) -> dict[str, bytes]:
    """Return Pagefind's files by path; equal records give equal bytes."""
    # Imported here: a build without a search index need not have Pagefind.
    from pagefind.service import get_executable  # noqa: PLC0415

    command = [str(get_executable()), "--service"]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        pagefind = _Pagefind(process)
        config = {"force_language": language}
        made = pagefind.ask({"type": "NewIndex", "config": config})
        for record in found:
            pagefind.ask(
                {
                    "type": "AddFile",
                    "index_id": made["index_id"],
                    "url": record.url,
                    "file_contents": _html(record, language),
                }
            )
        files = pagefind.ask({"type": "GetFiles", "index_id": made["index_id"]})
    return _needed(files["files"], language)


class _Pagefind:
    """Pagefind as a service: a request is JSON in Base64 and a comma, so is an answer.

    Pagefind's own client for Python speaks the same but waits a tenth of a second for
    each answer (pagefind 1.5.2).
    """

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self._in = cast("IO[bytes]", process.stdin)
        self._out = cast("Any", process.stdout)

    def ask(self, request: Mapping[str, Any]) -> Any:
        message = json.dumps({"message_id": 1, "payload": request})
        self._in.write(base64.b64encode(message.encode()) + b",")
        self._in.flush()
        answer = bytearray()
        while not answer.endswith(b","):
            received = self._out.read1()
            if not received:
                raise ValueError("Pagefind ended without an answer")
            answer += received
        payload = json.loads(base64.b64decode(bytes(answer[:-1])))["payload"]
        if payload["type"] == "Error":
            raise ValueError(payload["message"])
        return payload


def _html(record: Record, language: str) -> str:
    """Return a page on one record as Pagefind reads it: its title counts for more.

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


def _needed(files: Iterable[Mapping[str, str]], language: str) -> dict[str, bytes]:
    """Return those files that the search page loads, decoded."""
    found = {it["path"]: base64.b64decode(it["content"]) for it in files}
    entry = json.loads(found["pagefind-entry.json"])
    wasm = entry["languages"][language]["wasm"] or "unknown"
    patterns = (*_NEEDED, f"wasm.{wasm}.*")
    return {
        path: data
        for path, data in sorted(found.items())
        if any(fnmatch(path, pattern) for pattern in patterns)
    }
