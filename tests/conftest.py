"""What the tests share: the built site, copies of the project to break, a browser."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from deploys import dav, open_folder, owner, steps  # noqa: F401
from playwright.sync_api import Browser, sync_playwright
from previews import live, tab  # noqa: F401

from sitebuild.dev.browser import find
from sitebuild.faults import SiteFaults
from sitebuild.plugin import build
from sitebuild.publish import publish

ROOT = Path(__file__).resolve().parent.parent
SITEURL = "https://example.org"


class Project:
    """A copy of the project in a temporary folder, with the few things that tests do to one."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.output = root / "output"

    def build(self, **override: Any) -> Path:
        """Build it; returns the output folder."""
        build(self.root / "pelicanconf.py", **{"SITEURL": SITEURL, **override})
        return self.output

    def faults(self, **override: Any) -> list[str]:
        """The faults of a build, as an editor reads them; empty when it succeeds."""
        try:
            self.build(**override)
        except SiteFaults as error:
            return str(error).split("\n")
        return []

    def read(self, path: str) -> str:
        """The text of a source file."""
        return (self.root / path).read_text("utf-8")

    def write(self, path: str, text: str | bytes) -> None:
        """Write a source file, folders included."""
        file = self.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(text if isinstance(text, bytes) else text.encode())

    def edit(self, path: str, change: Callable[[str], str] | tuple[str, str]) -> None:
        """Replace one string by another, which must be there, or run a function over the text."""
        text = self.read(path)
        if isinstance(change, tuple):
            assert change[0] in text, f"{change[0]!r} is not in {path}"
            self.write(path, text.replace(*change, 1))
        else:
            self.write(path, change(text))

    def page(self, path: str) -> str:
        """The HTML of a built page, by its address."""
        return (self.output / path.lstrip("/") / "index.html").read_text("utf-8")


def copy_project(folder: Path) -> Project:
    """A fresh copy of everything that a build reads."""
    for name in ("content", "theme"):
        shutil.copytree(ROOT / name, folder / name, copy_function=shutil.copy)
    for name in ("pelicanconf.py", "publishconf.py"):
        if (ROOT / name).exists():
            shutil.copy2(ROOT / name, folder)
    (folder / "sitebuild").symlink_to(ROOT / "sitebuild")
    return Project(folder)


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """A copy of the project for one test to change."""
    return copy_project(tmp_path / "project")


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The real site, built once."""
    return copy_project(tmp_path_factory.mktemp("site") / "project").build()


@pytest.fixture(scope="session")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The real site as `invoke publish` makes it, with one page that was renamed; its sources are in the folder above."""
    project = copy_project(tmp_path_factory.mktemp("published") / "project")
    project.write("content/redirects.txt", "/was/here/ /about/\n")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SITEURL", SITEURL)
        publish(project.root / "publishconf.py")
    return project.root / "public"


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """The Chromium that `invoke test` makes sure of."""
    path = find()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=path,
            args=[
                "--no-sandbox",
                "--disable-gpu",
                "--disable-quic",
                "--no-first-run",
                "--disable-background-networking",
            ],
        )
        yield browser
        browser.close()
