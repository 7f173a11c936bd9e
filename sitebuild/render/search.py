"""The search index, made by Pagefind: what can be found, and under which address."""

from __future__ import annotations

import base64
import json
import os
import re
import subprocess
from collections.abc import Iterable, Iterator, Sequence
from html import escape
from itertools import chain
from typing import IO, Any, NamedTuple, cast

from sitebuild.derive import Site
from sitebuild.derive.contents import ALONE, FINDINGS
from sitebuild.model import LABELS, Block, Document, Finding, Passage, Prose
from sitebuild.read.evidence import Synonym
from sitebuild.read.markdown import fragment, text_of

# A word that a reader may have meant; shorter ones are like too many others.
_WORD = re.compile(r"[^\W\d_]{5,}")
# The words of a drawing name its parts.
_DRAWN = re.compile(r"<svg\b.*?</svg>", re.DOTALL)
# The templates of pages of which blocks and findings are found, and no other text.
_BLOCKS_ALONE = ("home", "topics", "search", "glossary", "404", FINDINGS)
# What the search page loads of Pagefind's output, besides the WebAssembly; the rest is
# its own user interface.
_NEEDED = ("pagefind.js", "pagefind-entry.json", "index/", "fragment/")


class Record(NamedTuple):
    """One thing to be found at `url`, which stands on the page `page`.

    `kind` is the kind of block, or "finding" or "page"; it decides what comes first,
    and so does the `urgency` of a box. It is never listed without its `notes`.
    """

    url: str
    kind: str
    page: str
    title: str
    text: str
    topics: str = ""
    notes: str = ""
    urgency: str = ""


def records(site: Site) -> tuple[Record, ...]:
    """Return all that can be found, page by page.

    That is passages, other blocks, findings, and the text of plain pages.
    """
    return tuple(chain.from_iterable(_on_page(it, site) for it in site.documents))


def files(
    found: Sequence[Record],
    language: str,
    stop_words: Iterable[str],
    synonyms: Iterable[Synonym],
) -> dict[str, bytes]:
    """Return the index of what can be found, by path.

    Its `words.json` has what the script of the search page knows of words: those that
    it leaves out, the others that it looks for beside a word, and those that stand on
    the site, for one that does not. Raises OSError or ValueError where Pagefind does
    not do what it is asked for.
    """
    known: set[str] = set()
    for record in found:
        known.update(_WORD.findall(f"{record.title} {record.text}".lower()))
    words = {
        "stop": sorted(set(stop_words)),
        "synonyms": {synonym.word: synonym.others for synonym in synonyms},
        "known": sorted(known.difference(stop_words)),
    }
    text = json.dumps(words, ensure_ascii=False, sort_keys=True)
    return {**_index(found, language), "words.json": text.encode()}


def _on_page(document: Document, site: Site) -> Iterator[Record]:
    title = document.fields.title
    if document.kind == "page" and document.template not in _BLOCKS_ALONE:
        prose = [text_of(it.html) for it in document.parts if isinstance(it, Prose)]
        yield Record(document.url, "page", "", title, " ".join(prose))
    for part in document.parts:
        if isinstance(part, Block):
            yield _block(part, document, site)
    if document.template == FINDINGS:
        yield from _meanings(document)
        for it in site.findings.values():
            url = f"{document.url}#{it.id}"
            said = f"{it.explanation} {it.question}"
            yield Record(url, "finding", title, _judged(it), said)


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
        block.kind if page.template in ALONE else "page",
        page_title,
        page_title if block.kind == "answer" else text_of(block.name),
        text_of(_DRAWN.sub("", block.html)),
        urgency=block.options.urgency,
    )


def _passage(passage: Passage, site: Site) -> Record:
    """Return a passage with its topics and the findings it may not be shown without."""
    negative = [it for it in passage.findings if it.is_negative]
    return Record(
        passage.url,
        "passage",
        passage.article.fields.title,
        passage.label,
        text_of(passage.html),
        ", ".join(topic.label for topic in site.topics_of(passage)),
        " ".join(map(_judged, negative)),
    )


def _judged(finding: Finding) -> str:
    """Return a statement after its verdict, in quotes where it is not so."""
    said = f"“{finding.statement}”" if finding.is_negative else finding.statement
    return f"{finding.label}: {said}"


def _meanings(page: Document) -> Iterator[Record]:
    """Yield what each verdict means, which a page of findings says under its id."""
    said = [fragment(it.html) for it in page.parts if isinstance(it, Prose)]
    for verdict, name in LABELS.items():
        for html in said:
            for element in html.xpath("//*[@id=$id]", id=verdict):
                text = element.getparent().text_content()
                url = f"{page.url}#{verdict}"
                yield Record(url, "term", page.fields.title, name, text)


def _index(found: Sequence[Record], language: str) -> dict[str, bytes]:
    """Return Pagefind's files by path; equal records give equal bytes.

    Pagefind runs as a service: its client for Python waits a tenth of a second for each
    answer, and its command line takes twice the time (pagefind 1.5.2).
    """
    # Imported here: a build without a search index need not have Pagefind.
    from pagefind_bin import get_executable  # noqa: PLC0415

    program = os.environ.get("PAGEFIND_BINARY_PATH") or str(get_executable())
    command = [program, "--service"]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe) as service:
        made = _ask(service, "NewIndex", config={"force_language": language})
        index = {"index_id": made["index_id"]}
        for record in found:
            html = _html(record, language)
            _ask(service, "AddFile", url=record.url, file_contents=html, **index)
        files = _ask(service, "GetFiles", **index)["files"]
    contents = {it["path"]: it["content"] for it in files}
    entry = json.loads(base64.b64decode(contents["pagefind-entry.json"]))
    wasm = entry["languages"][language]["wasm"] or "unknown"
    needed = (*_NEEDED, f"wasm.{wasm}.")
    return {
        path: base64.b64decode(content)
        for path, content in sorted(contents.items())
        if path.startswith(needed) or path.endswith(".pf_meta")
    }


def _ask(service: subprocess.Popen[bytes], kind: str, **request: Any) -> Any:
    """Return the answer to a request: each is JSON in Base64 and a comma."""
    asking, answers = cast("IO[bytes]", service.stdin), cast("Any", service.stdout)
    message = json.dumps({"message_id": 1, "payload": {"type": kind, **request}})
    asking.write(base64.b64encode(message.encode()) + b",")
    asking.flush()
    answer = bytearray()
    while not answer.endswith(b","):
        received = answers.read1()
        if not received:
            raise ValueError("Pagefind ended without an answer")
        answer += received
    payload = json.loads(base64.b64decode(answer[:-1]))["payload"]
    if payload["type"] == "Error":
        raise ValueError(payload["message"])
    return payload


def _html(record: Record, language: str) -> str:
    """Return a page on one record as Pagefind reads it: its title counts for more.

    Its kind is metadata, for which the search page asks by a word that no text has; a
    filter would say the same, but its bytes differ from run to run (Pagefind 1.5.2).
    """
    kinds = [f"kind{it}" for it in (record.kind, record.urgency) if it]
    beside = {"url": record.url, "kind": " ".join(kinds)}
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
