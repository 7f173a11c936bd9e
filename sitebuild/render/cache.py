"""The one cache of rendered files: what a process keeps from one build to the next.

The rule: a file is rendered again when what its template sees differs. A template sees
two things, what every file shows and what this file shows, and both are compared by
value; so nothing can be out of date.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import jinja2

from sitebuild.read.markdown import Typesetter
from sitebuild.render.search import Index
from sitebuild.render.templates import Loader, make_environment
from sitebuild.render.theme import Theme


@dataclass(frozen=True)
class _Rendered:
    shown: object
    data: bytes


class RenderCache:
    """Rendered files by path, as many as the last build had, and the search index.

    `sources` is for the program that runs the builds: what it made of each source file.
    """

    def __init__(self) -> None:
        """Begin with nothing."""
        self.index = Index()
        self.sources: dict[str, Any] = {}
        self._loader = Loader()
        self._setter: Typesetter | None = None
        self._env: jinja2.Environment | None = None
        self._everywhere: object = None
        self._before: dict[str, _Rendered] = {}
        self._now: dict[str, _Rendered] = {}

    def environment(self, theme: Theme, setter: Typesetter) -> jinja2.Environment:
        """Return the templates of a theme; those of equal text are compiled already."""
        self._loader.theme = theme
        if self._env is None or setter is not self._setter:
            self._env = make_environment(self._loader, setter)
            self._setter = setter
        return self._env

    def begin(self, everywhere: object) -> None:
        """Begin a build; where what every file shows differs, nothing is kept.

        That is all templates and what each of them sees, and the typesetter.
        """
        self._before |= self._now
        self._now = {}
        if everywhere != self._everywhere:
            self._everywhere = everywhere
            self._before = {}

    @property
    def pages(self) -> tuple[str, ...]:
        """The paths of the files that are kept."""
        return tuple(self._before)

    def render(self, path: str, shown: object, make: Callable[[], bytes]) -> bytes:
        """Return the bytes of a file: those of the last build if it shows the same."""
        kept = self._before.get(path)
        if kept is None or kept.shown != shown:
            kept = _Rendered(shown, make())
        self._now[path] = kept
        return kept.data

    def end(self) -> None:
        """End a build that went well: forget the files that it did not have."""
        self._before = self._now
        self._now = {}
