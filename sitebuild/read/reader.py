"""Reads source files, each again only when it differs.

In memory a reader has the last reading of each path; on disk (see `disk`) the readings
of earlier processes are kept, named by all that a reading is made of: path, kind and
bytes of the file, and the settings of Markdown and typography.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from sitebuild.disk import digest
from sitebuild.read import kept
from sitebuild.read.document import Reading, read_document
from sitebuild.read.markdown import Typesetter, Typesetting


class Known(NamedTuple):
    """A reading, and the path, the kind and the bytes of the file that it is of."""

    path: str
    kind: str
    data: bytes
    reading: Reading


class DocumentReader:
    """Reads source files, and reads a file again only when its bytes have changed.

    It remembers one reading of each path, so it holds no more than the sources do.
    """

    def __init__(self, settings: Typesetting) -> None:
        """Take the settings of Markdown and typography."""
        self.setter = Typesetter(settings)
        self._known: dict[str, Known] = {}

    @property
    def is_new(self) -> bool:
        """Return whether it has read nothing yet."""
        return not self._known

    def read(self, path: str, kind: str, data: bytes) -> Reading:
        """Return what a file gives; see `read_document`."""
        known = self._known.get(path)
        if known is None or (known.kind, known.data) != (kind, data):
            known = Known(path, kind, data, self._read(path, kind, data))
            self._known[path] = known
        return known.reading

    def is_kept(self, path: str, kind: str, data: bytes) -> bool:
        """Return whether an earlier process kept a reading on disk."""
        made_of = self._made_of(path, kind, data)
        return self.setter.disk.get("reading", made_of) is not None

    def take(self, known: Known, packed: bytes) -> None:
        """Take a reading that another process made, and its form on disk."""
        self._known[known.path] = known
        self.setter.disk.put("reading", self._made_of(*known[:3]), packed)

    def _read(self, path: str, kind: str, data: bytes) -> Reading:
        """Return a reading that an earlier process kept, else a new one."""
        if not self.setter.is_known:
            return read_document(path, kind, data, self.setter)
        made_of = self._made_of(path, kind, data)
        found = self.setter.disk.get("reading", made_of)
        if found is not None:
            return kept.unpack_reading(found, data)
        reading = read_document(path, kind, data, self.setter)
        self.setter.disk.put("reading", made_of, kept.pack(reading))
        return reading

    def _made_of(self, path: str, kind: str, data: bytes) -> bytes:
        return digest(self.setter.made_of, path.encode(), kind.encode(), data)


_LAST: list[DocumentReader] = []


def reader_for(settings: Mapping[str, Any]) -> DocumentReader:
    """Return the reader of this process for Pelican's settings.

    There is one: a new one takes its place where what it depends on differs.
    """
    wanted = Typesetting.of(settings)
    last = _LAST[0].setter.settings if _LAST else None
    # 4 and 4.0 are equal, and Markdown fails on one of them: so how it is written, too.
    if last != wanted or repr(last) != repr(wanted):
        _LAST[:] = [DocumentReader(wanted)]
    return _LAST[0]
