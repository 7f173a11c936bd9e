"""What builds keep on disk for the builds after them, in one SQLite file.

The rule: what a result is made of is its name. A result is kept under the digest of all
that it depends on: the bytes it was made of, the project's code, Python, and every
installed package with its version. So nothing that is found can be out of date; what is
not found is made again.

The file may be deleted at any time. It is written in a few transactions, while a build
goes on, so a kill leaves whole entries, each as good as those of a build that ended;
two processes may use it, and one that cannot write goes on without. Every entry has a
digest of its own, and where that, SQLite or the disk says that something is wrong, the
result is made again. Entries are data and never code: HTML, JSON, images.
"""

from __future__ import annotations

import sqlite3
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from hashlib import blake2b
from pathlib import Path
from typing import Any

PATH = Path(".cache", "builds.sqlite")  # in a project
MOST_BYTES = 2**29  # beyond that only what the last build used stays
_BATCH_BYTES = 2**22  # so much that is new is written together
_WAIT_S = 2.0  # for another process that writes
_DIGEST = 16  # bytes
_PACKAGE = Path(__file__).parent
_PLAIN = (str, int, float, bool, type(None), type(Path()))
# With row ids, as SQLite advises where a row may take much of a page of the file.
_TABLE = (
    "CREATE TABLE IF NOT EXISTS kept"
    " (name BLOB PRIMARY KEY, digest BLOB NOT NULL, data BLOB NOT NULL)"
)


def digest(*parts: bytes) -> bytes:
    """Return a digest of some bytes, of where each part ends too."""
    whole = blake2b(digest_size=_DIGEST)
    for part in parts:
        whole.update(b"%d:" % len(part))
        whole.update(part)
    return whole.digest()


class InDoubtError(Exception):
    """Raised where nobody can say what something is made of."""


def written(value: Any) -> str:
    """Return a plain value as Python writes it; raise InDoubtError for any other.

    The very type counts: a text that is marked as HTML is shown otherwise.
    """
    if type(value) in (list, tuple):
        return f"{type(value).__name__}({','.join(map(written, value))})"
    if type(value) is dict:
        pairs = [f"{written(key)}:{written(it)}" for key, it in value.items()]
        return f"{{{','.join(pairs)}}}"
    if type(value) not in _PLAIN:
        raise InDoubtError(type(value).__name__)
    return repr(value)


