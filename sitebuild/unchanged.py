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
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from sitebuild import disk
from sitebuild.read import ignore
from sitebuild.read.record import RECORD, was_recorded

if TYPE_CHECKING:
    from sitebuild.build import Build

_PLUGINS = ["sitebuild.plugin"]
_PLAIN = (str, int, float, bool, type(None), type(Path()))


class _InDoubtError(Exception):
    """Raised where nobody can say what a build would make."""


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
        made_of = disk.digest(*_made_of(settings))
        return _Seen(made_of, str(settings["OUTPUT_PATH"]))
    except Exception:  # whatever settings raise: a build says what is wrong with them
        return _Seen(b"", "")


def _made_of(settings: Mapping[str, Any]) -> Iterator[bytes]:
    """Yield all that a site is made of. Raises _InDoubtError, and what settings do."""
    if settings["PLUGINS"] != _PLUGINS:
        raise _InDoubtError("PLUGINS")
    yield _written(dict(settings)).encode()
    content = Path(settings["PATH"])
    for folder in (content, Path(settings["THEME"])):
        yield from _sources(folder)
    if not (content / RECORD).exists():
        yield b"%d" % was_recorded(content)


def _settings(settings_file: Path) -> dict[str, Any]:
    """Return the settings that a file has, as Pelican reads it."""
    values = runpy.run_path(str(settings_file))
    return {name: value for name, value in values.items() if name.isupper()}


def _written(value: Any) -> str:
    """Return a plain value as Python writes it; raise _InDoubtError for any other.

    The very type counts: a text that is marked as HTML is shown otherwise.
    """
    if type(value) in (list, tuple):
        return f"{type(value).__name__}({','.join(map(_written, value))})"
    if type(value) is dict:
        pairs = [f"{_written(key)}:{_written(it)}" for key, it in value.items()]
        return f"{{{','.join(pairs)}}}"
    if type(value) not in _PLAIN:
        raise _InDoubtError(type(value).__name__)
    return repr(value)


def _sources(folder: Path) -> Iterator[bytes]:
    """Yield the names and the bytes of all files in a folder that a build may read."""
    for name in sorted(ignore.walk(str(folder))):
        path = Path(name)
        if path.is_symlink() or not path.is_file():
            raise _InDoubtError(name)
        yield name.encode()
        yield disk.digest(path.read_bytes())


def _held(folder: str) -> bytes:
    """Return a digest of all that a folder holds; b"" in doubt."""
    try:
        return disk.digest(*_all(folder))
    except (OSError, _InDoubtError):
        return b""


def _all(folder: str) -> Iterator[bytes]:
    """Yield the names of all that stands in a folder, and the bytes of its files."""
    with os.scandir(folder) as entries:
        found = sorted(entries, key=lambda entry: entry.name)
    for entry in found:
        yield entry.name.encode()
        if entry.is_dir(follow_symlinks=False):
            yield b"/"
            yield from _all(entry.path)
            yield b".."
        elif entry.is_file(follow_symlinks=False):
            yield disk.digest(Path(entry.path).read_bytes())
        else:
            raise _InDoubtError(entry.path)
