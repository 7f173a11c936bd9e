"""A preview in this process whose builds come out as a test says."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Thread

import pytest

from sitebuild.faults import Fault
from sitebuild.preview import watcher
from sitebuild.preview.builder import Result
from sitebuild.preview.builds import Attempt
from sitebuild.preview.server import Server
from sitebuild.preview.session import Session


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
