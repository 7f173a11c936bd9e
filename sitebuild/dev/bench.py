"""How long an edit takes to be seen: this project's preview beside Pelican's own and Zensical, on the same texts.

From the moment an article is replaced to the first answer that holds the new words, asked for every two milliseconds;
then, for our preview, to the frame in which Chromium has painted them. Edits take turns, so all meet the same machine.
"""

from __future__ import annotations

import http.client
import os
import re
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from sitebuild.dev import browser

_ASK_EVERY = 0.002
_REST = 0.4  # seconds between edits, so that no tool is met while it still works on the last
_LIMIT = 60.0
_PREVIEW = "import sys, pathlib; from sitebuild.preview import serve; serve(pathlib.Path(sys.argv[1]), int(sys.argv[2]))"
# A callback of requestAnimationFrame runs just before its frame is painted, a timeout set there just after.
_PAINTED = """word => new Promise(done => {
  const look = () => document.body.textContent.includes(word)
    ? setTimeout(() => done(performance.timeOrigin + performance.now()))
    : requestAnimationFrame(look);
  look();
})"""


@dataclass(frozen=True)
class Peer:
    """A tool that serves a site: its name, its command, the article to edit and the page that shows it."""

    name: str
    command: list[str]
    folder: Path
    article: Path
    port: int
    page: str


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def _copy(settings: Path, folder: Path) -> Path:
    """The project without what was made from it."""
    skip = shutil.ignore_patterns(
        ".*", "output", "public", "node_modules", "__pycache__", "tests"
    )
    shutil.copytree(settings.parent, folder, ignore=skip)
    return folder


def _ours(settings: Path, home: Path) -> Peer:
    folder, port = _copy(settings, home / "ours"), _free_port()
    article = min((folder / "content" / "articles").glob("*.md"))
    command = [sys.executable, "-c", _PREVIEW, settings.name, str(port)]
    return Peer(
        "this project", command, folder, article, port, f"/articles/{article.stem}/"
    )


def _pelican(settings: Path, home: Path) -> Peer:
    folder, port = _copy(settings, home / "pelican"), _free_port()
    (folder / "content" / "images").mkdir(
        exist_ok=True
    )  # a missing folder is a warning to Pelican, and that a fault
    article = min((folder / "content" / "articles").glob("*.md"))
    command = [
        sys.executable,
        "-m",
        "pelican",
        "-lr",
        "-s",
        settings.name,
        "-p",
        str(port),
    ]
    return Peer(
        "pelican -lr", command, folder, article, port, f"/articles/{article.stem}/"
    )


def _zensical(settings: Path, home: Path) -> Peer:
    """The same texts, without what marks the blocks, as a Zensical site in an environment of its own."""
    subprocess.run([sys.executable, "-m", "venv", home / "env"], check=True)
    python = home / "env" / "bin" / "python"
    subprocess.run(
        [python, "-m", "pip", "install", "-q", "zensical"],
        check=True,
        capture_output=True,
    )
    folder, port = home / "zensical", _free_port()
    for path in (settings.parent / "content").rglob("*.md"):
        name = "index.md" if path.stem == "home" else f"{path.parent.name}/{path.name}"
        head, _, body = path.read_text("utf-8").partition("\n\n")
        title = re.search(r"^title:\s*(.*)$", head, re.MULTILINE)
        copy = folder / "docs" / name
        copy.parent.mkdir(parents=True, exist_ok=True)
        text = re.sub(r"^///.*\n(    .*\n)*", "", body, flags=re.MULTILINE)
        copy.write_text(f"# {title[1] if title else name}\n\n{text}", "utf-8")
    (folder / "zensical.toml").write_text('[project]\nsite_name = "Bench"\n', "utf-8")
    article = min((folder / "docs" / "articles").glob("*.md"))
    command = [str(python.with_name("zensical")), "serve", "-a", f"127.0.0.1:{port}"]
    return Peer(
        "zensical", command, folder, article, port, f"/articles/{article.stem}/"
    )


