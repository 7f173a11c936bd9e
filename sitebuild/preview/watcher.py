"""Which sources differ from those of the last build.

The system says when to look. Some file systems and disks say nothing, so the watcher
also looks twice a second.
"""

from __future__ import annotations

import os
import time
import zlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from threading import Event, Lock, Thread
from typing import NamedTuple

from watchfiles import watch

from sitebuild.read import ignore

# The folders of a project of which every file may change a page, and the endings of
# the files beside these folders that may.
FOLDERS = ("content", "theme", "sitebuild")
SUFFIXES = (".py", ".toml", ".txt")
# A file may change again without a new time within one clock tick of its file system.
_TICK_NS = 50_000_000
_LOOK_MS = 500


class Stamp(NamedTuple):
    """What tells one version of a file from another.

    `checksum` is of the bytes, where time, size and inode may not tell; else 0.
    """

    mtime_ns: int
    size: int
    inode: int
    checksum: int = 0

    def is_same_file(self, other: Stamp | None) -> bool:
        """Return whether time, size and inode are equal."""
        return other is not None and self[:3] == other[:3]


State = Mapping[str, Stamp]


def _paths(root: Path) -> Iterator[str]:
    for path in ignore.walk(str(root), deep=False):
        if path.endswith(SUFFIXES):
            yield path
    for name in FOLDERS:
        yield from ignore.walk(str(root / name))


class Sources:
    """The files that a build of one project reads."""

    def __init__(self, root: Path) -> None:
        """Take the project's folder."""
        self._root = root
        self._last: dict[str, Stamp] = {}
        # Files read at least one tick after their change: a further change will show
        # in their time.
        self._settled: set[str] = set()
        self._lock = Lock()

    def look(self) -> State:
        """Return the stamp of every file that is there now."""
        with self._lock:
            found = {}
            for path in _paths(self._root):
                try:
                    found[path] = self._stamp(path)
                except OSError:  # it vanished
                    continue
            self._last = found
            return found

    def _stamp(self, path: str) -> Stamp:
        # A Path for each file would cost more than all else here.
        stat = os.stat(path)  # noqa: PTH116
        stamp = Stamp(stat.st_mtime_ns, stat.st_size, stat.st_ino)
        last = self._last.get(path)
        if stamp == last:
            return stamp
        is_young = time.time_ns() - stamp.mtime_ns < _TICK_NS
        if stamp.is_same_file(last):
            if last is not None and path in self._settled:
                return last
        elif not is_young:
            return stamp
        if is_young:
            self._settled.discard(path)
        else:
            self._settled.add(path)
        return stamp._replace(checksum=zlib.crc32(Path(path).read_bytes()))

    def wait_until_quiet(self, state: State, pause_s: float, limit_s: float) -> State:
        """Look until two looks `pause_s` seconds apart agree; return the last one.

        So files that are saved together are built together. It takes `limit_s` seconds
        at the most.
        """
        end = time.monotonic() + limit_s
        while time.monotonic() < end:
            time.sleep(pause_s)
            before = state
            state = self.look()
            if state == before:
                break
        return state


def changed(old: State, new: State, root: Path) -> list[str]:
    """Return the files, relative to the project, that differ between two looks."""
    paths = old.keys() | new.keys()
    differing = [path for path in paths if old.get(path) != new.get(path)]
    return sorted(Path(path).relative_to(root).as_posix() for path in differing)


def needs_new_process(name: str) -> bool:
    """Return whether a change of this file reaches a build only if code is reloaded.

    This holds for code and for the files beside the folders.
    """
    return name.endswith(".py") or "/" not in name


def start(root: Path, wake: Event, stop: Event) -> None:
    """Set `wake` whenever something may have changed, until `stop` is set."""
    below = [root / name for name in FOLDERS]
    for folders, is_deep in (([root], False), (below, True)):
        arguments = (folders, is_deep, wake, stop)
        Thread(target=_notice, args=arguments, daemon=True).start()


def _inodes(folders: list[Path]) -> list[int]:
    return [folder.stat().st_ino if folder.is_dir() else 0 for folder in folders]


def _notice(folders: list[Path], is_deep: bool, wake: Event, stop: Event) -> None:
    """Watch folders; start again when one was replaced, which ends its watch."""
    while not stop.is_set():
        try:
            inodes = _inodes(folders)
            for _ in _events(folders, is_deep, stop):
                wake.set()
                if _inodes(folders) != inodes:
                    break
        except (OSError, RuntimeError):
            # The system has no watches left, or a folder has just gone.
            stop.wait(_LOOK_MS / 1000)
            wake.set()


def _events(folders: list[Path], is_deep: bool, stop: Event) -> Iterator[object]:
    """Yield whenever something happens in some folders, and twice a second."""
    return watch(
        *[folder for folder in folders if folder.is_dir()],
        watch_filter=None,
        step=1,
        debounce=5,
        rust_timeout=_LOOK_MS,
        yield_on_timeout=True,
        stop_event=stop,
        raise_interrupt=False,
        recursive=is_deep,
    )
