"""What builds keep on disk is found again, and is never trusted when it is damaged."""

from __future__ import annotations

import random
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from bread import bake, bake_sink
from conftest import Project
from helpers import tree
from kills import victim

from sitebuild import disk
from sitebuild.build.sources import KINDS
from sitebuild.disk import DiskCache
from sitebuild.read import kept as readings
from sitebuild.read import reader
from sitebuild.read.document import lines_of, read_document
from sitebuild.read.evidence import read_evidence
from sitebuild.read.markdown import Typesetter, Typesetting
from sitebuild.read.reader import DocumentReader
from sitebuild.render import templates

# Settings of Pelican, and a source with options and a fault.
MARKED_UP = {
    "MARKDOWN": {"extensions": ["extra"]},
    "TYPOGRIFY": True,
    "TYPOGRIFY_OMIT_FILTERS": ["amp", "caps", "initial_quotes", "widont"],
}
ODD = """title: Odd
slug: odd
date: 2026-01-02
checked: 2026-01-03
status: published
summary: \u201cOdd\u201d words.
/// passage | odd
    topics: a, b
    nothing: c

Words.
///
"""


def keep(path: Path, **entries: bytes) -> None:
    """Keep some results in a cache."""
    with disk.opened(path) as cache:
        for made_of, data in entries.items():
            cache.put("kind", made_of.encode(), data)


def kept(path: Path, made_of: bytes = b"one") -> bytes | None:
    """Return what a cache has."""
    with disk.opened(path) as cache:
        return cache.get("kind", made_of)


def test_what_is_kept_is_found_by_the_next(tmp_path: Path) -> None:
    """A result is found by its kind and by what it was made of, and by nothing else."""
    path = tmp_path / "new" / "cache"
    keep(path, one=b"1", two=b"2")
    assert kept(path) == b"1"
    assert kept(path, b"onetwo") is None
    with disk.opened(path) as cache:
        assert cache.get("other kind", b"one") is None


def test_other_code_or_packages_find_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A result depends on the project's code and on every installed package."""
    code = tmp_path / "code"
    packages = tmp_path / "packages"
    (packages / "lib-1.dist-info").mkdir(parents=True)
    code.mkdir()
    (code / "a.py").write_text("A = 1")
    monkeypatch.setattr(disk, "_PACKAGE", code)
    monkeypatch.syspath_prepend(packages)
    path = tmp_path / "cache"
    keep(path, one=b"1")
    assert kept(path) == b"1"
    (code / "a.py").write_text("A = 2")
    assert kept(path) is None
    (code / "a.py").write_text("A = 1")
    assert kept(path) == b"1"
    (packages / "lib-1.dist-info").rename(packages / "lib-2.dist-info")
    assert kept(path) is None


def cut(path: Path) -> None:
    """Leave the first half of a file."""
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def overwrite(path: Path) -> None:
    """Overwrite a file with other bytes."""
    path.write_bytes(random.Random(1).randbytes(path.stat().st_size))


def to_folder(path: Path) -> None:
    """Put a folder at the place of a file."""
    path.unlink()
    path.mkdir()


def forge(path: Path) -> None:
    """Change an entry, as SQLite does."""
    with sqlite3.connect(path) as file:
        file.execute("UPDATE kept SET data = ?", (b"forged",))
    file.close()


def other_table(path: Path) -> None:
    """Put another table at the place of ours."""
    with sqlite3.connect(path) as file:
        file.execute("DROP TABLE kept")
        file.execute("CREATE TABLE kept (x)")
    file.close()


@pytest.mark.parametrize("damage", [cut, overwrite, to_folder, forge, other_table])
def test_damage_is_noticed(tmp_path: Path, damage: Callable[[Path], None]) -> None:
    """What is damaged is not found; a build goes on, whatever stands there."""
    path = tmp_path / "cache"
    keep(path, **{f"n{n}": b"x" * 5000 for n in range(50)}, one=b"1" * 100)
    damage(path)
    assert kept(path) in (None, b"1" * 100)
    keep(path, one=b"again")
    assert kept(path) in (None, b"again", b"1" * 100)


