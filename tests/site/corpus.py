"""Seeded articles of any number, written into the content of a project.

They name the topics and the findings that the project has, require passages of their
own, and link to each other, so that a build meets all that real articles have.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

_WORDS = """
bread dough flour water salt oven crust crumb starter yeast time heat bowl hand loaf
slice grain mill baker table cloth steam stone fold rest rise proof score knead shape
weigh stir warm cool slow long short soft firm wet dry plain
"""
_NOUNS = tuple(_WORDS.split())
_FIRST_DAY = date(2020, 1, 1)
_SECTIONS = 6
_SENTENCES = 7
# How many of the last articles one may link to.
_NEAR = 20


def grow(content: Path, count: int, seed: int = 1) -> list[Path]:
    """Write `count` articles below `content`; return their files in order."""
    topics = _named(content.glob("topics/*.md"), r"^slug: (\S+)")
    findings = _named([content / "evidence.yaml"], r"^- id: (\S+)")
    files = []
    for number in range(count):
        chance = random.Random(f"{seed} {number}")
        text = "\n".join(_article(number, chance, topics, findings))
        path = content / "articles" / f"{_slug(number)}.md"
        path.write_text(text, "utf-8")
        files.append(path)
    return files


def _named(files: Iterator[Path] | list[Path], pattern: str) -> list[str]:
    names = []
    for path in sorted(files):
        names += re.findall(pattern, path.read_text("utf-8"), re.MULTILINE)
    return names


def _slug(number: int) -> str:
    return f"grown-{number:05d}"


def _article(
    number: int, chance: random.Random, topics: list[str], findings: list[str]
) -> Iterator[str]:
    yield f"title: {_title(chance)} {number}"
    yield f"slug: {_slug(number)}"
    yield f"date: {_FIRST_DAY + timedelta(days=number % 2000)}"
    yield "status: published"
    yield f"summary: {_sentence(chance)}"
    for section in range(_SECTIONS):
        yield f"\n## {_title(chance)} {section}\n"
        yield f"/// passage | part-{section}"
        yield f"    topics: {chance.choice(topics)}"
        if findings:
            yield f"    evidence: {chance.choice(findings)}"
        if section % 3 == 1:
            yield f"    requires: part-{section + 1}"
        yield f"\n{_paragraph(chance)}\n\n{_paragraph(chance)}"
        if number:
            other = _slug(chance.randrange(max(0, number - _NEAR), number))
            yield f"\nMore on [{_title(chance)}](/articles/{other}/)."
        yield "///"


def _title(chance: random.Random) -> str:
    return " ".join(chance.sample(_NOUNS, 3)).capitalize()


def _sentence(chance: random.Random) -> str:
    words = " ".join(chance.choices(_NOUNS, k=chance.randint(6, 14)))
    return f"{words.capitalize()}."


def _paragraph(chance: random.Random) -> str:
    sentences = [_sentence(chance) for _ in range(_SENTENCES)]
    if chance.random() < 0.2:
        sentences.append('It\'s "so" -- or **not**...')
    return " ".join(sentences)
