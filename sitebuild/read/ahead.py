"""Reading sources on all cores, before Pelican asks for them one by one.

Forked processes read the files, and the reader takes each reading with the bytes that
it was made of, so that a file which changed since is read again. What a process cannot
read, or leaves unread when it dies, is read where Pelican asks for it.
"""

from __future__ import annotations

import ctypes
import os
import signal
import sys
import threading
from collections.abc import Iterator, Sequence
from concurrent import futures
from multiprocessing import active_children, get_context
from pathlib import Path
from typing import NamedTuple

from sitebuild.read import kept
from sitebuild.read.document import read_document
from sitebuild.read.markdown import Typesetter
from sitebuild.read.reader import DocumentReader, Known

# What starting a process costs is what reading these costs (measured: see test_ahead).
_FEWEST = 2  # processes; one is here already
_FEWEST_EACH = 40
_AT_ONCE = 8  # sources that a process takes, and answers, together
_SAMPLES = 8
_PR_SET_PDEATHSIG = 1  # prctl(2)

_setter: list[Typesetter] = []  # that of a forked process


class Source(NamedTuple):
    """A source file: its path in messages, its kind, and where it is."""

    path: str
    kind: str
    file: str


class _Read(NamedTuple):
    known: Known
    packed: bytes


def read_ahead(reader: DocumentReader, sources: Sequence[Source]) -> None:
    """Let a reader know some sources, where they are many and new.

    They are not new where it finds one of a few on disk: an earlier build read them.
    """
    processes = min(_cores(), len(sources) // _FEWEST_EACH)
    if processes < _FEWEST or not reader.setter.is_known:
        return
    if any(_is_kept(reader, it) for it in sources[:: len(sources) // _SAMPLES]):
        return
    others = active_children()
    try:
        for read in _read_all(reader.setter, sources, processes):
            if read:
                reader.take(*read)
    except (futures.BrokenExecutor, OSError):  # the second could not be forked, say
        for process in set(active_children()).difference(others):
            process.kill()


def _cores() -> int:
    """Return how many processes may run at once; 1 where none may be forked.

    With threads it may not: a lock that one of them holds would stay locked.
    """
    if sys.platform != "linux" or threading.active_count() > 1:
        return 1
    return len(os.sched_getaffinity(0))


def _is_kept(reader: DocumentReader, source: Source) -> bool:
    try:
        data = Path(source.file).read_bytes()
    except OSError:
        return False
    return reader.is_kept(source.path, source.kind, data)


def _read_all(
    setter: Typesetter, sources: Sequence[Source], processes: int
) -> Iterator[_Read | None]:
    """Yield what each source gives, in order; None for one that cannot be read."""
    with futures.ProcessPoolExecutor(
        processes, get_context("fork"), _begin, (setter,)
    ) as pool:
        yield from pool.map(_read, sources, chunksize=_AT_ONCE)


def _begin(setter: Typesetter) -> None:
    """Begin a process that ends when its parent is killed, and not by Ctrl-C."""
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _setter[:] = [setter]


def _read(source: Source) -> _Read | None:
    setter = _setter[0]
    try:
        data = Path(source.file).read_bytes()
        reading = read_document(source.path, source.kind, data, setter)
        packed = kept.pack(reading) if setter.disk.is_open else b""
    except Exception:  # where Pelican asks for it, the build says what is wrong
        return None
    return _Read(Known(source.path, source.kind, data, reading), packed)
