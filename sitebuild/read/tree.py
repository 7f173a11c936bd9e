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
    for path, problem in _problems(str(folder), os.path.realpath(folder), ()):
        place = SourceLine(Path(path).relative_to(folder.parent).as_posix(), 1)
        remedy = "put a file that you may read in its place, or remove it"
        report.add(place, problem, _ALLOWED, remedy)


def _problems(
    path: str, real: str, above: tuple[str, ...]
) -> Iterator[tuple[str, str]]:
    """Yield what is wrong with a file or in a folder; `above` are the real folders."""
    is_folder = os.path.isdir(real)  # noqa: PTH112 - quicker than Path
    is_either = is_folder or os.path.isfile(real)  # noqa: PTH113
    if above and not is_either and not Path(real).exists():
        yield path, "it is a link to nothing"
    elif real in above:
        yield path, "it is a link to a folder that it stands in"
    elif above and not real.startswith(f"{above[0]}/"):
        yield path, f"it is a link out of the folder {Path(above[0]).name}"
    elif not is_either:
        yield path, "it is neither a file nor a folder"
    elif not os.access(path, os.R_OK | os.X_OK if is_folder else os.R_OK):
        yield path, "there is no permission to read it"
    elif is_folder:
        for entry in sorted(os.scandir(path), key=lambda it: it.name):
            if not _ignored.match(entry.name):
                end = f"{real}/{entry.name}"
                end = os.path.realpath(entry.path) if entry.is_symlink() else end
                yield from _problems(entry.path, end, (*above, real))