class DiskCache:
    """Results of earlier builds by what they were made of."""

    def __init__(self, path: Path | None = None) -> None:
        """Open the file at `path`, made where there is none; None keeps nothing.

        What cannot be opened is replaced once, as it may be damaged; where that fails
        too, nothing is kept.
        """
        self._path = path
        self._file = _open(path) if path else None
        self._of = _common() if self._file else b""
        self._used: set[bytes] = set()
        self._new: dict[bytes, bytes] = {}
        self._new_bytes = 0
        self._has_written = False

    @property
    def is_open(self) -> bool:
        """Return whether anything is kept."""
        return self._file is not None

    def get(self, kind: str, made_of: bytes) -> bytes | None:
        """Return a result of a kind by what it was made of, None where none is kept."""
        if self._file is None:
            return None
        name = self._name(kind, made_of)
        if name in self._new:
            return self._new[name]
        try:
            query = "SELECT digest, data FROM kept WHERE name = ?"
            found = self._file.execute(query, (name,)).fetchone()
        except sqlite3.Error as error:
            self._give_up(error)
            return None
        if found is None or not _is_whole(name, *found):
            return None
        self._used.add(name)
        return bytes(found[1])

    def put(self, kind: str, made_of: bytes, data: bytes) -> None:
        """Keep a result, at the latest once the build ends."""
        if self._file is None:
            return
        self._new[self._name(kind, made_of)] = data
        self._new_bytes += len(data)
        if self._new_bytes >= _BATCH_BYTES:
            self._write()

    def remember(self, kind: str, made_of: bytes, make: Callable[[], bytes]) -> bytes:
        """Return a result: the one that is kept, else a new one, which is kept then."""
        data = self.get(kind, made_of)
        if data is None:
            data = make()
            self.put(kind, made_of, data)
        return data

    def save(self) -> None:
        """Write what is new; where that is too much, forget what was not used."""
        if self._new:
            self._write()
        if self._has_written:
            self._change(self._bound)

    def _write(self) -> None:
        """Write what is new."""
        rows = ((name, digest(name, it), it) for name, it in self._new.items())
        insert = "INSERT OR REPLACE INTO kept VALUES (?,?,?)"
        self._change(lambda file: file.executemany(insert, rows))
        self._used.update(self._new)
        self._new = {}
        self._new_bytes = 0
        self._has_written = True

    def _change(self, change: Callable[[sqlite3.Connection], object]) -> None:
        """Change the file in one transaction; give it up where that fails."""
        if self._file is None:
            return
        try:
            with self._file:
                self._file.execute("BEGIN IMMEDIATE")
                change(self._file)
        except sqlite3.Error as error:
            self._give_up(error)

    def _bound(self, file: sqlite3.Connection) -> None:
        total = file.execute("SELECT sum(length(data)) FROM kept").fetchone()[0]
        if total <= MOST_BYTES:
            return
        for (name,) in file.execute("SELECT name FROM kept").fetchall():
            if name not in self._used:
                file.execute("DELETE FROM kept WHERE name = ?", (name,))

    def close(self) -> None:
        """Close the file; nothing is kept after that."""
        if self._file is not None:
            with suppress(sqlite3.Error):
                self._file.close()
        self._file = None

    def _give_up(self, error: sqlite3.Error) -> None:
        """Keep nothing from now on; remove a file that is damaged."""
        self.close()
        self._new = {}
        if self._path and not isinstance(error, sqlite3.OperationalError):
            _remove(self._path)

    def _name(self, kind: str, made_of: bytes) -> bytes:
        return digest(self._of, kind.encode(), made_of)


NOTHING = DiskCache()


def _is_whole(name: bytes, kept_digest: object, data: object) -> bool:
    return isinstance(data, bytes) and digest(name, data) == kept_digest


@contextmanager
def opened(path: Path) -> Iterator[DiskCache]:
    """Open the cache at `path` and save it in the end.

    A build that fails saves as well: what it made is right.
    """
    cache = DiskCache(path)
    try:
        yield cache
    finally:
        cache.save()
        cache.close()


def _open(path: Path) -> sqlite3.Connection | None:
    for _ in range(2):
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            return _connect(path)
        except sqlite3.OperationalError:  # it is in use, or may not be written
            return None
        except sqlite3.DatabaseError:  # it is damaged
            _remove(path)
        except OSError:
            return None
    return None


def _connect(path: Path) -> sqlite3.Connection:
    file = sqlite3.connect(path, timeout=_WAIT_S, isolation_level=None)
    try:
        file.execute("PRAGMA page_size = 16384")  # a page holds most results whole
        file.execute("PRAGMA journal_mode = WAL")  # who reads hinders nobody
        file.execute("PRAGMA synchronous = OFF")  # entries prove themselves
        file.execute(_TABLE)
    except sqlite3.Error:
        file.close()
        raise
    return file


def _remove(path: Path) -> None:
    for end in ("", "-wal", "-shm"):
        with suppress(OSError):
            path.with_name(path.name + end).unlink(missing_ok=True)


def _common() -> bytes:
    """Return a digest of what every result depends on: code, Python, packages."""
    parts = [sys.version.encode()]
    for path in sorted(_PACKAGE.rglob("*.py")):
        parts.append(path.relative_to(_PACKAGE).as_posix().encode())
        parts.append(path.read_bytes())
    for package in sorted(_packages()):
        parts.append(package.encode())
    return digest(*parts)


def _packages() -> Iterator[str]:
    """Yield each installed package with its version, as its folder is named."""
    for folder in sys.path:
        for pattern in ("*.dist-info", "*.egg-info"):
            for path in Path(folder).glob(pattern):
                yield path.name
