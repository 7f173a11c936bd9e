"""Renders the files that templates make, each again only if what it shows differs."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jinja2

from sitebuild.faults import Report
from sitebuild.render import templates
from sitebuild.render.cache import RenderCache
from sitebuild.render.machines import TemplateFile


@dataclass(frozen=True)
class Renderer:
    """Renders the files of one build.

    `everywhere` is what every template sees beside the values of its own file; `name`
    says how messages name a file of the theme in `folder`.
    """

    env: jinja2.Environment
    everywhere: Mapping[str, Any]
    cache: RenderCache
    folder: Path
    name: Callable[[Path], str]
    report: Report

    def render(self, files: Iterable[TemplateFile]) -> dict[str, bytes]:
        """Return the bytes of files by path; those that fail are faults and left out."""
        rendered = {}
        for file in files:
            try:
                rendered[file.path] = self._render(file)
            except Exception as error:  # whatever a template may raise
                self._report(file.path, error)
        return rendered

    def _render(self, file: TemplateFile) -> bytes:
        def make() -> bytes:
            shown = {**self.everywhere, **file.shown}
            return templates.render(self.env, file.template, shown)

        return self.cache.render(file.path, (file.template, file.shown), make)

    def _report(self, path: str, error: Exception) -> None:
        """Report the line that a template failed on, once and not for every page."""
        place = templates.place_of(error, self.folder, self.name)
        if place not in [fault.place for fault in self.report.faults]:
            self.report.add(
                place,
                f"a template failed on {path}: {error}",
                "templates use names that the build gives them",
                "fix the line",
            )
