"""Words that readers type, with the words by which the site says the same.

content/synonyms.yaml holds a line `word: [other words, and, others]` for each. Both
sides are words or names in lower case.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

import yaml

from sitebuild.faults import Fault, Report, decode
from sitebuild.model import SourceLine

SYNONYMS = "synonyms.yaml"
_ALLOWED = "a line is `word: [other words]`, all in lower case"
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
# Words of letters, digits and apostrophes with single spaces or hyphens between them.
_WORDS = re.compile(r"[^\W_]+(?:[ '’-][^\W_]+)*")


@dataclass(frozen=True)
class Synonym:
    """A word that readers type, and what is looked for as well; `word` has its line."""

    word: str
    others: tuple[str, ...]
    place: SourceLine


def read_synonyms(
    path: str, data: bytes
) -> tuple[tuple[Synonym, ...], tuple[Fault, ...]]:
    """Read synonyms.yaml, given as its path and bytes; an empty file has none.

    Returns the synonyms in the order of the file, and the faults found.
    """
    report = Report()
    root = _compose(decode(data, path, report), path, report)
    found: dict[str, Synonym] = {}
    for synonym in _entries(root, path, report):
        first = found.setdefault(synonym.word, synonym)
        if first is not synonym:
            report.add(
                synonym.place,
                f'the word "{synonym.word}" stands twice',
                "a word is explained once",
                f"add to line {first.place.line} what is missing there",
            )
    return tuple(found.values()), tuple(report.faults)


def _compose(text: str, path: str, report: Report) -> yaml.MappingNode | None:
    """Return the root of the file; None where it is empty or, with a fault, unread."""
    try:
        root = yaml.compose(text, _LOADER)
    except (yaml.YAMLError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        problem = getattr(error, "problem", None) or "it is not YAML"
        report.add(
            SourceLine(path, mark.line + 1 if mark else 1),
            f"YAML cannot be read: {problem}",
            _ALLOWED,
            "fix this line or the one above it",
        )
        return None
    if root is None or isinstance(root, yaml.MappingNode):
        return root
    report.add(
        SourceLine(path, root.start_mark.line + 1),
        "the file is not `word: [other words]` lines",
        _ALLOWED,
        "write it so",
    )
    return None


def _entries(
    root: yaml.MappingNode | None, path: str, report: Report
) -> Iterator[Synonym]:
    """Yield the lines that are right; each other one is a fault."""
    if root is None:
        return
    for key, value in root.value:
        place = SourceLine(path, key.start_mark.line + 1)
        word = _word(key, place, report)
        others = _others(value, word, place, report)
        if word and others:
            yield Synonym(word, others, place)


def _others(
    node: yaml.Node, word: str, place: SourceLine, report: Report
) -> tuple[str, ...]:
    """Return the words beside a word; none, with a fault, where there is no list."""
    if not isinstance(node, yaml.SequenceNode) or not node.value:
        report.add(
            place,
            f'beside "{word}" stands no list of words',
            _ALLOWED,
            "write the words that the site uses in brackets",
        )
        return ()
    others: list[str] = []
    for item in node.value:
        other = _word(item, place, report)
        if other in (word, *others):
            report.add(
                place,
                f'"{other}" stands twice in the line of "{word}"',
                "each word is named once",
                "remove one of the two",
            )
        elif other:
            others.append(other)
    return tuple(others)


def _word(node: yaml.Node, place: SourceLine, report: Report) -> str:
    """Return a word or name as it was written; "", with a fault, where it is none."""
    written = node.value if isinstance(node, yaml.ScalarNode) else "[…]"
    if _WORDS.fullmatch(written) and written == written.lower():
        return str(written)
    report.add(
        place,
        f'"{written}" is no word in lower case',
        "words are of letters and digits, with spaces, hyphens or apostrophes between",
        "write the word alone, in lower case",
    )
    return ""
