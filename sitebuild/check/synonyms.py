"""What is worth a look in content/synonyms.yaml: words that search cannot find."""

from __future__ import annotations

import re
from collections.abc import Iterable

from sitebuild.derive.site import Site
from sitebuild.read.evidence import Synonym
from sitebuild.render.search import records

_WORD = re.compile(r"[^\W_]+")


def advise(site: Site, synonyms: Iterable[Synonym]) -> list[str]:
    """Return a line for each word beside another that stands nowhere on the site."""
    texts = []
    for record in records(site):
        texts += [_plain(record.title), _plain(record.text)]
    everything = "\n".join(texts)
    lines = []
    for synonym in synonyms:
        for other in synonym.others:
            if _plain(other) not in everything:
                place = f"{synonym.place.file}:{synonym.place.line}"
                lines.append(
                    f'{place}: "{other}", searched for beside "{synonym.word}",'
                    " stands nowhere on the site"
                )
    return lines


def _plain(text: str) -> str:
    """Return the words of a text in lower case, with a space on each side of each."""
    bare = re.sub("['’]", "", text.lower())
    return f" {' '.join(_WORD.findall(bare))} "
