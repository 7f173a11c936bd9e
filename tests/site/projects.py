"""A project in a temporary folder, which tests build, break and publish.

It is built as anybody builds it: by Pelican with the settings file, or by a task.
"""

from __future__ import annotations

import io
import os
import re
import shutil
import sys
from collections.abc import Callable
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from typing import Any

import warm
from pelican import Pelican
from pelican.settings import read_settings

ROOT = Path(__file__).resolve().parent.parent.parent
SITEURL = "https://example.org"
# file:line: what was found; what is allowed; what to do
FAULT = re.compile(r"[^:\n]+:\d+: .+; .+; .+")


def run_pelican(settings_file: Path, **override: Any) -> None:
    """Build in this process with a settings file, some settings overridden."""
    # Bytecode would stand for the file after a change of equal size in the same second.
    written, sys.dont_write_bytecode = sys.dont_write_bytecode, True
    try:
        settings = read_settings(str(settings_file), override=override)
    finally:
        sys.dont_write_bytecode = written
    Pelican(settings).run()


class Project:
    """A project in a temporary folder, with the few things that tests do to one."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.output = root / "output"
        self.public = root / "public"

    def build(self, **override: Any) -> Path:
        """Build it; return the output folder."""
        settings = {"SITEURL": SITEURL, **override}
        run_pelican(self.root / "pelicanconf.py", **settings)
        return self.output

    def faults(self, **override: Any) -> list[str]:
        """Return the faults of a build, as an editor reads them; empty without any."""
        said = io.StringIO()
        try:
            with redirect_stdout(said), redirect_stderr(said):
                self.build(**override)
        except SystemExit as error:
            text = f"{said.getvalue()}\n{error}"
            found = [line for line in text.splitlines() if FAULT.match(line)]
            assert found, f"the build failed without a fault: {text}"
            return found
        return []

    def task(self, *words: str, code: int = 0, **environment: str) -> str:
        """Run a task of Invoke that ends with `code`; return all that it printed."""
        env = {**os.environ, **environment}
        done = warm.run("invoke", *words, cwd=self.root, env=env)
        assert done.returncode == code, done.stdout
        return done.stdout

    def publish(self, code: int = 0) -> str:
        """Publish it; return all that was printed."""
        return self.task("publish", code=code, SITEURL=SITEURL)

    def read(self, path: str) -> str:
        """Return the text of a source file."""
        return (self.root / path).read_text("utf-8")

    def write(self, path: str, text: str | bytes) -> None:
        """Write a source file, folders included."""
        file = self.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(text if isinstance(text, bytes) else text.encode())

    def edit(self, path: str, change: Callable[[str], str] | tuple[str, str]) -> None:
        """Replace the first of one string by another, or run a function over a file.

        Fail when the string is not there.
        """
        text = self.read(path)
        if isinstance(change, tuple):
            assert change[0] in text, f"{change[0]!r} is not in {path}"
            self.write(path, text.replace(*change, 1))
        else:
            self.write(path, change(text))

    def page(self, path: str) -> str:
        """Return the HTML of a built page, by its address."""
        return (self.output / path.lstrip("/") / "index.html").read_text("utf-8")


def copy_code(folder: Path) -> None:
    """Put all that builds a site into a folder: everything but its content."""
    shutil.copytree(ROOT / "theme", folder / "theme", copy_function=shutil.copy)
    for name in ("pelicanconf.py", "publishconf.py", "tasks.py"):
        shutil.copy2(ROOT / name, folder)
    (folder / "sitebuild").symlink_to(ROOT / "sitebuild")


def copy_project(folder: Path) -> Project:
    """Return a fresh copy of everything that a build reads."""
    copy_code(folder)
    shutil.copytree(ROOT / "content", folder / "content", copy_function=shutil.copy)
    return Project(folder)
