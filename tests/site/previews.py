"""What the tests of the preview share: previews of a site on bread, and a browser tab."""

from __future__ import annotations

import http.client
import json
import re
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, suppress
from html import unescape
from itertools import islice
from pathlib import Path
from threading import Condition, Thread

import pytest
import warm
import watchfiles
from bread import bake
from playwright.sync_api import Browser, BrowserContext, Page
from projects import ROOT, Project

ARTICLE = "content/articles/sour.md"
ADDRESS = "/articles/sour/"
TOPIC = "content/topics/rising.md"
# The passage that most tests edit, and how.
PASSAGE = "wild-yeast"
OLD = "holds wild yeast"
NEW = "holds tame yeast"
# As many more passages, terms and paragraphs make pages longer than a window.
_MANY = 40
# What a page has of the preview: the script, and the news in it.
NEWS = re.compile('<script src="/__preview.*?data-news="(.*?)" defer></script>')
# Yields whenever something happens in a folder, and twice a second.
AT_ONCE = {"debounce": 2, "step": 1, "rust_timeout": 500, "yield_on_timeout": True}
# A source that may hold any number of blank lines, and the first by name.
_BLANK = "content/addresses.txt"


def save_in_place(path: Path, text: str) -> None:
    """Truncate and write, as nano and scripts do."""
    path.write_text(text, "utf-8")


def save_by_rename(path: Path, text: str) -> None:
    """Write beside and rename, as most editors do."""
    beside = path.with_name(f".{path.name}.tmp")
    beside.write_text(text, "utf-8")
    beside.replace(path)


def save_anew(path: Path, text: str) -> None:
    """Delete and create, as git and some editors do, with a back-up for a moment."""
    path.rename(f"{path}~")
    path.write_text(text, "utf-8")
    Path(f"{path}~").unlink()


def save_as_sed(path: Path, text: str) -> None:
    """Write to a visible file of another name and rename, as `sed -i` does."""
    beside = path.with_name("sedLQ4lKO")
    beside.write_text(text, "utf-8")
    beside.replace(path)


def save_with_crlf(path: Path, text: str) -> None:
    """Write the ends of lines as Windows has them."""
    path.write_text(text, "utf-8", newline="\r\n")


WAYS = (save_in_place, save_by_rename, save_anew, save_as_sed, save_with_crlf)


