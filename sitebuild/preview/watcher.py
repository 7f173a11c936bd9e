"""Knows when the sources differ from those last built: looks when the system says so, and now and then anyway."""

from __future__ import annotations

import os
import time
import zlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from threading import Event, Lock, Thread

from watchfiles import watch

from sitebuild.read import ignore as litter

# The folders of a project whose every file may change a page, and the files beside them that may.
FOLDERS = ("content", "theme", "sitebuild")
SUFFIXES = (".py", ".toml", ".txt")
# A file changed more recently than this may change again without a new time: file systems count in clock ticks.
_YOUNG_NS = 50_000_000
_LOOK_MS = 500

State = Mapping[str, tuple[int, ...]]


def _files(root: Path) -> Iterator[str]:
    yield from (
        path for path in litter.walk(str(root), deep=False) if path.endswith(SUFFIXES)
    )
    for name in FOLDERS:
        yield from litter.walk(str(root / name))


class Sources:
    """The files that a build of one project reads."""

    def __init__(self, root: Path) -> None:
        """Take the project's folder."""
        self._root = root
        self._known: dict[str, tuple[int, ...]] = {}
        self._sure: set[str] = (
            set()
        )  # read when no longer young, so a further change will have another time
        self._lock = Lock()

    def look(self) -> State:
        """What stands there now: for every file its time, size, inode and, while it is young, a sum of its bytes."""
        with self._lock:
            found = {}
            for path in _files(self._root):
                try:
                    stat = os.stat(path)  # noqa: PTH116 - a Path for each file would cost more than the look
                    sign = (stat.st_mtime_ns, stat.st_size, stat.st_ino)
                    known = self._known.get(path)
                    found[path] = (
                        sign if known == sign else self._sign(path, sign, known or ())
                    )
                except OSError:
                    continue
            self._known = found
            return found

    def _sign(
        self, path: str, sign: tuple[int, ...], known: tuple[int, ...]
    ) -> tuple[int, ...]:
        young = time.time_ns() - sign[0] < _YOUNG_NS
        if known[:3] == sign and path in self._sure:
            return known
        if known[:3] != sign and not young:
            return sign
        (self._sure.discard if young else self._sure.add)(path)
        return (*sign, zlib.crc32(Path(path).read_bytes()))

    def settle(self, state: State, pause: float, limit: float) -> State:
        """Look until two looks `pause` seconds apart agree, so that files saved together are built together."""
        end = time.monotonic() + limit
        while time.monotonic() < end:
            time.sleep(pause)
            before, state = state, self.look()
            if state == before:
                break
        return state


def changed(old: State, new: State, root: Path) -> list[str]:
    """The files, relative to the project, that two looks tell apart."""
    paths = (path for path in old.keys() | new.keys() if old.get(path) != new.get(path))
    return sorted(Path(path).relative_to(root).as_posix() for path in paths)


def needs_fresh_process(path: str) -> bool:
    """Whether a change of this file reaches a build only by loading code anew; settings are read for every build."""
    return path.endswith(".py") or "/" not in path


def start(root: Path, wake: Event, stop: Event) -> None:
    """Set `wake` whenever something may have changed, until `stop` is set."""
    for folders, deep in (([root], False), ([root / name for name in FOLDERS], True)):
        Thread(target=_notice, args=(folders, deep, wake, stop), daemon=True).start()


def _inodes(folders: list[Path]) -> list[int]:
    return [folder.stat().st_ino if folder.is_dir() else 0 for folder in folders]


def _notice(folders: list[Path], deep: bool, wake: Event, stop: Event) -> None:
    """Watch folders; one that is replaced takes its watch with it, so the watch begins anew."""
    while not stop.is_set():
        inodes = _inodes(folders)
        present = [folder for folder in folders if folder.is_dir()]
        try:
            for _ in watch(
                *present,
                watch_filter=None,
                step=1,
                debounce=5,
                rust_timeout=_LOOK_MS,
                yield_on_timeout=True,
                stop_event=stop,
                raise_interrupt=False,
                recursive=deep,
            ):
                wake.set()
                if _inodes(folders) != inodes:
                    break
        except (
            OSError,
            RuntimeError,
        ):  # no watches left on this system, or a folder is just gone
            stop.wait(_LOOK_MS / 1000)
            wake.set()
