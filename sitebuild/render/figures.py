"""Count and draw what pages show, at build time: days, reading times, tallies, tables of dots.

Pure: values in, markup out. The words and numbers of a picture are HTML beside it, so that they grow with the
reader's type and can be links. No line is without length: WebKit draws those as blocks.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from markupsafe import Markup

from sitebuild.derive.site import Site
from sitebuild.model import VERDICTS, Block, Document, Finding, Heading, Shown

# Words read in a minute: below the mean of 238 in Brysbaert's review of 2019, as health is slow to read.
_WORDS_A_MINUTE = 220
# strftime follows the machine's locale; pages do not.
_MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)


@dataclass(frozen=True)
class Section:
    """What stands under one main heading of an article, and how many of its passages carry each topic."""

    title: str
    url: str
    topics: Counter[str]


def day(value: date) -> Markup:
    """Return a day as readers write it, marked up for machines."""
    month = _MONTHS[value.month - 1]
    return Markup('<time datetime="{}">{} {} {}</time>').format(
        value, value.day, month, value.year
    )


def lead(parts: Sequence[Any]) -> Sequence[Any]:
    """Return the short answers that open an article; its contents follow them."""
    count = 0
    while count < len(parts) and getattr(parts[count], "kind", "") == "answer":
        count += 1
    return parts[:count]


def minutes(parts: Iterable[Any]) -> int:
    """Return how long the parts of a page take to read, in whole minutes, without the notes beside them."""
    count = 0
    for part in parts:
        html = (
            part.passage.html if isinstance(part, Shown) else getattr(part, "html", "")
        )
        count += len(re.sub(r"<[^>]*>", " ", html).split())
    return max(1, round(count / _WORDS_A_MINUTE))


def tally(findings: Iterable[Finding]) -> tuple[tuple[str, int], ...]:
    """Return how many findings have each verdict, the surest first; each finding counts once."""
    verdicts = {finding.id: finding.verdict for finding in findings}
    count = Counter(verdicts.values())
    return tuple((verdict, count[verdict]) for verdict in VERDICTS)


def findings_of(parts: Iterable[Any]) -> Iterator[Finding]:
    """Yield the findings beside the passages of a page."""
    for part in parts:
        if isinstance(part, Shown):
            yield from part.passage.findings


def outline(article: Document, site: Site) -> tuple[Section, ...]:
    """Return the sections of an article; what stands before its first heading is the section without a title."""
    sections = [Section("", article.url, Counter())]
    for part in article.parts:
        if isinstance(part, Heading) and part.level == 2:
            sections.append(Section(part.title, f"{article.url}#{part.id}", Counter()))
        elif isinstance(part, Block) and part.kind == "passage":
            passage = site.passages[f"{article.slug}/{part.id}"]
            for topic in site.topics_of(passage):
                sections[-1].topics[topic.slug] += 1
    return tuple(section for section in sections if section.title or section.topics)


def dots(count: int) -> Markup:
    """Return a row of dots, one for each thing counted; the number itself stands beside it as text."""
    if not count:
        return Markup()
    # Round ends make a dot of a very short line.
    way = "".join(f"M{column}.5.5h.01" for column in range(count))
    return Markup(
        '<svg class="dots" width="{}" height="10" viewBox="0 0 {} 1" aria-hidden="true"><path d="{}"/></svg>'
    ).format(count * 10, count, way)


def spot(count: int) -> Markup:
    """Return a count in a ring, filled from three on; nothing for none."""
    if not count:
        return Markup()
    kind = Markup(' class="many"') if count > 2 else Markup()
    return Markup("<i{}>{}</i>").format(kind, count)
