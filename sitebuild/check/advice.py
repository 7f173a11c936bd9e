"""What an editor may want to look at, though it is no fault: the task `check`."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import date

from sitebuild.derive import Site
from sitebuild.derive.metadata import answer_of, due_day, sentences
from sitebuild.model import Block, SourceLine
from sitebuild.read.markdown import text_of
from sitebuild.read.references import cited_keys
from sitebuild.release import address_of

THIN_TOPIC, LONG_TOPIC = 3, 100  # passages
ANSWER_SENTENCES = (2, 5)  # at least and at most
ANSWER_WORDS = 70
# Ten TCP segments of 1,460 bytes (RFC 6928).
ROUND_TRIP_BYTES = 14_600
# The headers of a page, with the rules in theme/hosts, take 340 bytes in HTTP/2
# (RFC 7541), frames some 30 more.
HEADERS_BYTES = 370
# Those of a further file on the same connection, which repeat most of them.
MORE_HEADERS_BYTES = 70

_WORD = re.compile(r"[^\W_]+")
_ICON = re.compile(r"assets/icon\.\w+\.svg")
Advice = tuple[SourceLine, str]


def advise(site: Site, today: date, review_months: int = 12) -> list[str]:
    """Return what is worth a look in the sources, sorted by file and line.

    `today` and the setting REVIEW_MONTHS decide what is due to be checked again, 0 for
    nothing.
    """
    found = {
        *_topics(site),
        *_answers(site),
        *_findings(site),
        *_days(site, today, review_months),
    }
    return [f"{place.file}:{place.line}: {text}" for place, text in sorted(found)]


def _topics(site: Site) -> Iterator[Advice]:
    """Yield topics with few or very many passages."""
    for topic in site.topics:
        count = len(site.tagged(topic))
        if not THIN_TOPIC <= count <= LONG_TOPIC:
            plural = "" if count == 1 else "s"
            text = f'topic "{topic.slug}" has {count} passage{plural}'
            yield topic.place("slug"), text


def _answers(site: Site) -> Iterator[Advice]:
    """Yield articles and topics without a short answer, and answers of bad length."""
    least, most = ANSWER_SENTENCES
    for document in (*site.articles, *site.topics):
        if not any(isinstance(part, Block) for part in document.parts):
            continue  # an ordinary article
        answer = answer_of(document)
        if answer is None:
            yield (
                document.place("title"),
                "no short answer opens the page: write `/// answer | In short`, "
                f"{least} to {most} sentences, at most {ANSWER_WORDS} words",
            )
            continue
        count = len(list(sentences(answer.html)))
        length = len(text_of(answer.html).split())
        if not least <= count <= most or length > ANSWER_WORDS:
            yield (
                answer.place,
                f"the answer has {count} sentences and {length} words; short are "
                f"{least} to {most} sentences and at most {ANSWER_WORDS} words",
            )


def _findings(site: Site) -> Iterator[Advice]:
    """Yield findings and references that no block uses."""
    parts = [part for document in site.documents for part in document.parts]
    blocks = [part for part in parts if isinstance(part, Block)]
    used = {name for block in blocks for name in block.options.evidence}
    for finding in site.findings.values():
        if finding.id not in used:
            yield finding.place, f'nothing uses the finding "{finding.id}"'
    used = {it.key for finding in site.findings.values() for it in finding.references}
    for block in blocks:
        used.update(block.options.references, cited_keys(block.html))
    for key in sorted(site.references.keys() - used):
        yield site.references[key].place, f'the reference "{key}" is not used'


def _days(site: Site, today: date, months: int) -> Iterator[Advice]:
    """Yield days that have not come yet, and what was checked too long ago."""
    days = [
        (it.place, "checked", f'finding "{it.id}"', it.checked)
        for it in site.findings.values()
    ]
    for document in site.documents:
        for name in ("date", "modified", "checked"):
            if day := getattr(document.fields, name, None):
                days.append((document.place(name), name, "the file", day))
    for place, name, what, day in days:
        if day > today:
            yield place, f"{what} has a day in the future: {name} {day}"
        elif name == "checked" and months and today > due_day(day, months):
            yield place, f"{what} was last checked on {day}: due for another look"


def advise_drafts(site: Site, preview: Site) -> list[str]:
    """Return which published articles have passages that no published topic shows.

    `preview` is the site with its drafts.
    """
    drafts = {it.slug for it in preview.topics if not it.is_published}
    hidden: Counter[tuple[str, str]] = Counter()
    for passage in site.passages.values():
        path = passage.article.path
        hidden.update((path, it) for it in passage.topics if it in drafts)
    return [
        f'{path} is published and its topic "{slug}" is a draft: in public that topic'
        f" does not show its {'1 passage' if count == 1 else f'{count} passages'}"
        for (path, slug), count in hidden.items()
    ]


def advise_contact(contact: str) -> list[str]:
    """Return a line on a site whose setting CONTACT is empty."""
    if contact:
        return []
    return [
        "pelicanconf.py: CONTACT is empty; readers trust a site less that they cannot "
        "write to, so name an address or a page, and OWNER and LICENCE too"
    ]


def advise_weight(files: Mapping[str, bytes]) -> Iterator[str]:
    """Yield a line for every page that with the icon takes more than one round trip.

    `files` is a published site, in which compressed copies stand beside the files.
    """
    icons = [name for name in files if _ICON.fullmatch(name)]
    beside = max((_sent(files, name) + MORE_HEADERS_BYTES for name in icons), default=0)
    for name in sorted(files):
        if name.endswith(".html"):
            weight = _sent(files, name) + HEADERS_BYTES + beside
            if weight > ROUND_TRIP_BYTES:
                yield (
                    f"{address_of(name)}: {weight:,} bytes on the wire; "
                    f"{ROUND_TRIP_BYTES:,} come in one round trip; shorten it, or move "
                    "a part to another page"
                )


def _sent(files: Mapping[str, bytes], name: str) -> int:
    """Return the bytes of a file as browsers get it: compressed, where that is less."""
    return len(files.get(f"{name}.br", files[name]))
