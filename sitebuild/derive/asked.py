"""Which pages an edit touches: those whose makers would now be answered otherwise.

The rule: the page of a document is made of that document and of answers, those that
the site and the settings give to what its maker asks. Each answer is noted with its
question. A later build asks the same of its own site and settings; where the document
and all answers are the same, the page is that of the build before, else it is made
again. Nothing has to be declared, as nothing can be had but by asking.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from functools import partial
from types import MethodType
from typing import Any, NamedTuple, cast

from sitebuild.derive.same import is_same
from sitebuild.derive.site import Site
from sitebuild.derive.views import Page
from sitebuild.model import Document

_SETTINGS = "settings"
_MISSING = "\0"  # the answer for a key that there is not; no source may hold it

Settings = Mapping[str, Any]
Maker = Callable[[Site, Settings], Page]


class _How(Enum):
    """How something is asked: by a method, by a key of a mapping, by its name alone."""

    CALL = "call"
    KEY = "key"
    NAME = "name"


class _Answer(NamedTuple):
    """What was asked of a site or of the settings, and what was answered."""

    how: _How
    name: str
    arguments: tuple[Any, ...]
    value: Any

    def is_that_of(self, site: Site, settings: Settings) -> bool:
        """Return whether others answer the same."""
        now: Any = settings if self.name == _SETTINGS else getattr(site, self.name)
        if self.how is _How.CALL:
            now = now(*self.arguments)
        elif self.how is _How.KEY:
            now = now.get(self.arguments[0], _MISSING)
        return now is self.value or is_same(self.value, now)


class _Notes:
    """The answers that the maker of one page was given, in order, none twice."""

    def __init__(self) -> None:
        self._answers: dict[tuple[object, ...], _Answer] = {}

    def add(self, how: _How, name: str, arguments: tuple[Any, ...], value: Any) -> None:
        # The answer has the arguments, so that no other value gets their number.
        key = (how, name, *map(id, arguments))
        self._answers.setdefault(key, _Answer(how, name, arguments, value))

    @property
    def answers(self) -> tuple[_Answer, ...]:
        return tuple(self._answers.values())


class _AskedSite:
    """A site that notes what it is asked; it has the methods and values of `Site`."""

    def __init__(self, site: Site, notes: _Notes) -> None:
        self._site = site
        self._notes = notes

    def __getattr__(self, name: str) -> Any:
        value = getattr(self._site, name)
        if isinstance(value, MethodType):
            return partial(self._call, value, name)
        if isinstance(value, Mapping):
            return _AskedMapping(name, value, self._notes)
        self._notes.add(_How.NAME, name, (), value)
        return value

    def _call(self, method: MethodType, name: str, *arguments: Any) -> Any:
        value = method(*arguments)
        self._notes.add(_How.CALL, name, arguments, value)
        return value


class _AskedMapping(Mapping[str, Any]):
    """A mapping that notes which of its keys are asked for; by some questions, all."""

    def __init__(self, name: str, values: Mapping[str, Any], notes: _Notes) -> None:
        self._name = name
        self._values = values
        self._notes = notes

    def __getitem__(self, key: str) -> Any:
        value = self._values.get(key, _MISSING)
        self._notes.add(_How.KEY, self._name, (key,), value)
        return self._values[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._all())

    def __len__(self) -> int:
        return len(self._all())

    def _all(self) -> Mapping[str, Any]:
        self._notes.add(_How.NAME, self._name, (), self._values)
        return self._values


@dataclass(frozen=True)
class _Made:
    """A page and all that it is made of."""

    document: Document
    answers: tuple[_Answer, ...]
    page: Page

    def is_that_of(self, document: Document, site: Site, settings: Settings) -> bool:
        """Return whether the maker of the page would make it again."""
        if not is_same(self.document, document):
            return False
        return all(answer.is_that_of(site, settings) for answer in self.answers)


class ShownPages:
    """The pages of a build, for the build after it: each is made again if it must be.

    It holds as many pages as the last build had.
    """

    def __init__(self) -> None:
        """Begin without any."""
        self._before: dict[str, _Made] = {}
        self._now: dict[str, _Made] = {}

    def show(
        self, url: str, document: Document, site: Site, settings: Settings, make: Maker
    ) -> Page:
        """Return the page at an address: that of the build before if it is the same.

        `make` may use the site and the settings that it is given, the document, and
        nothing else that can differ from build to build.
        """
        made = self._before.get(url)
        if made is None or not made.is_that_of(document, site, settings):
            notes = _Notes()
            asked = cast("Site", _AskedSite(site, notes))
            page = make(asked, _AskedMapping(_SETTINGS, settings, notes))
            made = _Made(document, notes.answers, page)
        self._now[url] = made
        return made.page

    def end(self) -> None:
        """End a build: forget the pages that it did not have."""
        self._before = self._now
        self._now = {}
