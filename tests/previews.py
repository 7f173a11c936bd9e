"""What the tests of the preview share: previews of a site on bread, and a browser tab.

A preview runs in a process of its own, or in this one with builds that a test makes up.
"""

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

import conftest  # which imports this module: its names are looked up when needed
import pytest
from playwright.sync_api import Browser, Page

from sitebuild.faults import Fault
from sitebuild.preview import watcher
from sitebuild.preview.builder import Result
from sitebuild.preview.builds import Attempt
from sitebuild.preview.server import Server
from sitebuild.preview.session import Session

ARTICLE = "content/articles/sour.md"
ADDRESS = "/articles/sour/"
TOPIC = "content/topics/rising.md"
# The passage that most tests edit, and how.
PASSAGE = "wild-yeast"
OLD = "holds wild yeast"
NEW = "holds tame yeast"
# As many more passages, terms and paragraphs make pages longer than a window.
_MANY = 40
_START = """import signal
from pathlib import Path
from sitebuild.preview import serve, builds
# A shell has programs in the background ignore SIGINT.
signal.signal(signal.SIGINT, signal.default_int_handler)
{}
serve(Path("pelicanconf.py"), {})"""


class Live:
    """A preview in a process of its own, and the lines that it prints.

    The process may run some code `before` it serves.
    """

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


def whole_project(folder: Path) -> conftest.Project:
    """Return a site on bread with long pages, and the code copied to be edited."""
    from bread import bake  # which imports conftest

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


class Scripted:
    """A preview in this process whose builds come out as a test says.

    It has real sources, a real server and real messages; only the build process is
    replaced. `lines` are those for the editor, `requests` what was asked of builds.
    """

    def __init__(self, root: Path, port: int = 0) -> None:
        self.root = root
        self.lines: list[str] = []
        self.requests: list[tuple[list[str], bool]] = []
        self._results: list[Callable[[watcher.State], Attempt]] = []
        (root / "content").mkdir(parents=True, exist_ok=True)
        (root / "pelicanconf.py").touch()
        self.session = Session(root / "pelicanconf.py", self.lines.append)
        self.session._builds = self  # type: ignore[assignment]
        self.disk_faults: tuple[Fault, ...] = ()
        self.server = Server(port, self.session)
        self.port = self.server.server_port
        self.url = f"http://127.0.0.1:{self.port}/"
        Thread(target=self.server.serve_forever, daemon=True).start()

    def run(
        self, state: watcher.State, changed: list[str], *, reuse_index: bool
    ) -> Attempt:
        """Stand in for `Builds.run`."""
        self.requests.append((list(changed), reuse_index))
        return self._results.pop(0)(state)

    def wait_for_disk(self) -> tuple[Fault, ...]:
        """Stand in for `Builds.wait_for_disk`."""
        return self.disk_faults

    def close(self, timeout_s: float = 0.0) -> None:
        """Stand in for `Builds.close`."""

    def save(self, name: str = "content/a.md") -> None:
        """Save a source, which is then another."""
        path = self.root / name
        before = path.read_text("utf-8") if path.exists() else ""
        path.write_text(before + "x", "utf-8")

    def build(self, result: Result, overtaken_by: str = "") -> None:
        """Run the loop once, with this result; a file may be saved meanwhile."""

        def attempt(state: watcher.State) -> Attempt:
            if not overtaken_by:
                return Attempt(result, state)
            self.save(overtaken_by)
            return Attempt(result, self.session._sources.look())

        self._results.append(attempt)
        self.session.wake.clear()
        self.session.step()

    def show(self, **pages: str) -> None:
        """Save, and build pages by their names; "home" is that of the site."""
        self.save()
        self.build(site(**pages))

    def stop(self) -> None:
        """End it, as Ctrl-C does."""
        self.session.close()
        self.server.shutdown()
        self.server.server_close()


def site(drafts: frozenset[str] = frozenset(), **pages: str) -> Result:
    """Return a good build of some pages, given as the HTML of their bodies."""
    files = {}
    for name, body in pages.items():
        path = "index.html" if name == "home" else f"{name}/index.html"
        files[path] = (
            f"<!DOCTYPE html><title>{name}</title><body>{body}</body>".encode()
        )
    return Result(files=files, drafts=drafts)


@pytest.fixture
def scripted(tmp_path: Path) -> Iterator[Scripted]:
    """A preview whose builds come out as the test says."""
    preview = Scripted(tmp_path / "scripted")
    yield preview
    preview.stop()
