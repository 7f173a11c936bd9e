"""What a deploy would do: pure, on manifests and listings."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import IntEnum
from typing import NamedTuple

from sitebuild.deploy.refusal import RefusedError
from sitebuild.host.configs import apache, caddy, nginx, pages
from sitebuild.host.files import COMPRESSED, address, bare, is_private
from sitebuild.host.manifest import Entry, Release

Entries = Mapping[str, Entry]


class Takes(NamedTuple):
    """What a target does with a release: the private files that it reads, and more.

    `copies`: it sends compressed copies as they are; `redirects`: it redirects;
    `stubs`: it takes pages that stand for redirects, which one that redirects needs
    only until it has read its new configuration; `metadata`: it keeps the headers of
    each file beside it.
    """

    private: tuple[str, ...] = ()
    copies: bool = False
    redirects: bool = False
    stubs: bool = True
    metadata: bool = False


PLAIN = Takes()
SERVER_FILES = (nginx.NAME, caddy.NAME, apache.NAME)
SERVERS: Mapping[object, Takes] = {
    True: Takes((nginx.NAME, caddy.NAME), copies=True, redirects=True),
    "apache": Takes((apache.NAME,), copies=True, redirects=True, stubs=False),
}
PAGES = Takes((pages.HEADERS, pages.REDIRECTS), redirects=True, stubs=False)


def select(release: Release, takes: Takes) -> dict[str, Entry]:
    """Return the files of a release that a target takes, without the manifest."""
    found = {}
    for path, entry in release.files.items():
        if is_private(path) and path not in takes.private:
            continue
        if path.endswith(COMPRESSED) and not takes.copies:
            continue
        if not takes.stubs and bare(path) in release.stubs:
            continue
        found[path] = entry
    return found


class _Rank(IntEnum):
    """The kinds of files in the order of their going live."""

    NEW_ASSET = 0
    ASSET = 1
    NEW_PAGE = 2
    RULES = 3
    PAGE = 4
    NEW_LIST = 5
    LIST = 6


class Phases(NamedTuple):
    """What goes live up to the rules of a server, and what after they were read."""

    before: list[list[str]]
    after: list[list[str]]


@dataclass(frozen=True)
class Plan:
    """Which files go where; `size` is the bytes to send."""

    site: str
    add: tuple[str, ...]
    change: tuple[str, ...]
    delete: tuple[str, ...]
    size: int

    def __bool__(self) -> bool:
        """True where there is something to do."""
        return bool(self.add or self.change or self.delete)

    @property
    def purge(self) -> tuple[str, ...]:
        """Addresses that a cache in front should forget: they change or go away."""
        found = set()
        for path in (*self.change, *self.delete):
            if not is_private(path):
                found.add(self.site + address(bare(path)))
        return tuple(sorted(found))

    @property
    def appear(self) -> tuple[str, ...]:
        """Addresses that are new."""
        found = {bare(path) for path in self.add if not is_private(path)}
        return tuple(sorted(self.site + address(path) for path in found))

    def phases(self) -> Phases:
        """Files in the order of their going live: a page after all that it refers to.

        Lists of pages come last; of each kind what is new comes before what changes.
        The rules of a server come before the pages that change: they allow the styles
        of both, and lead to pages that are there.
        """
        kinds: dict[_Rank, list[str]] = {}
        for paths in (self.add, self.change):
            for path in paths:
                kinds.setdefault(_rank(path, is_new=paths is self.add), []).append(path)
        before: list[list[str]] = []
        after: list[list[str]] = []
        for rank in sorted(kinds):
            phases = before if rank <= _Rank.RULES else after
            phases.append(sorted(kinds[rank]))
        return Phases(before, after)

    def lines(self) -> Iterator[str]:
        """The plan as its reader meets it."""
        yield from (f"add {path}" for path in self.add)
        yield from (f"change {path}" for path in self.change)
        yield from (f"delete {escape(path)}" for path in self.delete)
        yield from (f"purge {found}" for found in self.purge)
        yield (
            f"{len(self.add)} to add, {len(self.change)} to change, "
            f"{len(self.delete)} to delete; {self.size:,} bytes to send"
        )


def escape(name: str) -> str:
    """Return a name that others chose, without what a terminal would obey."""
    return name if name.isprintable() else ascii(name)


def _rank(path: str, *, is_new: bool) -> _Rank:
    name = bare(path)
    if name in SERVER_FILES:
        return _Rank.RULES
    if name.endswith(".html"):
        return _Rank.NEW_PAGE if is_new else _Rank.PAGE
    if name.endswith(".xml"):
        return _Rank.NEW_LIST if is_new else _Rank.LIST
    return _Rank.NEW_ASSET if is_new else _Rank.ASSET


def make_plan(
    site: str,
    known: Entries,
    present: Iterable[str],
    ours: Iterable[str],
    new: Entries,
) -> Plan:
    """Return how to get from what is live to `new`.

    `known` are files whose live bytes are known, `present` all that are there in some
    state, `ours` those that deploys put there: nothing else is ever deleted.
    """
    there = set(present)
    send = sorted(path for path, entry in new.items() if known.get(path) != entry)
    return Plan(
        site,
        add=tuple(path for path in send if path not in there),
        change=tuple(path for path in send if path in there),
        delete=tuple(sorted((set(ours) & there) - set(new))),
        size=sum(new[path].size for path in send),
    )


def check_release(release: Release, site: str) -> None:
    """Raise RefusedError for a release that may never go out.

    That is one with drafts, and one that was built for another address than `site`.
    """
    for path in sorted(release.files):
        if "drafts" in path.split("/")[:-1]:
            raise RefusedError(
                f"The release holds drafts ({path}). Publish again without them."
            )
    if not release.site.startswith("https://"):
        raise RefusedError(
            f'The release was built for "{release.site}". '
            "Publish it for an https address."
        )
    if site and site != release.site:
        raise RefusedError(
            f"The release was built for {release.site} and SITEURL is {site}. "
            "Publish again."
        )
