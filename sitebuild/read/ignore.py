"""Names of files that editors and tools leave behind, which no build looks at."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from fnmatch import translate
from pathlib import Path

# Hidden files, swap files and locks, back-ups, what editors, patch and desktops leave,
# compiled code; in the form of Pelican's IGNORE_FILES, whose default `**/.*` matches
# no name.
PATTERNS = (
    ".*",
    "#*",
    "*~",
    "~$*",
    "*.tmp",
    "*.bak",
    "*.orig",
    "*.rej",
    "4913",
    "*___jb_*",
    "Thumbs.db",
    "desktop.ini",
    "__pycache__",
    "*.pyc",
)
_ignored = re.compile("|".join(map(translate, PATTERNS)))


def is_ignored(name: str) -> bool:
    """Return whether a build leaves out files and folders of this name."""
    return bool(_ignored.match(name))


def walk(folder: str, *, deep: bool = True) -> Iterator[str]:
    """Yield the paths of the files in a folder that are not ignored.

    Links are followed; with `deep`, so are folders. What vanishes is left out.
    """
    try:
        entries = list(os.scandir(folder))
    except OSError:
        return
    for entry in entries:
        if is_ignored(entry.name):
            continue
        if not _is_folder(entry):
            yield entry.path
        elif deep:
            yield from walk(entry.path)


def _is_folder(entry: os.DirEntry[str]) -> bool:
    # a DirEntry raises OSError on a link to itself, a Path does not
    if entry.is_symlink():
        return Path(entry.path).is_dir()
    return entry.is_dir()
