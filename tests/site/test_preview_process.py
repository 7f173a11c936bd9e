"""The processes of a preview: broken code, builds without end, signals, ports."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from previews import ADDRESS, ARTICLE, NEW, OLD, Live, whole_project

CODE = "sitebuild/derive/assemble.py"
FIGURES = "sitebuild/render/figures.py"
LOOP = "    while True:\n        pass\n"


def test_broken_code_is_a_fault_until_it_is_fixed(live: Callable[..., Live]) -> None:
    """An error in the code is a fault with its line; the server goes on and waits."""
    preview = live()
    preview.wait("built in")
    preview.project.edit(CODE, ("def assemble(", "def assemble(("))
    preview.wait(f"{CODE}:")
    preview.project.edit(CODE, ("def assemble((", "def assemble("))
    assert preview.ask("/")[0] == 200
    first = len(preview.lines)
    preview.project.edit(
        CODE, ("from datetime import date", "import os\n\nos._exit(3)")
    )
    preview.wait("the build process ended", first)
    count = preview.builds()
    preview.project.edit("content/pages/about.md", ("title:", "title: Now"))
    preview.wait("content/pages/about.md: 1 fault", first)
    assert preview.builds() == count + 1
    assert preview.ask("/")[0] == 200


def test_a_build_that_never_ends_is_ended_by_the_next_save(
    tmp_path: Path,
) -> None:
    """A loop without end is named after a while; fixed, what was saved is served."""
    project = whole_project(tmp_path / "project")
    project.edit(
        "sitebuild/preview/builds.py", ("LONG_BUILD_S = 15.0", "LONG_BUILD_S = 0.5")
    )
    preview = Live(project)
    preview.wait("built in")
    start = "def day(value: date) -> Markup:\n"
    preview.project.edit(FIGURES, (start, start + LOOP))
    preview.wait("the next save ends it")
    preview.project.edit(ARTICLE, (OLD, NEW))
    preview.project.edit(FIGURES, (LOOP, ""))
    assert NEW in preview.ask(ADDRESS)[2]
    preview.close()


def test_ctrl_c_ends_quietly(live: Callable[..., Live]) -> None:
    """Ctrl-C ends server and build process without a traceback."""
    preview = live()
    preview.wait("built in")
    os.killpg(preview.process.pid, signal.SIGINT)
    assert preview.process.wait(10) == 0
    assert not any("Traceback" in line for line in preview.lines)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_the_command_whole(
    tmp_path: Path, number: signal.Signals
) -> None:
    """Ctrl-C and a plain `kill` of the command end server and build process too."""
    project = whole_project(tmp_path / "project")
    command = subprocess.Popen(
        [sys.executable, "-u", "-m", "invoke", "serve", "--port", "0"],
        cwd=project.root,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    printed = ""
    while "built in" not in printed:
        printed += command.stdout.readline()
    os.kill(command.pid, number)
    rest, _ = command.communicate(timeout=30)  # waits for all who hold the pipe
    assert "Traceback" not in printed + rest


def test_a_taken_port_is_left_alone(live: Callable[..., Live]) -> None:
    """When the port is taken the next free one serves, and a line says so."""
    first = live()
    second = live("--port", str(first.port))
    assert second.port != first.port
    second.wait(f"port {first.port} is taken")