@pytest.mark.parametrize("damage", [cut, overwrite, forge])
def test_a_damaged_cache_is_made_again(
    tmp_path: Path, damage: Callable[[Path], None]
) -> None:
    """Damage does not last: soon results are found again."""
    path = tmp_path / "cache"
    keep(path, **{f"n{n}": b"x" * 5000 for n in range(50)})
    damage(path)
    for _ in range(3):
        keep(path, new=b"new")
    assert kept(path, b"new") == b"new"


def test_two_processes_share_it(tmp_path: Path) -> None:
    """Two open at once, each writes, and both results are there after that."""
    path = tmp_path / "cache"
    with disk.opened(path) as one, disk.opened(path) as two:
        one.put("kind", b"one", b"1")
        two.put("kind", b"two", b"2")
        one.save()
        assert two.get("kind", b"one") == b"1"
    assert (kept(path, b"one"), kept(path, b"two")) == (b"1", b"2")


def test_one_that_cannot_write_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While another process writes, a build does without."""
    monkeypatch.setattr(disk, "_WAIT_S", 0.01)
    path = tmp_path / "cache"
    keep(path, one=b"1")
    file = sqlite3.connect(path, isolation_level=None)
    file.execute("BEGIN EXCLUSIVE")
    keep(path, two=b"2")
    file.execute("ROLLBACK")
    file.close()
    assert (kept(path, b"one"), kept(path, b"two")) == (b"1", None)


def test_much_is_written_before_the_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is written does not stay in memory, and a kill after that leaves it whole."""
    monkeypatch.setattr(disk, "_BATCH_BYTES", 10)
    path = tmp_path / "cache"
    cache = DiskCache(path)
    for made_of in (b"one", b"two", b"three"):
        cache.put("kind", made_of, b"12345")
    assert list(cache._new.values()) == [b"12345"]
    assert [kept(path, it) for it in (b"one", b"two", b"three")] == [
        b"12345",
        b"12345",
        None,
    ]
    cache.save()
    assert kept(path, b"three") == b"12345"
    cache.close()


def test_what_is_written_early_counts_as_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The bound takes nothing of what this build made, and holds in its end."""
    monkeypatch.setattr(disk, "MOST_BYTES", 250)
    path = tmp_path / "cache"
    keep(path, old=b"0" * 200)
    monkeypatch.setattr(disk, "_BATCH_BYTES", 100)
    keep(path, one=b"1" * 100, two=b"2" * 100)
    assert kept(path, b"old") is None
    assert kept(path, b"one")
    assert kept(path, b"two")


def test_it_is_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Beyond the bound only what the last build used stays."""
    monkeypatch.setattr(disk, "MOST_BYTES", 250)
    path = tmp_path / "cache"
    keep(path, one=b"1" * 100, two=b"2" * 100)
    with disk.opened(path) as cache:
        assert cache.get("kind", b"two")
        cache.put("kind", b"three", b"3" * 100)
    assert kept(path, b"one") is None
    assert kept(path, b"two")
    assert kept(path, b"three")


def test_nothing_is_kept_without_a_file() -> None:
    """A cache without a file makes everything again."""
    cache = DiskCache()
    assert cache.remember("kind", b"one", lambda: b"1") == b"1"
    assert cache.remember("kind", b"one", lambda: b"2") == b"2"


@pytest.fixture
def baked(tmp_path: Path) -> Iterator[Project]:
    """The site on bread, built once; this process has forgotten what it read.

    It forgets before, too, so that the build keeps all on disk; and afterwards, so that
    no other test meets what this one set.
    """
    project = bake(tmp_path / "project", SEARCH_INDEX=False)
    reader._LAST.clear()
    project.build()
    reader._LAST.clear()
    yield project
    reader._LAST.clear()


