"""Every file under content/ is part of the site, and every broken link has a source."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from pathlib import Path

from sitebuild.check.links import Problem
from sitebuild.faults import Report
from sitebuild.model import Document, SourceLine
from sitebuild.read import ignore


def check_known(
    content: Path,
    known: Collection[str],
    name: Callable[[Path], str],
    allowed: str,
    report: Report,
) -> None:
    """Report the files of a folder whose paths are not known: nothing reads them."""
    for found in sorted(ignore.walk(str(content))):
        if found not in known:
            report.add(
                SourceLine(name(Path(found)), 1),
                "no part of the build reads this file",
                allowed,
                "move or remove it",
            )


def source_texts(
    documents: Iterable[Document], templates: Mapping[str, str]
) -> dict[str, str]:
    """Return the texts of published sources, then of page templates, by path."""
    texts = {it.path: it.text for it in documents if it.is_published}
    for path, text in templates.items():
        if path.endswith(".html"):
            texts[path] = text
    return texts


def report_problems(
    problems: Iterable[Problem], texts: Mapping[str, str], report: Report
) -> None:
    """Report what is broken in built pages at the lines of the sources that say it.

    `texts` has the text of every source and template by the name that messages show.
    """
    for problem in problems:
        for place in _sources_of(problem, texts):
            report.add(
                place,
                f'"{problem.target}": {problem.what}',
                "pages hold HTML; links, fragments and images lead to something that"
                " the build made",
                "correct it, or write what it leads to",
            )


def _sources_of(problem: Problem, texts: Mapping[str, str]) -> list[SourceLine]:
    """Return the lines that a broken target comes from, else the page itself."""
    for needle in _needles(problem):
        found = _lines_with(needle, texts)
        if found:
            return found
    return [SourceLine(problem.page, 1)]


def _needles(problem: Problem) -> list[str]:
    """Return how a source may write a target, the surest first."""
    if problem.is_of_id:
        return [f"| {problem.target}"]
    fragment = problem.target.rpartition("#")[2]
    return [f"({problem.target})", f"(#{fragment})", problem.target]


def _lines_with(needle: str, texts: Mapping[str, str]) -> list[SourceLine]:
    places = []
    for path, text in texts.items():
        for number, line in enumerate(text.split("\n"), 1):
            if needle in line:
                places.append(SourceLine(path, number))
    return places
