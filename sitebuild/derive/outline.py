"""What pages count: sections and their topics, verdicts, minutes of reading. Pure."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from sitebuild.derive.cautions import Placed
from sitebuild.derive.contents import Content
from sitebuild.derive.site import Site
from sitebuild.model import (
    VERDICTS,
    Block,
    Document,
    Finding,
    Heading,
    Prose,
)

# Words read in a minute: below the mean of 238 in Brysbaert's review of 2019, as health
# is slow to read.
_WORDS_A_MINUTE = 220


@dataclass(frozen=True)
class Section:
    """A main heading of an article, and how many passages under it carry each topic.

    No template may change the counts: the next build shows them again.
    """

    title: str
    url: str
    topics: Mapping[str, int]


def sections(article: Document, site: Site) -> tuple[Section, ...]:
    """Return the sections of an article.

    What stands before its first main heading is a section without a title, left out
    where it has no topics.
    """
    counts: dict[str, int] = {}
    found = [Section("", article.url, MappingProxyType(counts))]
    for part in article.parts:
        if isinstance(part, Heading) and part.level == 2:
            counts = {}
            url = f"{article.url}#{part.id}"
            found.append(Section(part.title, url, MappingProxyType(counts)))
        elif isinstance(part, Block) and part.kind == "passage":
            passage = site.passages[f"{article.slug}/{part.id}"]
            for topic in site.topics_of(passage):
                counts[topic.slug] = counts.get(topic.slug, 0) + 1
    return tuple(section for section in found if section.title or section.topics)


def split_lead(parts: Sequence[Content]) -> tuple[Sequence[Content], Sequence[Content]]:
    """Return the parts of a page before its contents, and those after.

    The contents follow the short answer that opens the page.
    """
    for number, part in enumerate(parts):
        if not (isinstance(part, Block) and part.kind == "answer"):
            return parts[:number], parts[number:]
    return parts, parts[:0]


def _count_words(html: str) -> int:
    return len(re.sub(r"<[^>]*>", " ", html).split())


def minutes(parts: Iterable[Content]) -> int:
    """Return how long the parts of a page take to read, in whole minutes, at least one.

    Notes in the margin and cautions of other articles are not counted.
    """
    words = 0
    for part in parts:
        if isinstance(part, Placed):
            words += _count_words(part.passage.html)
        elif isinstance(part, Prose | Block):
            words += _count_words(part.html)
    return max(1, round(words / _WORDS_A_MINUTE))


def tally(findings: Iterable[Finding]) -> tuple[tuple[str, int], ...]:
    """Return how many findings have each verdict, the surest first, none twice."""
    verdicts = {finding.id: finding.verdict for finding in findings}
    count = Counter(verdicts.values())
    return tuple((verdict, count[verdict]) for verdict in VERDICTS)


def unexplained(page: Document) -> tuple[str, ...]:
    """Return the verdicts that the text of a page does not explain under their ids.

    Every verdict on the site leads to its id on the page of the findings.
    """
    texts = [part.html for part in page.parts if isinstance(part, Prose)]
    html = "".join(texts)
    return tuple(verdict for verdict in VERDICTS if f'id="{verdict}"' not in html)
