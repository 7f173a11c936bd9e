"""Finds Chromium for the tests, and installs it where there is none."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

# The shell is the same engine without windows: a page costs it a third of the time.
_NAMES = (
    "chromium-headless-shell",
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
)


def find() -> str | None:
    """Return the path of a Chromium; None if there is none.

    $CHROMIUM comes first, then the system's, then the one that Playwright has.
    """
    named = os.environ.get("CHROMIUM")
    if named:
        return named
    for name in _NAMES:
        path = shutil.which(name)
        if path:
            return path
    return _of_playwright()


def _of_playwright() -> str | None:
    from playwright.sync_api import sync_playwright  # noqa: PLC0415 - slow to import

    with sync_playwright() as playwright:
        path = playwright.chromium.executable_path
    return path if Path(path).exists() else None


def ensure() -> str:
    """Return the path of a Chromium, installed if need be.

    Raise SystemExit with what to do where that fails.
    """
    found = find()
    for commands in _attempts():
        if found:
            break
        sys.stderr.write(f"Installing Chromium: {' '.join(commands[-1])}\n")
        _run_until_one_fails(commands)
        found = find()
    if not found:
        raise SystemExit(
            "Chromium is needed for the tests: install it, or name it in $CHROMIUM."
        )
    return found


def _attempts() -> Iterator[Sequence[list[str]]]:
    """Yield Debian's way, which brings the libraries too, then Playwright's."""
    root = ["sudo", "-n"]
    if not hasattr(os, "geteuid") or os.geteuid() == 0:
        root = []
    for package in _NAMES[:2]:
        yield (
            [*root, "apt-get", "update", "-q"],
            [*root, "apt-get", "install", "-y", "-q", package],
        )
    yield ([sys.executable, "-m", "playwright", "install", "chromium"],)


def _run_until_one_fails(commands: Sequence[list[str]]) -> None:
    for command in commands:
        if not shutil.which(command[0]):
            return
        done = subprocess.run(command, check=False, capture_output=True)
        if done.returncode:
            return