class Live:
    """The task `serve`, which may be started again, and the lines that it prints."""

    def __init__(self, project: Project, *arguments: str, port: int = 0) -> None:
        self.project = project
        self.arguments = arguments
        self.port = port
        self.lines: list[str] = []
        self._settled = 0
        self._news = Condition()
        self.start()

    def start(self, until: str = "Built ") -> int:
        """Start it, at the port that it had; return the number of its first line."""
        first = len(self.lines)
        command = [sys.executable, "-u", "-m", "invoke", "serve"]
        self.process = subprocess.Popen(
            [*command, "--port", str(self.port), *self.arguments],
            cwd=self.project.root,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        self._listener = Thread(target=self._listen, daemon=True)
        self._listener.start()
        self.url = re.search(r"http://\S+", self.wait("Open http", first))[0]
        self.port = int(self.url.rstrip("/").rpartition(":")[2])
        self.wait(until, first)
        return first

    def _listen(self) -> None:
        with self.process.stdout:
            for line in self.process.stdout:
                with self._news:
                    self.lines.append(line.rstrip())
                    self._news.notify_all()

    def wait(self, text: str, first: int = 0, seconds: float = 60) -> str:
        """Return the first line from number `first` on that holds a text."""
        with self._news:
            found = self._news.wait_for(
                lambda: next((li for li in self.lines[first:] if text in li), ""),
                seconds,
            )
            assert found, f"{text!r} was not printed but {self.lines[first:]}"
            return found

    def ask(
        self, path: str, method: str = "GET", **headers: str
    ) -> tuple[int, dict[str, str], str]:
        """Return status, headers and body of one answer, made after all saves.

        The body is without the script of the preview, whose news quote what changed.
        """
        with closing(
            http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        ) as link:
            fields = {name.replace("_", "-"): value for name, value in headers.items()}
            link.request(method, path, headers=fields)
            reply = link.getresponse()
            got = {name.lower(): value for name, value in reply.getheaders()}
            return reply.status, got, NEWS.sub("", reply.read().decode())

    def raw(self, data: bytes) -> bytes:
        """Return what comes back for some bytes until the server closes."""
        with socket.create_connection(("127.0.0.1", self.port), 30) as link:
            link.sendall(data)
            link.shutdown(socket.SHUT_WR)
            return b"".join(iter(lambda: link.recv(65536), b""))

    def poll(self) -> bytes:
        """Return the request of an open page, whose answer waits for news."""
        page = self.raw(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n").decode()
        news = json.loads(unescape(NEWS.search(page)[1]))
        after = f"After: {news['number']}"
        return f"GET / HTTP/1.1\r\nHost: localhost\r\n{after}\r\n\r\n".encode()

    def end(self, number: int = signal.SIGKILL) -> int:
        """Send it a signal, and return its exit code once it has ended."""
        self.process.send_signal(number)
        code = self.process.wait(60)
        self._listener.join()
        return code

    def settle(self) -> int:
        """Wait until all earlier builds are told of; return the number of lines.

        A build of this save alone changes no page, so no line follows that it is told.
        """
        told = ""
        while not (told.startswith(f"{_BLANK}: ") and told.endswith(": no page")):
            first = len(self.lines)
            self._settled += 1
            save_by_rename(self.project.root / _BLANK, "\n" * self._settled)
            told = self.wait(_BLANK, first)
        return len(self.lines)


def long_project(folder: Path, **settings: object) -> Project:
    """Return a site on bread with long pages; some settings may be its own."""
    project = bake(folder, **settings)
    for number in range(_MANY):
        passage = (
            f"\n/// passage | more-{number}\n\nIt is long, as bread takes time.\n///\n"
        )
        term = f"\n/// term | term{number}\n\nIt means {number}.\n///\n"
        project.edit(ARTICLE, lambda text, more=passage: text + more)
        project.edit("content/pages/glossary.md", lambda text, more=term: text + more)
        project.edit("content/pages/home.md", lambda text: f"{text}\nMore words.\n")
    project.edit(TOPIC, ("a starter will do.", "a starter will do. It takes time."))
    project.edit("content/pages/evidence.md", ("Words on", "Today's words\non"))
    return project


def own_code(project: Project) -> None:
    """Copy the code into a project, to be edited there."""
    (project.root / "sitebuild").unlink()
    shutil.copytree(ROOT / "sitebuild", project.root / "sitebuild")


def files_below(folder: Path) -> dict[str, bytes]:
    """Return the files of a folder by their paths."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def cold_build(project: Project) -> dict[str, bytes]:
    """Return what another process builds from the sources as they stand."""
    done = warm.run(
        *("pelican", "-s", "pelicanconf.py", "-o", "cold"), cwd=project.root
    )
    assert done.returncode == 0, done.stdout
    return files_below(project.root / "cold")


def wait_for_folder(preview: Live) -> None:
    """Wait until output/ is what a cold build makes, which it is after a pause."""
    cold, found = cold_build(preview.project), {}
    for _ in islice(watchfiles.watch(preview.project.root, **AT_ONCE), 400):
        with suppress(OSError):  # it is being replaced
            found = files_below(preview.project.output)
        if found == cold:
            return
    assert found == cold


@pytest.fixture(scope="module")
def running(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Live]:
    """One preview of a project with its own code, for all tests of a module.

    It has no search index, unless the module has SETTINGS.
    """
    settings = getattr(request.module, "SETTINGS", {"SEARCH_INDEX": False})
    project = long_project(tmp_path_factory.mktemp("preview") / "project", **settings)
    own_code(project)
    preview = Live(project, "--editor", "code")
    yield preview
    preview.end()


@pytest.fixture
def preview(running: Live) -> Iterator[Live]:
    """A preview that runs, and whose sources are as they were after the test."""
    root, before = running.project.root, sources(running.project)
    if running.process.poll() is not None:
        running.start()
    running.settle()
    yield running
    for name in sources(running.project).keys() - before.keys():
        (root / name).unlink()
    for name, data in before.items():
        path = root / name
        if not path.exists() or path.read_bytes() != data:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)


def sources(project: Project) -> dict[str, bytes]:
    """Return the bytes of what a preview watches, but for what `settle` writes."""
    root = project.root
    paths = [root / "pelicanconf.py"]
    for name in ("content", "theme", "sitebuild"):
        paths += (root / name).rglob("*.*")
    found = {it.relative_to(root).as_posix(): it for it in paths if it.is_file()}
    found.pop(_BLANK, None)
    return {
        name: path.read_bytes() for name, path in found.items() if path.suffix != ".pyc"
    }


@pytest.fixture(scope="module")
def window(chromium: Browser) -> Iterator[BrowserContext]:
    """The window of all tabs of a module."""
    context = chromium.new_context(viewport={"width": 1000, "height": 700})
    yield context
    context.close()


@pytest.fixture
def tab(window: BrowserContext) -> Iterator[Page]:
    """A browser tab: a script that fails or breaches the policy fails the test."""
    page = window.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on(
        "console",
        lambda message: (
            errors.append(message.text) if message.type == "error" else None
        ),
    )
    yield page
    page.close()
    assert not [error for error in errors if "Failed to load resource" not in error]
