"""Every file under content/ is part of the site."""

from __future__ import annotations

from collections.abc import Callable, Collection
from pathlib import Path

from sitebuild.faults import Report
from sitebuild.model import SourceLine
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
