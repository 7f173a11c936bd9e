"""Names of files that editors and tools leave behind: no part of the site, so no part of a build looks at them."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from fnmatch import translate
from pathlib import Path

# Hidden files, swap files and locks, back-ups, what editors, patch and desktops leave, compiled code; as Pelican's
# IGNORE_FILES takes them, whose default `**/.*` matches no name.
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
_litter = re.compile("|".join(map(translate, PATTERNS)))


def is_litter(name: str) -> bool:
    """Whether a file or folder of this name is left out."""
    return bool(_litter.match(name))


def walk(folder: str, *, deep: bool = True) -> Iterator[str]:
    """The paths in a folder of all that is no folder and no litter, links followed; what vanishes is left out."""
    try:
        entries = list(os.scandir(folder))
    except OSError:
        return
    for entry in entries:
        if is_litter(entry.name):
            continue
        if not (
            Path(entry.path) if entry.is_symlink() else entry
        ).is_dir():  # a Path bears a link to itself
            yield entry.path
        elif deep:
            yield from walk(entry.path)
