"""Which pages an edit touches: those whose makers would now be answered otherwise.

The rule: the page of a document is made of that document and of answers, those that
the site and the settings give to what its maker asks. Each answer is noted with its
question. A later build asks the same of its own site and settings; where the document
and all answers are the same, the page is that of the build before, else it is made
again. Nothing has to be declared, as nothing can be had but by asking.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass
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


@dataclass(frozen=True)
class _World:
    """What a maker may ask: the site, and the settings as a value of that name."""

    site: Site
    settings: Settings

    def value(self, name: str) -> Any:
        return self.settings if name == _SETTINGS else getattr(self.site, name)

    def entry(self, name: str, key: str) -> Any:
        """Return what a mapping has for a key, or that it has nothing."""
        return self.value(name).get(key, _MISSING)


class _Answer(NamedTuple):
    """A question to a site, with what it was answered.

    A method is asked with its arguments; for any other value they are None.
    """

    name: str
    arguments: tuple[Any, ...] | None
    value: Any

    def is_that_of(self, world: _World) -> bool:
        """Return whether another world answers the same."""
        now = world.value(self.name)
        if self.arguments is not None:
            now = now(*self.arguments)
        return now is self.value or is_same(self.value, now)


class _Notes:
    """What the maker of one page asked: answers in order, and keys of mappings."""

    def __init__(self) -> None:
        self._answers: dict[tuple[object, ...], _Answer] = {}
        self.keys: dict[str, set[str]] = defaultdict(set)

    def add(self, name: str, arguments: tuple[Any, ...] | None, value: Any) -> None:
        # The answer has the arguments, so that no other value gets their number.
        question = (name, arguments is None, *map(id, arguments or ()))
        self._answers.setdefault(question, _Answer(name, arguments, value))

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
        self._notes.add(name, None, value)
        return value

    def _call(self, method: MethodType, name: str, *arguments: Any) -> Any:
        value = method(*arguments)
        self._notes.add(name, arguments, value)
        return value


class _AskedMapping(Mapping[str, Any]):
    """A mapping that notes which of its keys are asked for; by some questions, all."""

    def __init__(self, name: str, values: Mapping[str, Any], notes: _Notes) -> None:
        self._name = name
        self._values = values
        self._notes = notes

    def __getitem__(self, key: str) -> Any:
        self._notes.keys[self._name].add(key)
        return self._values[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._all())

    def __len__(self) -> int:
        return len(self._all())

    def _all(self) -> Mapping[str, Any]:
        self._notes.add(self._name, None, self._values)
        return self._values


@dataclass(frozen=True)
class _Made:
    """A page and all that it is made of."""

    document: Document
    answers: tuple[_Answer, ...]
    keys: Mapping[str, set[str]]
    page: Page

    def is_that_of(
        self, document: Document, world: _World, changed: Mapping[str, set[str]]
    ) -> bool:
        """Return whether its maker would make it again.

        `changed` has the keys of each mapping that others have now another value.
        """
        if not is_same(self.document, document):
            return False
        for name, keys in self.keys.items():
            if not keys.isdisjoint(changed[name]):
                return False
        return all(answer.is_that_of(world) for answer in self.answers)


class ShownPages:
    """The pages of a build, for the build after it: each is made again if it must be.

    It holds as many pages as the last build had; none in a process that builds once
    (`builds_again`), where nothing need be noted.
    """

    def __init__(self, *, builds_again: bool = True) -> None:
        """Begin without any."""
        self._builds_again = builds_again
        self._world: _World
        self._before: dict[str, _Made] = {}
        self._now: dict[str, _Made] = {}
        # Of each mapping, what all pages of the last build asked of it; and the keys
        # that have another value in this one.
        self._asked: dict[str, dict[str, Any]] = {}
        self._changed: dict[str, set[str]] = {}

    def begin(self, site: Site, settings: Settings) -> None:
        """Begin a build of a site with some settings."""
        self._world = _World(site, settings)
        self._now = {}
        self._changed = {}
        for name, values in self._asked.items():
            self._changed[name] = {
                key
                for key, value in values.items()
                if not is_same(value, self._world.entry(name, key))
            }

    def show(self, url: str, document: Document, make: Maker) -> Page:
        """Return the page at an address: that of the build before if it is the same.

        `make` may use the site and the settings that it is given, the document, and
        nothing else that can differ from build to build.
        """
        world = self._world
        if not self._builds_again:
            return make(world.site, world.settings)
        made = self._before.get(url)
        if made is None or not made.is_that_of(document, world, self._changed):
            notes = _Notes()
            site = cast("Site", _AskedSite(world.site, notes))
            page = make(site, _AskedMapping(_SETTINGS, world.settings, notes))
            made = _Made(document, notes.answers, dict(notes.keys), page)
        self._now[url] = made
        return made.page

    def end(self) -> None:
        """End a build that went well: forget the pages that it did not have."""
        self._before = self._now
        keys: dict[str, set[str]] = defaultdict(set)
        for made in self._before.values():
            for name, asked in made.keys.items():
                keys[name] |= asked
        self._asked = {}
        for name, asked in keys.items():
            entry = partial(self._world.entry, name)
            values = {key: entry(key) for key in asked}
            if name == _SETTINGS:  # whose lists and mappings may be changed in place
                values = deepcopy(values)
            self._asked[name] = values
        del self._world
