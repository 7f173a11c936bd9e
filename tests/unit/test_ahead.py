"""Sources that other processes read give what reading them here gives."""

from __future__ import annotations

import multiprocessing
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from bench.corpus import grow
from bread import bake
from helpers import tree
from projects import ROOT, Project

from sitebuild import disk
from sitebuild.disk import DiskCache
from sitebuild.read import ahead, reader
from sitebuild.read.document import read_document
from sitebuild.read.markdown import Typesetting
from sitebuild.read.reader import DocumentReader

SETTINGS: dict[str, Any] = {
    "MARKDOWN": {"extensions": ["extra"]},
    "TYPOGRIFY": True,
    "TYPOGRIFY_OMIT_FILTERS": ["amp", "caps", "initial_quotes", "widont"],
}
MANY = 2 * ahead._FEWEST_EACH
# Reads ahead, and says so once each process has begun its first source.
STUCK = """
import os, sys, time
from sitebuild.read import ahead
from sitebuild.read.markdown import Typesetting
from sitebuild.read.reader import DocumentReader

def stay(*_):
    os.write(1, b"stuck\\n")
    time.sleep(600)

ahead.read_document = stay
ahead._cores = lambda: 2
settings = Typesetting({"extensions": ["extra"]}, True, [])
files = [ahead.Source("a.md", "article", sys.argv[1])] * 1000
ahead.read_ahead(DocumentReader(settings), files)
"""


@pytest.fixture
def forks(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[int]]:
    """Two cores, whatever the machine has; how many processes were asked for."""
    asked: list[int] = []
    read_all = ahead._read_all

    def note(setter: Any, sources: Any, processes: int) -> Any:
        asked.append(processes)
        return read_all(setter, sources, processes)

    own = threading.active_count()  # tests before may have left some
    count = threading.active_count
    monkeypatch.setattr(threading, "active_count", lambda: count() - own + 1)
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {0, 1})
    monkeypatch.setattr(ahead, "_read_all", note)
    return asked


@pytest.fixture
def sources(tmp_path: Path) -> list[ahead.Source]:
    """As many articles as are read ahead; every seventh has a fault."""
    project = bake(tmp_path / "project")
    found = []
    for number, path in enumerate(grow(project.root / "content", MANY)):
        if number % 7 == 3:
            path.write_text(path.read_text() + "\nLoose words.\n")
        found.append(ahead.Source(path.name, "article", str(path)))
    return found


def new_reader() -> DocumentReader:
    """A reader that has read nothing."""
    return DocumentReader(Typesetting.of(SETTINGS))


def check(one: DocumentReader, sources: list[ahead.Source]) -> int:
    """Each source is read as in one process; return how many were read already."""
    known = len(one._known)
    for path, kind, file in sources:
        data = Path(file).read_bytes()
        alone = read_document(path, kind, data, one.setter)
        assert repr(one.read(path, kind, data)) == repr(alone)
    return known


def test_other_processes_read_the_same(
    sources: list[ahead.Source], forks: list[int]
) -> None:
    """Documents and faults, with every place, are those of one process."""
    one = new_reader()
    ahead.read_ahead(one, sources)
    assert forks == [2]
    assert check(one, sources) == MANY


