"""What the tests of the preview share: previews of a site on bread, and a browser tab."""

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

import pytest
from bread import bake
from playwright.sync_api import Browser, Page
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


class Live:
    """The task `serve` with some arguments, and the lines that it prints."""

    def __init__(self, project: Project, *arguments: str) -> None:
        self.project = project
        port = [] if "--port" in arguments else ["--port", "0"]
        self.process = subprocess.Popen(
            [sys.executable, "-u", "-m", "invoke", "serve", *port, *arguments],
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

    def wait(self, text: str, first: int = 0, seconds: float = 120) -> str:
        """Return the first line from number `first` on that holds a text."""
        with self._news:
            found = self._news.wait_for(
                lambda: next((li for li in self.lines[first:] if text in li), ""),
                seconds,
            )
            assert found, f"{text!r} was not printed but {self.lines[first:]}"
            return found

    def builds(self) -> int:
        """Return how many builds have been reported."""
        return sum(
            bool(re.search(r"built in \d|fault", line)) and line[0] != " "
            for line in self.lines
        )

    def ask(
        self, path: str, method: str = "GET", **headers: str
    ) -> tuple[int, dict[str, str], str]:
        """Return status, headers and body of one answer."""
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
        """Return what comes back for some bytes until the server closes."""
        with socket.create_connection(("127.0.0.1", self.port), 30) as link:
            link.sendall(data)
            link.shutdown(socket.SHUT_WR)
            return b"".join(iter(lambda: link.recv(65536), b""))

    def close(self) -> None:
        """End it at once."""
        self.process.kill()
        self.process.wait()
        self.process.stdout.close()


def whole_project(folder: Path) -> Project:
    """Return a site on bread with long pages, and the code copied to be edited."""
    project = bake(folder)
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
    (folder / "sitebuild").unlink()
    shutil.copytree(ROOT / "sitebuild", folder / "sitebuild")
    return project


@pytest.fixture
def live(tmp_path: Path) -> Iterator[Callable[..., Live]]:
    """Starts previews of one project; they end with the test."""
    project = whole_project(tmp_path / "project")
    with ExitStack() as stack:

        def start(*arguments: str) -> Live:
            preview = Live(project, *arguments)
            stack.callback(preview.close)
            return preview

        yield start


@pytest.fixture
def tab(chromium: Browser) -> Iterator[Page]:
    """A browser tab: a script that fails or breaches the policy fails the test."""
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
