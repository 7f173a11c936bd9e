"""What the tests share: the built site, copies of the project to break, a browser."""

from __future__ import annotations

import os
import shutil
import signal
from collections.abc import Callable, Iterator
from pathlib import Path

import drawing
import programs
import pytest
import warm
from bread import bake, bake_sink
from filelock import FileLock
from playwright.sync_api import Browser, expect, sync_playwright
from previews import preview, running, tab, window  # noqa: F401
from projects import Project, copy_project

CHROMIUM = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
]
# Files that take longest, of which some compute and some wait: they begin first, so that
# none is left for one worker in the end.
LONGEST = (
    *("test_kills", "test_deploy", "test_engines", "test_preview_process"),
    *("test_preview", "test_workflow", "test_servers", "test_preview_place"),
    *("test_preview_page", "test_reader", "test_verify", "test_preview_server"),
    *("test_equivalence", "test_hosting"),
)
# How long a browser waits for what a test expects: no more than a busy machine needs.
WAIT_MS = 60_000


def pytest_configure() -> None:
    """Let programs be interrupted: in the background, or under nohup, they are not."""
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGHUP, signal.SIG_DFL)
    expect.set_options(timeout=WAIT_MS)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let the longest files begin first."""
    place = {name: number for number, name in enumerate(LONGEST)}
    items.sort(key=lambda item: place.get(item.path.stem, len(place)))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say which programs kept tests from running."""
    skipped = terminalreporter.stats.get("skipped", [])
    line = programs.summary(report.longrepr[2] for report in skipped)
    if line:
        terminalreporter.write_line(line)


Make = Callable[[Path], object]


@pytest.fixture(scope="session")
def together(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that all workers of a run share (pytest-xdist: theirs have one parent)."""
    own = tmp_path_factory.getbasetemp()
    return own.parent if "PYTEST_XDIST_WORKER" in os.environ else own


@pytest.fixture(scope="session", autouse=True)
def _drawn(together: Path) -> None:
    """Pictures of all builds are drawn once."""
    warm.pictures = together / "drawn"
    warm.pictures.mkdir(exist_ok=True)
    drawing.remember(warm.pictures, keeps=True)


@pytest.fixture(scope="session")
def once(together: Path) -> Callable[[str, Make], Path]:
    """A function that returns the folder of a name, filled by the first who asks."""

    def fill(name: str, make: Make) -> Path:
        folder, done = together / f"shared-{name}", together / f"shared-{name}.done"
        with FileLock(together / f"shared-{name}.lock"):
            if not done.exists():
                shutil.rmtree(folder, ignore_errors=True)
                folder.mkdir()
                make(folder)
                done.touch()
        return folder

    return fill


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """A copy of the project for one test to change."""
    return copy_project(tmp_path / "project")


@pytest.fixture(scope="session")
def bread_site(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """The site on bread: all tests share it and leave its sources as they were."""
    return bake(tmp_path_factory.mktemp("bread") / "site", SEARCH_INDEX=False)


@pytest.fixture(scope="session")
def bread_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the fixture `bread`, where Jinja finds what it compiled before."""
    return tmp_path_factory.mktemp("oven") / "site"


@pytest.fixture
def bread(bread_folder: Path) -> Project:
    """The site on bread without a search index, for one test to change."""
    for path in bread_folder.glob("*"):
        if path.is_dir() and not path.is_symlink():
            if path.name != ".cache":
                shutil.rmtree(path)
        else:
            path.unlink()
    return bake(bread_folder, SEARCH_INDEX=False)


def _build(folder: Path) -> None:
    copy_project(folder / "project").build()


def _publish(folder: Path) -> None:
    """Publish with one page that was renamed."""
    project = copy_project(folder / "project")
    redirects = project.root / "content/redirects.txt"
    before = redirects.read_text("utf-8") if redirects.exists() else ""
    redirects.write_text(f"{before}\n/was/here/ /about/\n", "utf-8")
    project.publish()


@pytest.fixture(scope="session")
def built(once: Callable[[str, Make], Path]) -> Path:
    """The real site, built once; its sources stand in the folder above."""
    return once("built", _build) / "project" / "output"


def _build_sink(folder: Path) -> None:
    bake_sink(folder).build()


@pytest.fixture(scope="session")
def sink(once: Callable[[str, Make], Path]) -> Path:
    """The site on bread with every construct, built once."""
    return once("sink", _build_sink) / "output"


@pytest.fixture(scope="session")
def published(once: Callable[[str, Make], Path]) -> Path:
    """The real site as `invoke publish` makes it, built once; sources above it."""
    return once("published", _publish) / "project" / "public"


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """A Chromium, one for each worker."""
    path = programs.need("chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=CHROMIUM)
        yield browser
        browser.close()
