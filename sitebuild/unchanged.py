"""Whether a build would change anything, asked before anything costly is imported.

The rule: a site is made of its sources, its theme, the values of its settings, and what
every result on disk depends on (see `disk`). The digest of the folder that they made is
kept under the digest of all of them. So where what would be built is known, and the
folder holds just that, a build has nothing to do. In doubt it is done: for settings
that are more than plain values, for plugins and extensions of one's own, and where
anything but files and folders stands among the sources or in the output.
"""

from __future__ import annotations

import os
import runpy
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from sitebuild import disk
from sitebuild.read import ignore
from sitebuild.read.record import RECORD, was_recorded

if TYPE_CHECKING:
    from sitebuild.build import Build

_PLUGINS = ["sitebuild.plugin"]


class _Seen(NamedTuple):
    """A digest of all that a site is made of, b"" in doubt; and where it is put."""

    made_of: bytes
    output: str


class Watch:
    """What a build is made of before it begins; made once for each build."""

    def __init__(self, settings_file: Path) -> None:
        """Look at all that the settings in a file name."""
        self._settings_file = settings_file
        self._cache = settings_file.parent / disk.PATH
        self._seen = _look(settings_file)

    def is_current(self) -> bool:
        """Return whether the output is what a build would make again."""
        if not self._seen.made_of:
            return False
        with disk.opened(self._cache) as cache:
            kept = cache.get("site", self._seen.made_of)
        return kept is not None and kept == _held(self._seen.output)

    def keep(self, done: Build) -> None:
        """Keep what a finished build made.

        Nothing is kept where something changed since the watch began: the build may
        have read it before or after that.
        """
        if not (self._seen.made_of and done.reader.setter.is_known):
            return
        held = _held(self._seen.output)
        if held and _look(self._settings_file) == self._seen:
            with disk.opened(self._cache) as cache:
                cache.put("site", self._seen.made_of, held)


def _look(settings_file: Path) -> _Seen:
    try:
        settings = _settings(settings_file)
        made_of = disk.digest(*_made_of(settings, settings_file.parent))
        return _Seen(made_of, str(settings_file.parent / settings["OUTPUT_PATH"]))
    except Exception:  # whatever settings raise: a build says what is wrong with them
        return _Seen(b"", "")


def _made_of(settings: Mapping[str, Any], home: Path) -> Iterator[bytes]:
    """Yield all that a site is made of, its folders as Pelican looks for them: at home.

    Raises InDoubtError, OSError, and what settings raise.
    """
    if settings["PLUGINS"] != _PLUGINS:
        raise disk.InDoubtError("PLUGINS")
    yield disk.written(dict(settings)).encode()
    content = home / settings["PATH"]
    for folder in (content, home / settings["THEME"]):
        yield from _all(str(folder), ignore.is_ignored)
    if not (content / RECORD).exists():
        if "HOSTING" in settings:  # a public site that stands there has lost it
            raise disk.InDoubtError(RECORD)
        yield b"%d" % was_recorded(content)


def _settings(settings_file: Path) -> dict[str, Any]:
    """Return the settings that a file has, as Pelican reads it."""
    values = runpy.run_path(str(settings_file))
    return {name: value for name, value in values.items() if name.isupper()}


def _held(folder: str) -> bytes:
    """Return a digest of all that a folder holds; b"" in doubt."""
    try:
        return disk.digest(*_all(folder, lambda _: False))
    except (OSError, disk.InDoubtError):
        return b""


def _all(folder: str, is_left_out: Callable[[str], bool]) -> Iterator[bytes]:
    """Yield the names of all that stands in a folder, and a digest of each file.

    Raises OSError where it cannot be read, InDoubtError for a link, a pipe and so on.
    """
    with os.scandir(folder) as entries:
        found = sorted(entries, key=lambda entry: entry.name)
    for entry in found:
        if is_left_out(entry.name):
            continue
        yield entry.name.encode()
        if entry.is_dir(follow_symlinks=False):
            yield b"/"
            yield from _all(entry.path, is_left_out)
            yield b".."
        elif entry.is_file(follow_symlinks=False):
            yield disk.digest(Path(entry.path).read_bytes())
        else:
            raise disk.InDoubtError(entry.path)
