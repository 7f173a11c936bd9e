"""What a folder of sources may hold: folders and files that can be read, no more."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from fnmatch import translate
from pathlib import Path

from sitebuild.faults import Report
from sitebuild.model import SourceLine

# What no build looks at: hidden files, swap files and locks, back-ups, what editors,
# patch and desktops leave, compiled code; in the form of Pelican's IGNORE_FILES, whose
# default `**/.*` matches no name.
IGNORED = (
    *(".*", "#*", "*~", "~$*", "*.tmp", "*.bak", "*.orig", "*.rej", "4913", "*___jb_*"),
    *("Thumbs.db", "desktop.ini", "__pycache__", "*.pyc"),
)
_ignored = re.compile("|".join(map(translate, IGNORED)))
_ALLOWED = (
    "sources are files and folders, and links that lead to one of the same folder"
)


def walk(folder: str, *, deep: bool = True) -> Iterator[str]:
    """Yield the paths of the files in a folder that are not ignored.

    Links are followed; with `deep`, so are folders. What vanishes is left out.
    """
    for path, folders, names in os.walk(folder, followlinks=True):
        folders[:] = [it for it in folders if deep and not _ignored.match(it)]
        yield from (f"{path}/{it}" for it in names if not _ignored.match(it))


def check(folder: Path, report: Report) -> None:
    """Report what no build can read in a folder, before anything opens it.

    That is: links that leave the folder or lead in a circle, what is neither a file nor
    a folder, and what there is no permission for.
    """
    for path, problem in _problems(folder, ()):
        place = SourceLine(path.relative_to(folder.parent).as_posix(), 1)
        remedy = "put a file that you may read in its place, or remove it"
        report.add(place, problem, _ALLOWED, remedy)


def _problems(path: Path, above: tuple[Path, ...]) -> Iterator[tuple[Path, str]]:
    """Yield what is wrong with a file or in a folder; `above` are the real folders."""
    end = Path(os.path.realpath(path))
    if above and path.is_symlink() and not end.exists():
        yield path, "it is a link to nothing"
    elif end in above:
        yield path, "it is a link to a folder that it stands in"
    elif above and not end.is_relative_to(above[0]):
        yield path, f"it is a link out of the folder {above[0].name}"
    elif not (end.is_file() or end.is_dir()):
        yield path, "it is neither a file nor a folder"
    elif not os.access(path, os.R_OK | os.X_OK if end.is_dir() else os.R_OK):
        yield path, "there is no permission to read it"
    elif end.is_dir():
        for name in sorted(it.name for it in path.iterdir()):
            if not _ignored.match(name):
                yield from _problems(path / name, (*above, end))
