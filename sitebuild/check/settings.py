"""Settings that Pelican and Python-Markdown would fail on, far from their line."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from markdown import Markdown

from sitebuild.faults import Report, suggest
from sitebuild.model import SourceLine

_FILE = "pelicanconf.py"


def check(settings: Mapping[str, Any], root: Path, report: Report) -> None:
    """Report a TIMEZONE and a MARKDOWN setting that cannot be used, at its line."""
    _check_timezone(settings, root, report)
    _check_markdown(settings, root, report)


def _check_timezone(settings: Mapping[str, Any], root: Path, report: Report) -> None:
    name = str(settings.get("TIMEZONE", "UTC"))
    try:
        ZoneInfo(name)
    except (OSError, ValueError, KeyError):  # ZoneInfoNotFoundError is a KeyError
        near = suggest(name, available_timezones()).nearest or "UTC"
    else:
        return
    report.add(
        _place("TIMEZONE", root),
        f'the setting TIMEZONE is "{name}"',
        "a time zone is a name of the IANA database, such as UTC or Europe/Berlin",
        f'did you mean "{near}"?',
    )


def _check_markdown(settings: Mapping[str, Any], root: Path, report: Report) -> None:
    try:
        Markdown(**settings["MARKDOWN"])
    except Exception as error:  # whatever an extension may raise
        report.add(
            _place("MARKDOWN", root),
            f"the setting MARKDOWN cannot be used: {error}",
            "it holds arguments of Python-Markdown: extensions that are installed, and "
            "their extension_configs",
            "correct the name, or install the extension",
        )


def _place(name: str, root: Path) -> SourceLine:
    """Return the line that sets something; line 1 where none does."""
    path = root / _FILE
    lines = []
    if path.is_file():
        lines = path.read_text("utf-8", "replace").split("\n")
    for number, line in enumerate(lines, 1):
        if line.startswith(name):
            return SourceLine(_FILE, number)
    return SourceLine(_FILE, 1)
