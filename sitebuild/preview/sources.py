"""The files that a build reads: what is in them now, and when to look again."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import watchfiles

from sitebuild.read import tree

# The folders of a project of which every file may change a page. Beside them stand the
# settings, which are Python.
FOLDERS = ("content", "theme", "sitebuild")
# Files that are saved together come within so many ms of each other, in all so many.
_PAUSE_MS, _BURST_MS = 2, 50
_LOOK_MS = 500

# The path of each file below the project, and what no save leaves as it was: when it
# changed (which nobody can set, unlike a time of modification), its size, its inode.
State = Mapping[str, tuple[int, int, int]]


def look(root: Path) -> State:
    """Return the state of a project's sources; one that has vanished is left out."""
    state = {}
    start = len(str(root)) + 1
    for path in _paths(root):
        with suppress(OSError):
            stat = os.stat(path)  # noqa: PTH116 - a Path for each costs most of a look
            state[path[start:]] = (stat.st_ctime_ns, stat.st_size, stat.st_ino)
    return state


def _paths(root: Path) -> Iterator[str]:
    for path in tree.walk(str(root), deep=False):
        if path.endswith(".py"):
            yield path
    for name in FOLDERS:
        yield from tree.walk(str(root / name))


def changed(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[str]:
    """Return the files that only one of two mappings has or whose values differ."""
    return sorted(path for path in {**old, **new} if old.get(path) != new.get(path))


def watch(root: Path) -> Iterator[None]:
    """Yield at once, whenever a source may have changed, and twice a second.

    The system says when; some file systems say nothing. The watch begins again when a
    folder was replaced, which ends its watch.
    """
    while True:
        yield
        folders = [root / name for name in FOLDERS if (root / name).is_dir()]
        try:
            inodes = [folder.stat().st_ino for folder in folders]
            for _ in watchfiles.watch(
                *folders,
                watch_filter=None,
                step=_PAUSE_MS,
                debounce=_BURST_MS,
                rust_timeout=_LOOK_MS,
                yield_on_timeout=True,
            ):
                yield
                if [folder.stat().st_ino for folder in folders] != inodes:
                    break
        except (OSError, RuntimeError):
            # The system has no watches left, or a folder has just gone.
            time.sleep(_LOOK_MS / 1000)