def test_a_second_run_renders_and_sets_nothing(
    baked: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Across runs without an edit no template is rendered and no text is set."""
    done: list[object] = []
    monkeypatch.setattr(templates, "render", lambda *it: done.append(it) or b"")
    monkeypatch.setattr(Typesetter, "_block", lambda *it: done.append(it) or "")
    before = tree(baked.output)
    baked.build()
    assert done == []
    assert tree(baked.output) == before


def test_an_extension_of_ones_own_is_not_kept() -> None:
    """Only what Markdown itself brings is known by the installed packages."""
    own = {"extensions": ["extra"], "extension_configs": {}}
    known = Typesetter(Typesetting(own, is_curled=True, filters_off=()))
    again = Typesetter(Typesetting(own, is_curled=True, filters_off=()))
    slugs = {"extension_configs": {"toc": {"slugify": str.lower}}}
    with_code = {"extensions": ["toc"], **slugs}
    one = Typesetter(Typesetting(with_code, is_curled=True, filters_off=()))
    two = Typesetter(Typesetting(with_code, is_curled=True, filters_off=()))
    assert known.made_of == again.made_of
    assert one.made_of != two.made_of


@pytest.mark.parametrize("step", ["os.mkdir:1", "os.link:3", "os.rename:1"])
def test_a_killed_build_harms_nothing(baked: Project, step: str) -> None:
    """After a kill at a named point the next build gives the bytes of a clean one."""
    settings = baked.root / "pelicanconf.py"
    with victim() as builds:
        baked.edit("content/pages/about.md", ("Words", "More words"))
        assert builds.run("build", settings, step).was_killed
        builds.run("build", settings)
        found = tree(baked.output)
        (baked.root / disk.PATH).unlink()
        builds.run("build", settings)
    assert tree(baked.output) == found


def test_a_reading_comes_back_whole(tmp_path: Path) -> None:
    """Places and faults, which no comparison of values sees, are kept as well."""
    project = bake_sink(tmp_path / "project")
    project.write("content/articles/odd.md", ODD)
    setter = Typesetter(Typesetting.of(MARKED_UP))
    seen = set()
    for path in sorted((project.root / "content").rglob("*.md")):
        kind = KINDS[path.parent.name]
        reading = read_document(f"{kind}.md", kind, path.read_bytes(), setter)
        assert repr(readings.unpack(readings.pack(reading))) == repr(reading)
        seen.add(bool(reading.faults))
        seen.update(type(part).__name__ for part in reading.document.parts)
    assert seen == {True, False, "Heading", "Prose", "Block"}


def test_a_reading_depends_on_its_name_and_kind(tmp_path: Path) -> None:
    """Equal bytes at another place are read again."""
    with disk.opened(tmp_path / "cache") as cache:
        for path, kind in (("a.md", "page"), ("b.md", "page"), ("a.md", "topic")):
            one = DocumentReader(Typesetting.of(MARKED_UP))
            one.setter.disk = cache
            document = one.read(path, kind, ODD.encode()).document
            assert (document.path, document.kind) == (path, kind)


def test_a_kept_reading_has_its_source_again(tmp_path: Path) -> None:
    """The lines of a source are those of the file, comments and odd ends aside."""
    data = "\ufefftitle: One\r\n<!-- a\r\nb -->\nTwo <!-- c --> words\r\n".encode()
    for _ in range(2):
        one = DocumentReader(Typesetting.of(MARKED_UP))
        with disk.opened(tmp_path / "cache") as cache:
            one.setter.disk = cache
            document = one.read("a.md", "page", data).document
        lines = [(1, "title: One"), (4, "Two  words"), (5, "")]
        assert list(lines_of(document)) == lines


@pytest.mark.parametrize("text", ["", "- id: x\n", "{", None])
def test_findings_come_back_whole(tmp_path: Path, text: str | None) -> None:
    """Findings, references, their lines and their faults are kept as they were read."""
    content = bake_sink(tmp_path / "project").root / "content"
    if text is not None:
        (content / "evidence.yaml").write_text(text)
    files = []
    for name in ("evidence.yaml", "references.bib"):
        files.append((name, (content / name).read_bytes()))
    expected = read_evidence(*files)
    for _ in range(2):
        with disk.opened(tmp_path / "cache") as cache:
            assert repr(readings.read_evidence(*files, cache)) == repr(expected)
    with disk.opened(tmp_path / "cache") as cache:
        assert readings.read_evidence(*files, cache) != readings.read_evidence(
            files[0], ("other", b""), cache
        )