def test_a_build_is_the_same(
    tmp_path: Path, forks: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Faults, and the bytes of the site without them, do not depend on cores."""
    project = bake(tmp_path / "project", SEARCH_INDEX=False)
    files = grow(project.root / "content", MANY)
    text = files[5].read_text()
    files[5].write_text(f"{text}\nLoose words.\n")
    faults = _cold(project, project.faults)
    files[5].write_text(text)
    _cold(project, project.build)
    site = tree(project.output)
    assert forks == [2, 2]
    monkeypatch.setattr(ahead, "_cores", lambda: 1)
    files[5].write_text(f"{text}\nLoose words.\n")
    assert _cold(project, project.faults) == faults
    assert "Loose words." in faults[0]
    files[5].write_text(text)
    _cold(project, project.build)
    assert tree(project.output) == site


def _cold(project: Project, run: Callable[[], Any]) -> Any:
    reader._LAST.clear()
    (project.root / disk.PATH).unlink(missing_ok=True)
    try:
        return run()
    finally:
        reader._LAST.clear()


def test_a_file_that_changes_meanwhile_is_read_again(
    sources: list[ahead.Source], forks: list[int]
) -> None:
    """What Pelican finds in a file counts, not what was there a moment before."""
    one = new_reader()
    ahead.read_ahead(one, sources)
    file = Path(sources[1].file)
    file.write_text(file.read_text().replace("title: ", "title: Another "))
    assert check(one, sources) == MANY
    title = one.read(sources[1].path, "article", file.read_bytes()).document.label
    assert title.startswith("Another ")


def test_what_cannot_be_read_is_left(
    sources: list[ahead.Source], forks: list[int]
) -> None:
    """A file that is missing, or that reading fails on, is no concern of the others."""
    missing = ahead.Source("no.md", "article", "/no/such/file")
    unknown = sources[0]._replace(path="odd.md", kind="no kind")
    one = new_reader()
    ahead.read_ahead(one, [missing, unknown, *sources])
    assert set(one._known) == {it.path for it in sources}


def test_a_process_that_dies_leaves_the_rest_to_this_one(
    sources: list[ahead.Source], forks: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever the dead one had not read is read here."""

    def read(path: str, *it: Any) -> Any:
        if path == sources[MANY // 2].path:
            os.kill(os.getpid(), signal.SIGKILL)
        return read_document(path, *it)

    monkeypatch.setattr(ahead, "read_document", read)
    one = new_reader()
    ahead.read_ahead(one, sources)
    assert check(one, sources) < MANY
    assert forks == [2]


@pytest.mark.parametrize("room", [0, 1])
def test_a_system_without_room_reads_here(
    sources: list[ahead.Source],
    forks: list[int],
    monkeypatch: pytest.MonkeyPatch,
    room: int,
) -> None:
    """Where not all processes can be forked, the build goes on, and waits for none."""
    fork = os.fork
    forked: list[int] = []

    def fork_few() -> int:
        if len(forked) == room:
            raise BlockingIOError("no more processes")
        forked.append(fork())
        return forked[-1]

    monkeypatch.setattr(os, "fork", fork_few)
    one = new_reader()
    ahead.read_ahead(one, sources)
    assert check(one, sources) == 0
    for child in multiprocessing.active_children():
        child.join()
    assert len(forked) == room


def test_what_was_read_ahead_is_kept(
    tmp_path: Path, sources: list[ahead.Source], forks: list[int]
) -> None:
    """The next process finds it on disk, and forks none to read it."""
    for expected in (MANY, 0):
        one = new_reader()
        with disk.opened(tmp_path / "cache") as cache:
            one.setter.disk = cache
            ahead.read_ahead(one, sources)
            assert check(one, sources) == expected
    assert forks == [2]
    one.setter.disk = DiskCache(tmp_path / "cache")
    path, kind, file = sources[-1]
    assert one.is_kept(path, kind, Path(file).read_bytes())
    one.setter.disk.close()


def test_few_sources_are_read_here(
    sources: list[ahead.Source], forks: list[int]
) -> None:
    """A process that costs more than it saves is not started."""
    ahead.read_ahead(new_reader(), sources[1:])
    assert forks == []


def test_only_what_is_known_is_read_elsewhere(
    sources: list[ahead.Source], forks: list[int]
) -> None:
    """Code of one's own in Markdown runs in one process: it may count, or log."""
    code = {"extensions": ["toc"], "extension_configs": {"toc": {"slugify": str.lower}}}
    one = DocumentReader(Typesetting.of({**SETTINGS, "MARKDOWN": code}))
    ahead.read_ahead(one, sources)
    assert forks == []


def test_a_process_with_threads_is_not_forked(
    sources: list[ahead.Source], forks: list[int]
) -> None:
    """A lock that another thread holds would stay locked in the fork."""
    done = threading.Event()
    thread = threading.Thread(target=done.wait)
    thread.start()
    try:
        ahead.read_ahead(new_reader(), sources)
    finally:
        done.set()
        thread.join()
    assert forks == []


def test_processes_end_with_a_build_that_is_killed(
    sources: list[ahead.Source],
) -> None:
    """No process goes on reading for a build that is gone."""
    command = [sys.executable, "-c", STUCK, sources[0].file]
    build = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE)
    assert build.stdout
    for _ in range(2):
        assert build.stdout.readline() == b"stuck\n"
    build.kill()
    assert build.stdout.read() == b""  # which ends when nobody can write any more
    build.wait()
    build.stdout.close()
