"""What a folder of sources may hold: folders and files that can be read, no more."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from sitebuild.faults import Report
from sitebuild.model import SourceLine
from sitebuild.read.ignore import is_ignored

_KINDS = "a folder of sources holds files and folders"
# What reading would wait for, or would never end.
_SPECIAL = {
    stat.S_IFIFO: "named pipe",
    stat.S_IFSOCK: "socket",
    stat.S_IFCHR: "device",
    stat.S_IFBLK: "device",
}


@dataclass(frozen=True)
class _Problem:
    path: Path
    found: str
    allowed: str
    remedy: str


def check(folder: Path, report: Report) -> None:
    """Report what no build can read in a folder, before anything opens it.

    That is: pipes and devices, links that leave the folder or lead in a circle, and
    files without permission. Hidden files and other litter are left out.
    """
    for problem in _walk(folder, folder.resolve(), ()):
        place = SourceLine(problem.path.relative_to(folder.parent).as_posix(), 1)
        report.add(place, problem.found, problem.allowed, problem.remedy)


def _walk(folder: Path, home: Path, above: tuple[Path, ...]) -> Iterator[_Problem]:
    """Yield the problems below a folder; `above` are the real folders on the way."""
    above = (*above, folder.resolve())
    try:
        with os.scandir(folder) as found:
            entries = sorted(found, key=lambda entry: entry.name)
    except OSError as error:
        yield _unreadable(folder, error)
        return
    for entry in entries:
        if is_ignored(entry.name):
            continue
        problem = _problem(entry, home, above)
        if problem:
            yield problem
        elif entry.is_dir():
            yield from _walk(Path(entry.path), home, above)


def _problem(
    entry: os.DirEntry[str], home: Path, above: tuple[Path, ...]
) -> _Problem | None:
    """Return what is wrong with one entry of a folder; None if nothing is."""
    try:
        mode = entry.stat().st_mode
        if entry.is_symlink():
            return _of_link(Path(entry.path), home, above)
        special = _SPECIAL.get(stat.S_IFMT(mode))
        if special:
            remedy = "remove it, or put a file in its place"
            return _Problem(Path(entry.path), f"it is a {special}", _KINDS, remedy)
        if not os.access(entry.path, os.R_OK):
            raise PermissionError(0, "Permission denied")
    except OSError as error:
        if entry.is_symlink():
            return _of_broken_link(Path(entry.path))
        return _unreadable(Path(entry.path), error)
    return None


def _of_link(path: Path, home: Path, above: tuple[Path, ...]) -> _Problem | None:
    end = path.resolve()
    if end in above:
        return _Problem(
            path,
            "it is a link to a folder that it stands in",
            "a folder holds no circle of links",
            "remove the link",
        )
    if not end.is_relative_to(home):
        return _Problem(
            path,
            f"it is a link out of the folder {home.name}",
            "what is published stands in the project, and links lead to files there",
            "copy the file to the place of the link",
        )
    return None


def _of_broken_link(path: Path) -> _Problem:
    return _Problem(
        path,
        "it is a link to nothing",
        "a link leads to a file of the same folder",
        "correct or remove it",
    )


def _unreadable(path: Path, error: OSError) -> _Problem:
    return _Problem(
        path,
        f"it cannot be read: {error.strerror}",
        "the build reads every file of its sources",
        "give yourself permission to read it, or remove it",
    )
