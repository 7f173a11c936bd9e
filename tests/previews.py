"""What the tests of the preview share: a preview in a process of its own, and a browser tab that fails on errors."""

from __future__ import annotations

import http.client
import re
import shutil
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from pathlib import Path
from threading import Condition, Thread

import conftest  # which imports this module, so its names are looked up when they are needed
import pytest
from playwright.sync_api import Browser, Page

ARTICLE = "content/articles/weekly-massages.md"
ADDRESS = "/articles/weekly-massages/"
OLD, NEW = "all over the world", "on every continent there is"
_START = """import signal
from pathlib import Path
from sitebuild.preview import serve, builds
signal.signal(signal.SIGINT, signal.default_int_handler)  # ignored where the tests run in the background
{}
serve(Path("pelicanconf.py"), {})"""


class Live:
    """A preview of a project in a process of its own, which may run some code before, and the lines that it prints."""

    def __init__(
        self, project: conftest.Project, arguments: str = "port=0", before: str = ""
    ) -> None:
        self.project = project
        self.process = subprocess.Popen(
            [sys.executable, "-u", "-c", _START.format(before or None, arguments)],
            cwd=project.root,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        self.lines: list[str] = []
        self._news = Condition()
        Thread(target=self._listen, daemon=True).start()
        self.url = re.search(r"http://\S+", self.wait("serving "))[0]
        self.port = int(self.url.rstrip("/").rpartition(":")[2])

    def _listen(self) -> None:
        for line in self.process.stdout:
            with self._news:
                self.lines.append(line.rstrip())
                self._news.notify_all()

    def wait(self, text: str, first: int = 0, seconds: float = 30) -> str:
        """The first line from number `first` on that holds a text, once it is printed."""
        with self._news:
            found = self._news.wait_for(
                lambda: next((li for li in self.lines[first:] if text in li), ""),
                seconds,
            )
            assert found, f"{text!r} was not printed but {self.lines[first:]}"
            return found

    def builds(self) -> int:
        """How many builds have been reported."""
        return sum(
            bool(re.search(r"built in \d|fault", line)) and line[0] != " "
            for line in self.lines
        )

    def ask(
        self, path: str, method: str = "GET", **headers: str
    ) -> tuple[int, dict[str, str], str]:
        """Status, headers and body of one answer."""
        with closing(
            http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        ) as link:
            link.request(
                method,
                path,
                headers={
                    name.replace("_", "-"): value for name, value in headers.items()
                },
            )
            reply = link.getresponse()
            return (
                reply.status,
                {k.lower(): v for k, v in reply.getheaders()},
                reply.read().decode(),
            )

    def raw(self, data: bytes) -> bytes:
        """What comes back for some bytes until the server closes."""
        with socket.create_connection(("127.0.0.1", self.port), 30) as link:
            link.sendall(data)
            link.shutdown(socket.SHUT_WR)
            return b"".join(iter(lambda: link.recv(65536), b""))

    def close(self) -> None:
        """End it at once."""
        self.process.kill()
        self.process.wait()
        self.process.stdout.close()


def whole_project(folder: Path) -> conftest.Project:
    """A copy of the project with the code copied too, so that it can be edited."""
    project = conftest.copy_project(folder)
    (folder / "sitebuild").unlink()
    shutil.copytree(conftest.ROOT / "sitebuild", folder / "sitebuild")
    return project


@pytest.fixture
def live(tmp_path: Path) -> Iterator[Callable[..., Live]]:
    """Starts previews of one project; they end with the test."""
    project = whole_project(tmp_path / "project")
    with ExitStack() as stack:

        def start(arguments: str = "port=0", before: str = "") -> Live:
            preview = Live(project, arguments, before)
            stack.callback(preview.close)
            return preview

        yield start


@pytest.fixture
def tab(chromium: Browser) -> Iterator[Page]:
    """A browser tab that fails the test when a script fails or breaches the policy of its page."""
    page = chromium.new_page(viewport={"width": 1000, "height": 700})
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
