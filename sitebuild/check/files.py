"""Every file under content/ is part of the site."""

from __future__ import annotations

from collections.abc import Callable, Collection
from pathlib import Path

from sitebuild.faults import Report
from sitebuild.model import SourceLine
from sitebuild.read import ignore

# Texts that Pelican may read elsewhere.
_OTHER_TEXTS = {
    ".rst": "reStructuredText",
    ".html": "HTML",
    ".htm": "HTML",
    ".adoc": "AsciiDoc",
    ".org": "Org",
    ".ipynb": "a notebook",
    ".docx": "a document of Word",
    ".markdown": "Markdown under another name",
    ".mkd": "Markdown under another name",
}


def check_known(
    content: Path,
    known: Collection[str],
    name: Callable[[Path], str],
    allowed: str,
    report: Report,
) -> None:
    """Report the files of a folder whose paths are not known: nothing reads them."""
    for found in sorted(ignore.walk(str(content))):
        if found in known:
            continue
        suffix = Path(found).suffix.lower()
        what, remedy = "no part of the build reads this file", "move or remove it"
        if suffix in _OTHER_TEXTS:
            what = f"it is {_OTHER_TEXTS[suffix]}, and texts are Markdown"
            remedy = "write it as Markdown, in a file that ends with .md"
        report.add(SourceLine(name(Path(found)), 1), what, allowed, remedy)
