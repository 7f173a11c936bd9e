"""The headers of all files as few rules: what a folder's files share is said once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import NamedTuple

Headers = Mapping[str, str]
_NONE: Headers = MappingProxyType({})


class Rule(NamedTuple):
    """Headers of the file `path`, or of all below it where it ends in `*`.

    `added` is what no rule above says, so that no header is set by two rules; `full` is
    all of them.
    """

    path: str
    added: Headers
    full: Headers


class Site(NamedTuple):
    """What configurations are written from.

    `redirects` are old page addresses and the new ones, `host` is the name of the host.
    """

    rules: tuple[Rule, ...]
    redirects: Mapping[str, str]
    host: str

    def moves(self) -> Iterator[tuple[str, str]]:
        """Yield each redirect with and without the slash at its end."""
        for old, new in self.redirects.items():
            yield old, new
            if len(old) > 1 and old.endswith("/"):
                yield old.rstrip("/"), new


def find_rules(
    headers: Mapping[str, Headers], folder: str = "", above: Headers = _NONE
) -> Iterator[Rule]:
    """Yield the fewest rules that give each file below `folder` its headers.

    `above` are headers that the rules of the folders above give already.
    """
    here = {path: own for path, own in headers.items() if path.startswith(folder)}
    shared = _shared(here.values())
    added = _without(shared, above)
    if added:
        yield Rule(f"{folder}*", added, shared)
    for child in sorted({_child(path, folder) for path in here}):
        if child.endswith("/"):
            yield from find_rules(here, child, shared)
            continue
        own = _without(here[child], shared)
        if own:
            yield Rule(child, own, {**shared, **own})


def _shared(all_headers: Iterable[Headers]) -> dict[str, str]:
    """What is equal in all of them, sorted by name."""
    first, *others = [*all_headers] or [{}]
    shared = set(first.items())
    for other in others:
        shared &= other.items()
    return dict(sorted(shared))


def _without(headers: Headers, known: Headers) -> dict[str, str]:
    """Those headers whose names are not known, sorted by name."""
    return {name: headers[name] for name in sorted(headers) if name not in known}


def _child(path: str, folder: str) -> str:
    """The file, or folder with its slash, below `folder` on the way to `path`."""
    name, slash, _ = path.removeprefix(folder).partition("/")
    return folder + name + slash
