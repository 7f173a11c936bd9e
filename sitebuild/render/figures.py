"""What pages count and draw, at build time: small pictures as inline SVG, reading times, days. Pure: values in.

The words of a picture are HTML beside it, so that they grow with the reader's type and can be links; its rows are as
high as theirs, whatever these hold. Strokes keep their width (`vector-effect`) while the picture stretches.
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
_MONTHS = "January February March April May June July August September October November December".split()  # noqa: SIM905


@dataclass(frozen=True)
class Section:
    """What stands under one main heading of an article, and how many of its passages carry each topic."""

    title: str
    url: str
    topics: Counter[str]


def day(value: date) -> Markup:
    """A day as readers write it, for machines too."""
    return Markup('<time datetime="{}">{} {} {}</time>').format(
        value, value.day, _MONTHS[value.month - 1], value.year
    )


def lead(parts: Sequence[Any]) -> Sequence[Any]:
    """The parts of an article that its contents follow: those before its first heading, else its first passage."""
    opens = bool(parts) and isinstance(parts[0], Heading)
    kind = Shown if opens else Heading
    return parts[
        : next(
            (n + opens for n, part in enumerate(parts) if isinstance(part, kind)),
            len(parts),
        )
    ]


def minutes(parts: Iterable[Any]) -> int:
    """How long the parts of a page take to read, in whole minutes, notes in the margin left out."""
    html = " ".join(
        part.passage.html if isinstance(part, Shown) else getattr(part, "html", "")
        for part in parts
    )
    return max(1, round(len(re.sub(r"<[^>]*>", " ", html).split()) / _WORDS_A_MINUTE))


def tally(findings: Iterable[Finding]) -> tuple[tuple[str, int], ...]:
    """How many findings have each verdict, the surest first; each finding counts once."""
    count = Counter(
        verdict
        for _, verdict in {(finding.id, finding.verdict) for finding in findings}
    )
    return tuple((verdict, count[verdict]) for verdict in VERDICTS)


def findings_of(parts: Iterable[Any]) -> Iterator[Finding]:
    """The findings beside the passages of a page."""
    return (
        finding
        for part in parts
        if isinstance(part, Shown)
        for finding in part.passage.findings
    )


def outline(article: Document, site: Site) -> tuple[Section, ...]:
    """The sections of an article; what stands before its first heading is the section without a title."""
    sections = [Section("", article.url, Counter())]
    for part in article.parts:
        if isinstance(part, Heading) and part.level == 2:
            sections.append(Section(part.title, f"{article.url}#{part.id}", Counter()))
        elif isinstance(part, Block) and part.kind == "passage":
            sections[-1].topics.update(
                topic.slug
                for topic in site.topics_of(site.passages[f"{article.slug}/{part.id}"])
            )
    return tuple(section for section in sections if section.title or section.topics)


def _svg(width: str, box: tuple[int, int], label: str, body: str) -> Markup:
    head = '<svg role="img" aria-label="{}" width="{}" viewBox="0 0 {} {}" preserveAspectRatio="none">'
    return Markup(head).format(label, width, *box) + Markup(f"{body}</svg>")


def _path(width: str, way: str) -> str:
    return (
        f'<path vector-effect="non-scaling-stroke" stroke-width="{width}" d="{way}"/>'
    )


def _dots(rows: Sequence[Iterable[int]]) -> str:
    """A path of dots: lines without length, whose round ends show."""
    return "".join(
        f"M{column}.5 {row}.5h0" for row, places in enumerate(rows) for column in places
    )


def tally_picture(counts: Sequence[tuple[str, int]]) -> Markup:
    """A row of dots for each verdict, one dot a finding."""
    most = max(1, *(count for _, count in counts))
    label = ", ".join(f"{count} {verdict}" for verdict, count in counts)
    body = _path(".6em", _dots([range(count) for _, count in counts]))
    return _svg(f"{most * 0.8:g}em", (most, len(counts)), label, body)


def outline_picture(sections: Sequence[Section], topics: Sequence[Document]) -> Markup:
    """A row for each section and a column of 1.6 em for each topic; a dot where the one speaks of the other."""
    rows = [
        [column for column, topic in enumerate(topics) if topic.slug in section.topics]
        for section in sections
    ]
    where = {
        topic.fields["name"]: [
            str(number) for number, row in enumerate(rows, 1) if column in row
        ]
        for column, topic in enumerate(topics)
    }
    label = "; ".join(
        f"{name}: {', '.join(numbers)}" for name, numbers in where.items()
    )
    return _svg(
        f"{len(topics) * 1.6:g}em",
        (len(topics), len(sections)),
        label,
        _path(".6em", _dots(rows)),
    )


def strands(rows: Sequence[Section], topics: Sequence[Document]) -> Markup:
    """A strand from each row on the left to each topic on the right that it speaks of, thicker for more passages."""
    ties = [
        (
            round(100 * (row + 0.5) / len(rows)),
            round(100 * (column + 0.5) / len(topics)),
            section.topics[topic.slug],
        )
        for row, section in enumerate(rows)
        for column, topic in enumerate(topics)
        if topic.slug in section.topics
    ]
    paths = (
        _path(f"{many}", f"M0 {y}C50 {y} 50 {end} 100 {end}") for y, end, many in ties
    )
    label = "Strands from the sections on the left to the topics on the right"
    return _svg("100%", (100, 100), label, "".join(paths))


def sources(site: Site) -> tuple[Section, ...]:
    """The rows of the map: each article, then those of its sections that feed a topic."""
    titled = (
        (
            Section(article.fields["title"], article.url, Counter()),
            *outline(article, site),
        )
        for article in site.articles
    )
    return tuple(
        row
        for head, *rest in titled
        for row in (head, *(row for row in rest if row.topics))
    )
