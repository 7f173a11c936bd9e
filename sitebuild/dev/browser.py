"""Finds Chromium for the tests, and fetches it where there is none."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def find() -> str | None:
    """The path of a Chromium, that of $CHROMIUM, the system's or Playwright's own; None if there is none."""
    found = os.environ.get("CHROMIUM") or next(
        filter(None, map(shutil.which, _NAMES)), None
    )
    return found or _playwrights()


def _playwrights() -> str | None:
    from playwright.sync_api import sync_playwright  # noqa: PLC0415 - a second that most tasks need not wait

    with sync_playwright() as playwright:
        path = playwright.chromium.executable_path
    return path if Path(path).exists() else None


def ensure() -> str:
    """The path of a Chromium, fetched if need be; raises SystemExit with what to do where that fails.

    Tries Debian's package first, which brings the libraries with it, then Playwright's own download.
    """
    root = [] if not hasattr(os, "geteuid") or os.geteuid() == 0 else ["sudo", "-n"]
    attempts = (
        [
            [*root, "apt-get", "update", "-q"],
            [*root, "apt-get", "install", "-y", "-q", "chromium"],
        ],
        [[sys.executable, "-m", "playwright", "install", "chromium"]],
    )
    for commands in attempts:
        if found := find():
            return found
        sys.stderr.write(f"Fetching Chromium: {' '.join(commands[-1])}\n")
        for command in commands:
            if (
                not shutil.which(command[0])
                or subprocess.run(command, check=False, capture_output=True).returncode
            ):
                break
    if found := find():
        return found
    raise SystemExit(
        "Chromium is needed for the tests: install it, or name it in $CHROMIUM."
    )
