"""The one cache of rendered files: what a process keeps from one build to the next.

The rule: what a template sees is what is compared. It sees two things, what every file
shows and what this file shows. Both are written out whole, as Python writes values
(`repr`), and the digest of that is the name of the file that was rendered; so nothing
that is found can be out of date. In memory the cache has the files of the last build,
each with what it shows: where that is the same, nothing need be written out. On disk
(see `disk`) it has those of earlier processes.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import jinja2

from sitebuild.derive.asked import ShownPages
from sitebuild.derive.assemble import Memory
from sitebuild.derive.same import is_same
from sitebuild.disk import NOTHING, DiskCache, digest
from sitebuild.read.markdown import Typesetter
from sitebuild.render.search import Index
from sitebuild.render.templates import Loader, make_environment
from sitebuild.render.theme import Theme


@dataclass(frozen=True)
class _Rendered:
    everywhere: bytes
    shown: object
    made_of: bytes
    data: bytes


class RenderCache:
    """Rendered files by path, as many as the last build had, and the search index.

    `sources` is for the program that runs the builds: what it made of each source file.
    `shown` has the pages of the last build, where a process `builds_again`.
    """

    def __init__(self, disk: DiskCache = NOTHING, *, builds_again: bool = True) -> None:
        """Begin with nothing but what is on disk, if anything is."""
        self.disk = disk
        self.index = Index(disk)
        self.sources: dict[str, Any] = {}
        self.assembled = Memory()
        self.shown = ShownPages(builds_again=builds_again)
        self._loader = Loader()
        self._setter: Typesetter | None = None
        self._env: jinja2.Environment | None = None
        self._everywhere = b""
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
        """Begin a build; `everywhere` is all templates and what each of them sees."""
        self._before |= self._now
        self._now = {}
        self._everywhere = digest(repr(everywhere).encode())

    @property
    def pages(self) -> tuple[str, ...]:
        """The paths of the files that are kept."""
        return tuple(self._before)

    def render(self, path: str, shown: object, make: Callable[[], bytes]) -> bytes:
        """Return the bytes of a file: those of earlier builds if it shows the same."""
        kept = self._before.get(path)
        if not (
            kept and kept.everywhere == self._everywhere and is_same(kept.shown, shown)
        ):
            kept = self._render(kept, shown, make)
        self._now[path] = kept
        return kept.data

    def _render(
        self, kept: _Rendered | None, shown: object, make: Callable[[], bytes]
    ) -> _Rendered:
        made_of = digest(self._everywhere, repr(shown).encode())
        if kept and kept.made_of == made_of:
            data = kept.data
        else:
            data = self.disk.remember("file", made_of, make)
        return _Rendered(self._everywhere, shown, made_of, data)

    def end(self) -> None:
        """End a build that went well: forget the files that it did not have."""
        self._before = self._now
        self._now = {}
