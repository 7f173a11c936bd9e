"""The files that a build reads: what is in them now, and when to look again."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from threading import Lock
from typing import Any, NamedTuple

import watchfiles

from sitebuild.read import tree

# The folders of a project of which every file may change a page. Beside them stand the
# settings, which are Python.
FOLDERS = ("content", "theme", "sitebuild")
# A file may change again without a new time within one tick of its file system.
_TICK_NS = 50_000_000
# Files that are saved together come within so many ms of each other, in all so many.
_PAUSE_MS, _BURST_MS = 2, 50
_LOOK_MS = 500

# The path of each file below the project, and a number for its bytes.
State = Mapping[str, int]


class _File(NamedTuple):
    stamp: tuple[int, ...]  # times, size, inode
    is_settled: bool  # a further change will show in the stamp
    digest: int


class Sources:
    """The files that a build of one project reads."""

    def __init__(self, root: Path) -> None:
        """Take the project's folder."""
        self._root = root
        self._files: dict[str, _File] = {}
        self._lock = Lock()

    def look(self) -> State:
        """Return the state of the sources now; a file that has vanished is left out."""
        with self._lock:
            files = {}
            for path in self._paths():
                with suppress(OSError):
                    files[path] = self._read(path)
            self._files = files
        start = len(str(self._root)) + 1
        return {path[start:]: file.digest for path, file in files.items()}

    def _paths(self) -> Iterator[str]:
        for path in tree.walk(str(self._root), deep=False):
            if path.endswith(".py"):
                yield path
        for name in FOLDERS:
            yield from tree.walk(str(self._root / name))

    def _read(self, path: str) -> _File:
        stat = os.stat(path)  # noqa: PTH116 - a Path for each file costs most of a look
        stamp = (stat.st_ctime_ns, stat.st_mtime_ns, stat.st_size, stat.st_ino)
        last = self._files.get(path)
        if last and last.is_settled and last.stamp == stamp:
            return last
        is_settled = time.time_ns() - stat.st_ctime_ns > _TICK_NS
        return _File(stamp, is_settled, hash(Path(path).read_bytes()))


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
