"""What a folder of sources may hold: folders and files that can be read, no more."""

from __future__ import annotations

import os
import re
import stat
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
# What reading would wait for, or would never end.
_SPECIAL = {
    stat.S_IFIFO: "named pipe",
    stat.S_IFSOCK: "socket",
    stat.S_IFCHR: "device",
    stat.S_IFBLK: "disk",
}
_Problem = tuple[str, str, str]  # what was found, what is allowed, what to do


def walk(folder: str, *, deep: bool = True) -> Iterator[str]:
    """Yield the paths of the files in a folder that are not ignored.

    Links are followed; with `deep`, so are folders. What vanishes is left out.
    """
    for path, folders, names in os.walk(folder, followlinks=True):
        folders[:] = [it for it in folders if deep and not _ignored.match(it)]
        yield from (f"{path}/{it}" for it in names if not _ignored.match(it))


def check(folder: Path, report: Report) -> None:
    """Report what no build can read in a folder, before anything opens it.

    That is: pipes and devices, links that leave the folder or lead in a circle, and
    files without permission.
    """
    for path, problem in _problems(folder, ()):
        place = SourceLine(path.relative_to(folder.parent).as_posix(), 1)
        report.add(place, *problem)


def _problems(path: Path, above: tuple[Path, ...]) -> Iterator[tuple[Path, _Problem]]:
    """Yield what is wrong with a file or in a folder; `above` are the real folders."""
    try:
        problem = _of_link(path, above) or _of_kind(path)
        if problem:
            yield path, problem
        elif path.is_dir():
            above = (*above, Path(os.path.realpath(path)))
            for name in sorted(it.name for it in path.iterdir()):
                if not _ignored.match(name):
                    yield from _problems(path / name, above)
    except OSError as error:
        yield (
            path,
            (
                f"it cannot be read: {error.strerror}",
                "the build reads every file of its sources",
                "give yourself permission to read it, or remove it",
            ),
        )


def _of_link(path: Path, above: tuple[Path, ...]) -> _Problem | None:
    if not (above and path.is_symlink()):
        return None
    end = Path(os.path.realpath(path))
    if not end.exists():
        allowed = "a link leads to a file of the same folder"
        return "it is a link to nothing", allowed, "correct or remove it"
    if end in above:
        allowed = "a folder holds no circle of links"
        return "it is a link to a folder that it stands in", allowed, "remove the link"
    if not end.is_relative_to(above[0]):
        return (
            f"it is a link out of the folder {above[0].name}",
            "what is published stands in the project, and links lead to files there",
            "copy the file to the place of the link",
        )
    return None


def _of_kind(path: Path) -> _Problem | None:
    name = _SPECIAL.get(stat.S_IFMT(path.stat().st_mode))
    if name:
        allowed = "a folder of sources holds files and folders"
        remedy = "remove it, or put a file in its place"
        return f"it is a {name}", allowed, remedy
    if not os.access(path, os.R_OK):
        raise PermissionError(0, "Permission denied")
    return None