def _get(peer: Peer) -> str:
    link = http.client.HTTPConnection("127.0.0.1", peer.port, timeout=_LIMIT)
    try:
        link.request("GET", peer.page)
        return link.getresponse().read().decode("utf-8", "replace")
    except (OSError, http.client.HTTPException):  # not up yet
        return ""
    finally:
        link.close()


def _wait(peer: Peer, word: str) -> float:
    """The moment at which the page is first served with a word; TimeoutError when it is not."""
    end = time.monotonic() + _LIMIT
    while time.monotonic() < end:
        if word in _get(peer):
            return time.perf_counter()
        time.sleep(_ASK_EVERY)
    raise TimeoutError(f"{peer.name} did not serve {peer.page} with {word!r}")


def _edit(peer: Peer, word: str) -> None:
    """Put a word into the first plain sentence of the article, by rename as editors do."""
    text = peer.article.read_text("utf-8")
    text = re.sub(
        r"^(\w+)( bench\d+)?( .*\.)$",
        rf"\1 {word}\3",
        text,
        count=1,
        flags=re.MULTILINE,
    )
    beside = peer.folder / ".edit.tmp"
    beside.write_text(text, "utf-8")
    beside.replace(peer.article)


@contextmanager
def _running(peer: Peer) -> Iterator[Peer]:
    process = subprocess.Popen(
        peer.command,
        cwd=peer.folder,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env=os.environ | {"PYTHONPATH": str(peer.folder)},
        start_new_session=True,
    )
    try:
        _wait(peer, "<html")
        time.sleep(1)
        yield peer
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def _served(peer: Peer, word: str) -> float:
    """Milliseconds from an edit to the answer that shows it."""
    _edit(peer, word)
    began = time.perf_counter()
    return (_wait(peer, word) - began) * 1000


def _painted(peer: Peer, edits: int) -> list[float]:
    """Milliseconds from an edit to the frame that shows it, in an open Chromium that nobody touches."""
    from playwright.sync_api import sync_playwright  # noqa: PLC0415 - a second that most tasks need not wait

    took = []
    with sync_playwright() as playwright:
        tab = playwright.chromium.launch(
            executable_path=browser.ensure(), args=["--no-sandbox"]
        ).new_page()
        tab.goto(f"http://127.0.0.1:{peer.port}{peer.page}")
        for number in range(1000, 1000 + edits):
            time.sleep(_REST)
            began = time.time()
            _edit(peer, f"bench{number}")
            took.append(tab.evaluate(_PAINTED, f"bench{number}") - began * 1000)
    return took


def _start(
    make: Callable[[Path, Path], Peer], settings: Path, home: Path, stack: ExitStack
) -> Peer | str:
    """A running peer, or why there is none."""
    try:
        return stack.enter_context(_running(make(settings, home)))
    except (OSError, subprocess.CalledProcessError) as error:
        return f"{make.__name__.strip('_')}: not measured: {error}"


def run(settings: Path, edits: int = 15) -> None:
    """Measure `edits` edits of each tool and print medians and ratios; `settings` is the project's settings file."""
    with tempfile.TemporaryDirectory() as temporary, ExitStack() as stack:
        started = [
            _start(make, settings, Path(temporary), stack)
            for make in (_ours, _pelican, _zensical)
        ]
        peers = [peer for peer in started if isinstance(peer, Peer)]
        took: dict[str, list[float]] = {peer.name: [] for peer in peers}
        for number in range(edits):
            for peer in peers:
                took[peer.name].append(_served(peer, f"bench{number}"))
                time.sleep(_REST)
        lines = [peer for peer in started if isinstance(peer, str)]
        first = statistics.median(took[peers[0].name])
        for name, times in took.items():
            middle = statistics.median(times)
            lines.append(
                f"{name:13} {middle:6.0f} ms to served (max {max(times):.0f}), {middle / first:.1f} times ours"
            )
        lines.append(
            f"this project  {statistics.median(_painted(peers[0], edits)):6.0f} ms to painted in Chromium"
        )
        sys.stdout.write("\n".join(lines) + "\n")
