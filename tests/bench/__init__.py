"""How long an edit takes to be seen, here and in other tools, on the same texts.

From the moment an article is replaced to the first answer that has the new words, asked
for every two milliseconds; then, for our preview, to the frame in which Chromium has
painted them. Edits take turns, so that all tools meet the same machine.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path

from sitebuild.dev import browser
from tests.bench import peers
from tests.bench.peers import Peer

# Between edits, so that no tool is met while it still works on the last one.
_REST_S = 0.4
_FIRST_PAINTED = 1000  # the words of these edits are none of those before
# A callback of requestAnimationFrame runs just before its frame is painted, a timeout
# set there just after.
_PAINTED = """word => new Promise(done => {
  const look = () => document.body.textContent.includes(word)
    ? setTimeout(() => done(performance.timeOrigin + performance.now()))
    : requestAnimationFrame(look);
  look();
})"""


def run(settings: Path, edits: int = 15) -> None:
    """Measure `edits` edits of each tool and print medians and ratios.

    `settings` is the project's settings file.
    """
    with tempfile.TemporaryDirectory() as temporary, ExitStack() as stack:
        running = []
        lines = []
        for make in (peers.this_project, peers.pelican, peers.zensical):
            try:
                running.append(_start(make, settings, Path(temporary), stack))
            except (OSError, subprocess.CalledProcessError) as error:
                lines.append(f"{make.__name__}: not measured: {error}")
        lines += _report(_served(running, edits))
        painted = statistics.median(_painted(running[0], edits))
        lines.append(f"this project  {painted:6.0f} ms to painted in Chromium")
        sys.stdout.write("\n".join(lines) + "\n")


def _start(
    make: Callable[[Path, Path], Peer], settings: Path, home: Path, stack: ExitStack
) -> Peer:
    return stack.enter_context(make(settings, home).running())


def _served(running: Sequence[Peer], edits: int) -> dict[str, list[float]]:
    """Return, by tool, the milliseconds from each edit to the answer that shows it."""
    took_ms: dict[str, list[float]] = {peer.name: [] for peer in running}
    for number in range(edits):
        for peer in running:
            word = f"bench{number}"
            peer.edit(word)
            began_s = time.perf_counter()
            took_ms[peer.name].append((peer.wait_for(word) - began_s) * 1000)
            time.sleep(_REST_S)
    return took_ms


def _report(took_ms: Mapping[str, Sequence[float]]) -> list[str]:
    """Return a line for each tool; the first is what the others are compared with."""
    medians = {name: statistics.median(times) for name, times in took_ms.items()}
    ours = next(iter(medians.values()))
    lines = []
    for name, median in medians.items():
        slowest = max(took_ms[name])
        ratio = median / ours
        lines.append(
            f"{name:13} {median:6.0f} ms to served (max {slowest:.0f}), "
            f"{ratio:.1f} times ours"
        )
    return lines


def _painted(peer: Peer, edits: int) -> list[float]:
    """Return the milliseconds from each edit to the frame that shows it.

    The page is open in a Chromium that nobody touches.
    """
    from playwright.sync_api import sync_playwright

    took_ms = []
    with sync_playwright() as playwright:
        tab = playwright.chromium.launch(
            executable_path=browser.ensure(), args=["--no-sandbox"]
        ).new_page()
        tab.goto(f"http://127.0.0.1:{peer.port}{peer.page}")
        for number in range(_FIRST_PAINTED, _FIRST_PAINTED + edits):
            time.sleep(_REST_S)
            began_ms = time.time() * 1000
            peer.edit(f"bench{number}")
            took_ms.append(tab.evaluate(_PAINTED, f"bench{number}") - began_ms)
    return took_ms
