"""The process of a preview: new and broken code, signals, ports."""

from __future__ import annotations

import os
import pty
import re
import shutil
import signal
import subprocess
import sys
from typing import BinaryIO

import pytest
import watchfiles
from playwright.sync_api import Page, expect
from previews import ADDRESS, ARTICLE, NEW, OLD, Live, save_by_rename
from projects import Project

ENGINE = "sitebuild/preview/engine.py"
BUILD = "    try:\n        built = plugin.build(\n"
# How a preview ends at a signal.
ENDINGS = {signal.SIGINT: 0, signal.SIGTERM: 0, signal.SIGHUP: -signal.SIGHUP}
# Lets a build of the search index begin, and go on when it is told to.
HALT = """    if not quick:
        Path("begun").touch()
        while not Path("go").exists():
            pass
"""


def test_an_edit_of_the_settings_takes_effect(preview: Live) -> None:
    """Settings take effect, and the next answer has them.

    Python's compiled code does not stand in for an edit of equal size in one second.
    """
    first = len(preview.lines)
    settings = "pelicanconf.py"
    preview.project.edit(settings, ('"codehilite"]', '"codehilite", "nl2br"]'))
    preview.project.edit(settings, lambda text: f"{text}\nSITENAME = 'Bread A'\n")
    assert "Bread A" in preview.ask("/")[2]
    assert "<br>" in preview.ask("/evidence/")[2]
    preview.project.edit(settings, ("Bread A", "Bread B"))
    assert "Bread B" in preview.ask("/")[2]
    preview.wait(f"{settings}: built in", first)


def test_an_edit_of_code_takes_effect(preview: Live) -> None:
    """New code runs in the same process, and what it changed is told once."""
    first = len(preview.lines)
    code = preview.project.root / "sitebuild/read/markdown.py"
    save_by_rename(code, f"{code.read_text('utf-8')}\nprint('read anew')\n")
    assert OLD in preview.ask(ADDRESS)[2]
    preview.wait("sitebuild/read/markdown.py: built in", first)
    preview.project.edit(ARTICLE, (OLD, NEW))
    preview.wait("{+tame+}", first)
    assert preview.lines[first:].count("read anew") == 1


@pytest.mark.parametrize(
    ("path", "old", "new"),
    [
        ("sitebuild/diff.py", "\ndef ", "\ndef def "),
        ("sitebuild/faults.py", "\ndef ", "\ndef def "),
        ("pelicanconf.py", "SITENAME =", "SITENAME = Nothing +"),
    ],
)
def test_broken_code_is_a_fault_until_it_is_fixed(
    preview: Live, path: str, old: str, new: str
) -> None:
    """Code that cannot be loaded is a fault with its line; the pages stay; it heals.

    Also code that the preview itself is made of.
    """
    first = len(preview.lines)
    preview.project.edit(path, (old, new))
    preview.wait(f"  {path}:", first)
    assert preview.ask(ADDRESS)[0] == 200
    first = len(preview.lines)
    preview.project.edit("content/pages/about.md", ("title:", "title: Now"))
    preview.wait("content/pages/about.md: 1 fault; the last good pages stay", first)
    preview.project.edit(path, (new, old))
    preview.wait("built in", first)
    assert "Now" in preview.ask("/about/")[2]


def test_a_save_while_the_index_is_made_is_told(preview: Live, tab: Page) -> None:
    """The build of the index has the save in it; a line and an open page lead to it."""
    first = len(preview.lines)
    tab.goto(preview.url + ADDRESS[1:])
    preview.project.edit(ENGINE, (BUILD, f"{HALT}{BUILD}"))
    for _ in watchfiles.watch(preview.project.root, yield_on_timeout=True):
        if (preview.project.root / "begun").exists():
            break
    tab.evaluate("scrollTo(0, document.body.scrollHeight)")
    preview.project.edit(ARTICLE, (OLD, NEW))
    preview.project.write("go", "")
    assert ADDRESS in preview.wait(f"{ARTICLE}: built in", first)
    expect(tab.get_by_text(NEW)).to_be_in_viewport()


def test_it_begins_and_ends_quietly(preview: Live) -> None:
    """A start says the address and that the site is built; nobody added anything.

    Ctrl-C, a plain `kill` and a terminal that is closed end it without a traceback. The
    first two leave the folder whole.
    """
    for number, code in ENDINGS.items():
        preview.end()
        shutil.rmtree(preview.project.output, ignore_errors=True)
        first = preview.start()
        assert preview.end(number) == code
        opened, built = preview.lines[first:]
        assert re.fullmatch(
            r"Open http://127\.0\.0\.1:\d+/ to see the site while you write\. "
            r"Ctrl-C ends this\.",
            opened,
        )
        assert re.fullmatch(r"Built 10 pages in \d+ ms\.", built)
        assert (preview.project.output / "404.html").is_file() == (code == 0)


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
