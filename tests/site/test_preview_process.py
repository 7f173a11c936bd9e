"""The process of a preview: new and broken code, signals, ports."""

from __future__ import annotations

import os
import pty
import signal
import subprocess
import sys
from collections.abc import Callable
from typing import BinaryIO

import pytest
import watchfiles
from playwright.sync_api import Page, expect
from previews import ADDRESS, ARTICLE, NEW, OLD, Live
from projects import Project

ENGINE = "sitebuild/preview/engine.py"
BUILD = "    try:\n        built = plugin.build(\n"
# Lets a build of the search index begin, and go on when it is told to.
HALT = """    if not quick:
        Path("begun").touch()
        while not Path("go").exists():
            pass
"""


@pytest.mark.parametrize(
    ("path", "old", "new", "sign"),
    [
        ("pelicanconf.py", 'SITENAME = "', 'SITENAME = "Renamed ', "Renamed "),
        ("pelicanconf.py", '"codehilite"]', '"codehilite", "nl2br"]', "<br>"),
    ],
)
def test_an_edit_of_the_settings_takes_effect(
    live: Callable[..., Live], path: str, old: str, new: str, sign: str
) -> None:
    """Settings take effect, and the next answer has them."""
    preview = live()
    assert sign not in preview.ask("/evidence/")[2]
    preview.project.edit(path, (old, new))
    assert sign in preview.ask("/evidence/")[2]
    preview.wait(f"{path}: built in")


def test_an_edit_of_code_takes_effect(live: Callable[..., Live]) -> None:
    """New code runs in the same process, and what it changed is told once."""
    preview = live()
    first = len(preview.lines)
    code = "sitebuild/read/markdown.py"
    preview.project.edit(code, lambda text: f"{text}\nprint('read anew')\n")
    assert OLD in preview.ask(ADDRESS)[2]
    preview.wait(f"{code}: built in", first)
    preview.project.edit(ARTICLE, (OLD, NEW))
    preview.wait("{+tame+}", first)
    assert preview.lines[first:].count("read anew") == 1


def test_an_edit_of_equal_size_is_loaded(live: Callable[..., Live]) -> None:
    """Python's compiled code does not stand in for an edit in the same second."""
    preview = live()
    for name in ("Bread A", "Bread B", "Bread C"):
        preview.project.edit(
            "pelicanconf.py", lambda text, name=name: f"{text}\nSITENAME = '{name}'\n"
        )
        assert name in preview.ask("/")[2]


@pytest.mark.parametrize("code", ["sitebuild/diff.py", "sitebuild/faults.py"])
def test_broken_code_is_a_fault_until_it_is_fixed(
    live: Callable[..., Live], code: str
) -> None:
    """Code that cannot be loaded is a fault with its line; the pages stay; it heals.

    Also code that the preview itself is made of.
    """
    preview = live()
    preview.project.edit(code, ("\ndef ", "\ndef def "))
    preview.wait(f"  {code}:")
    assert preview.ask(ADDRESS)[0] == 200
    first = len(preview.lines)
    preview.project.edit("content/pages/about.md", ("title:", "title: Now"))
    preview.wait("content/pages/about.md: 1 fault; the last good pages stay", first)
    preview.project.edit(code, ("\ndef def ", "\ndef "))
    preview.wait("built in", first)
    assert "Now" in preview.ask("/about/")[2]


def test_broken_settings_are_a_fault(live: Callable[..., Live]) -> None:
    """A slip in the settings is a fault at its line, and the preview stays."""
    preview = live()
    preview.project.edit("pelicanconf.py", ("SITENAME =", "SITENAME = Nothing +"))
    preview.wait("  pelicanconf.py:")
    assert preview.ask("/")[0] == 200
    preview.project.edit("pelicanconf.py", ("SITENAME = Nothing +", "SITENAME ="))
    preview.wait("pelicanconf.py: built in")


def test_a_save_while_the_index_is_made_is_told(
    live: Callable[..., Live], tab: Page
) -> None:
    """The build of the index has the save in it; a line and an open page lead to it."""
    preview = live()
    tab.goto(preview.url + ADDRESS[1:])
    preview.project.edit(ENGINE, (BUILD, f"{HALT}{BUILD}"))
    for _ in watchfiles.watch(preview.project.root, yield_on_timeout=True):
        if (preview.project.root / "begun").exists():
            break
    tab.evaluate("scrollTo(0, document.body.scrollHeight)")
    preview.project.edit(ARTICLE, (OLD, NEW))
    preview.project.write("go", "")
    assert ADDRESS in preview.wait(f"{ARTICLE}: built in")
    expect(tab.get_by_text(NEW)).to_be_in_viewport()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_it_quietly(
    live: Callable[..., Live], number: signal.Signals
) -> None:
    """Ctrl-C and a plain `kill` end it without a traceback; the folder is whole."""
    preview = live()
    os.killpg(preview.process.pid, number)
    assert preview.end(number) == 0
    assert len(preview.lines) == 2
    assert (preview.project.output / "404.html").is_file()


def test_a_terminal_that_is_closed_ends_it(live: Callable[..., Live]) -> None:
    """Without its terminal a preview ends (SIGHUP)."""
    preview = live()
    assert preview.end(signal.SIGHUP) == -signal.SIGHUP


def test_a_taken_port_is_left_alone(live: Callable[..., Live]) -> None:
    """When the port is taken the next free one serves, and a line says so."""
    first = live()
    second = live("--port", str(first.port))
    assert second.port != first.port
    second.wait(f"Port {first.port} is taken.")


@pytest.mark.parametrize("colour", [True, False])
def test_a_terminal_shows_colours(bread: Project, colour: bool) -> None:
    """What was removed and added stands out where a person reads, unless NO_COLOR is set."""
    seen, terminal = pty.openpty()
    environment = {k: v for k, v in os.environ.items() if k != "NO_COLOR"}
    process = subprocess.Popen(
        [sys.executable, "-m", "invoke", "serve", "--port", "0"],
        cwd=bread.root,
        env=environment if colour else {**environment, "NO_COLOR": "1"},
        stdout=terminal,
    )
    os.close(terminal)
    with os.fdopen(seen, "rb", 0) as lines:
        said = wait_for(lines, b"Built ")
        bread.edit(ARTICLE, (OLD, NEW))
        said += wait_for(lines, b"tame")
        said += wait_for(lines, b"\n")
    process.kill()
    process.wait()
    added = b"\33[32m{+tame+}\33[0m" if colour else b"{+tame+}"
    assert added in said
    assert (b"\33" in said) == colour


def wait_for(lines: BinaryIO, text: bytes) -> bytes:
    """Read until a text has come."""
    said = b""
    while text not in said:
        said += lines.read(1)
    return said


@pytest.mark.parametrize("editor", ["emacs", "code://{path}"])
def test_an_editor_that_is_not_known_is_told(bread: Project, editor: str) -> None:
    """A name that makes no link is refused, with those that do."""
    said = bread.task("serve", "--editor", editor, code=1)
    assert "code, codium, cursor" in said
    assert "{path} and {line}" in said
