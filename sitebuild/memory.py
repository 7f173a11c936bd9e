"""What a process keeps from one build to the next: what is equal is taken again.

Each result has a name, such as the path of a page, and stands beside the value that it
was made of. Where a build has an equal value for that name it takes the result, else it
makes it again. Nothing is kept on disk, and nothing that the last build did not need.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Any, TypeVar

T = TypeVar("T")


class Memory:
    """Results by name; a process that builds again and again hands in the same one.

    Results must be values that nobody changes. Pages are worth their comparing only
    where it `lasts` for another build.
    """

    def __init__(self, *, lasts: bool = True) -> None:
        """Begin without any."""
        self.lasts = lasts
        self._results: dict[Hashable, tuple[object, Any]] = {}
        self._taken: set[Hashable] = set()

    def take(self, name: Hashable, made_of: object, make: Callable[[], T]) -> T:
        """Return the result of a name, made again unless it was made of an equal value.

        `made_of` has all that `make` depends on.
        """
        self._taken.add(name)
        kept = self._results.get(name)
        if kept is None or kept[0] != made_of:
            kept = self._results[name] = (made_of, make())
        result: T = kept[1]
        return result

    def last(self, name: Hashable) -> Any:
        """Return the last result of a name, whatever it was made of; None if none."""
        self._taken.add(name)
        return self._results.get(name, (None, None))[1]

    def forget(self) -> None:
        """Forget what was not taken since the last time; called after a good build."""
        for name in self._results.keys() - self._taken:
            del self._results[name]
        self._taken.clear()

    @property
    def names(self) -> frozenset[Hashable]:
        """The names of all results that are kept."""
        return frozenset(self._results)
