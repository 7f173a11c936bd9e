"""The tools that are measured: this project, Pelican's own server, and Zensical."""

from __future__ import annotations

import http.client
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

LIMIT_S = 180.0
_ASK_EVERY_S = 0.002
# A tool that has answered once may still be at work on its first build.
_WARM_UP_S = 1.0
_PREVIEW = """import sys
from pathlib import Path
from sitebuild.preview import serve
serve(Path(sys.argv[1]), int(sys.argv[2]))"""
# What is made from a project, and what a build does not read.
_MADE = (".*", "output", "public", "node_modules", "__pycache__", "tests")
# The first plain sentence of an article, with the word of the edit before.
_SENTENCE = re.compile(r"^(\w+)( bench\d+)?( .*\.)$", re.MULTILINE)


@dataclass(frozen=True)
class Peer:
    """A tool that serves a site, and the article that is edited in it."""

    name: str
    command: list[str]
    folder: Path
    article: Path
    port: int

    @property
    def page(self) -> str:
        """The address of the page that shows the article."""
        return f"/articles/{self.article.stem}/"

    def get(self) -> str:
        """Return the page, or "" while the tool does not answer."""
        link = http.client.HTTPConnection("127.0.0.1", self.port, timeout=LIMIT_S)
        with closing(link):
            try:
                link.request("GET", self.page)
                return link.getresponse().read().decode("utf-8", "replace")
            except (OSError, http.client.HTTPException):
                return ""

    def wait_for(self, word: str) -> float:
        """Return the moment, in seconds, at which the page is first served with a word.

        Raise TimeoutError when it is not within LIMIT_S.
        """
        end = time.monotonic() + LIMIT_S
        while time.monotonic() < end:
            if word in self.get():
                return time.perf_counter()
            time.sleep(_ASK_EVERY_S)
        raise TimeoutError(f"{self.name} did not serve {self.page} with {word!r}")

    def edit(self, word: str) -> None:
        """Put a word into a sentence of the article, by rename as editors do."""
        text = self.article.read_text("utf-8")
        text = _SENTENCE.sub(rf"\1 {word}\3", text, count=1)
        beside = self.folder / ".edit.tmp"
        beside.write_text(text, "utf-8")
        beside.replace(self.article)

    @contextmanager
    def running(self) -> Iterator[Peer]:
        """Run the tool until it serves the page, and end it with the context."""
        process = subprocess.Popen(
            self.command,
            cwd=self.folder,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env=os.environ | {"PYTHONPATH": str(self.folder)},
            start_new_session=True,
        )
        try:
            self.wait_for("<html")
            time.sleep(_WARM_UP_S)
            yield self
        finally:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def _copy(settings: Path, folder: Path) -> Path:
    """Copy the project and return its first article."""
    skip = shutil.ignore_patterns(*_MADE)
    shutil.copytree(settings.parent, folder, ignore=skip)
    # A folder that is missing is a warning to Pelican, and a warning is a fault.
    (folder / "content" / "images").mkdir(exist_ok=True)
    return min((folder / "content" / "articles").glob("*.md"))


def this_project(settings: Path, home: Path) -> Peer:
    """Return this project's preview."""
    folder = home / "ours"
    article = _copy(settings, folder)
    port = free_port()
    command = [sys.executable, "-c", _PREVIEW, settings.name, str(port)]
    return Peer("this project", command, folder, article, port)


def pelican(settings: Path, home: Path) -> Peer:
    """Return Pelican's own server, which builds the same project."""
    folder = home / "pelican"
    article = _copy(settings, folder)
    port = free_port()
    command = [sys.executable, "-m", "pelican", "-lr"]
    command += ["-s", settings.name, "-p", str(port)]
    return Peer("pelican -lr", command, folder, article, port)


def install(folder: Path, package: str) -> None:
    """Install a package of PyPI in an environment of its own."""
    subprocess.run([sys.executable, "-m", "venv", folder], check=True)
    python = str(folder / "bin" / "python")
    command = [python, "-m", "pip", "install", "-q", package]
    subprocess.run(command, check=True, capture_output=True)


def zensical(settings: Path, home: Path) -> Peer:
    """Return Zensical, in an environment of its own, with the same texts."""
    install(home / "env", "zensical")
    folder = home / "zensical"
    for path in (settings.parent / "content").rglob("*.md"):
        name = f"{path.parent.name}/{path.name}"
        if path.stem == "home":
            name = "index.md"
        copy = folder / "docs" / name
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_text(_plain(path.read_text("utf-8"), name), "utf-8")
    (folder / "zensical.toml").write_text('[project]\nsite_name = "Bench"\n', "utf-8")
    article = min((folder / "docs" / "articles").glob("*.md"))
    port = free_port()
    command = [
        str(home / "env" / "bin" / "zensical"),
        "serve",
        "-a",
        f"127.0.0.1:{port}",
    ]
    return Peer("zensical", command, folder, article, port)


def _plain(source: str, name: str) -> str:
    """Return a source as plain Markdown, without what marks the blocks."""
    head, _, body = source.partition("\n\n")
    title = re.search(r"^title:\s*(.*)$", head, re.MULTILINE)
    text = re.sub(r"^///.*\n(    .*\n)*", "", body, flags=re.MULTILINE)
    return f"# {title[1] if title else name}\n\n{text}"
