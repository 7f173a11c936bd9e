"""Renders the files that templates make, each again only if what it shows differs."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import jinja2

from sitebuild.faults import Report
from sitebuild.memory import Memory
from sitebuild.read.markdown import Typesetter
from sitebuild.render import templates
from sitebuild.render.machines import TemplateFile
from sitebuild.render.theme import Theme


@dataclass(frozen=True)
class Renderer:
    """Renders the files of one build.

    `everywhere` is what every template sees beside the values of its own file; `name`
    says how messages name a file of the theme.
    """

    memory: Memory
    theme: Theme
    setter: Typesetter
    everywhere: Mapping[str, Any]
    name: Callable[[Path], str]
    report: Report

    def render(self, files: Iterable[TemplateFile]) -> dict[str, bytes]:
        """Return the bytes of files by path; one that fails is a fault and left out."""
        env = templates.environment(self.theme, self.setter, self.memory)
        # As it is written: templates may show what is equal otherwise, such as 1.0.
        everywhere = (repr((self.theme.templates, self.everywhere)), self.setter)
        rendered = {}
        for file in files:
            try:
                rendered[file.path] = self.memory.take(
                    ("file", file.path),
                    (everywhere, file.template, file.shown),
                    partial(self._render, file, env),
                )
            except Exception as error:  # whatever a template may raise
                self._report(file.path, error)
        return rendered

    def _render(self, file: TemplateFile, env: jinja2.Environment) -> bytes:
        shown = {**self.everywhere, **file.shown}
        return templates.render(env, file.template, shown)

    def _report(self, path: str, error: Exception) -> None:
        """Report the line that a template failed on, once and not for every page."""
        place = templates.place_of(error, self.theme.folder, self.name)
        if place not in [fault.place for fault in self.report.faults]:
            self.report.add(
                place,
                f"a template failed on {path}: {error}",
                "templates use names that the build gives them",
                "fix the line",
            )
