"""What a deploy would do and whether it may: pure, on manifests."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from sitebuild.host import configs as servers
from sitebuild.host import headers as hosting

# Size in bytes, MD5, SHA-256.
Entry = tuple[int, str, str]
Files = Mapping[str, Entry]


class RefusedError(SystemExit):
    """A deploy that may not or cannot be done, in a plain sentence; a SystemExit, so that nobody meets a traceback."""


@dataclass(frozen=True)
class Release:
    """A published tree, by its manifest."""

    data: bytes
    site: str
    stubs: frozenset[str]
    files: Files

    @property
    def name(self) -> str:
        """What tells it from all others: the beginning of the manifest's SHA-256."""
        return hashlib.sha256(self.data).hexdigest()[:16]


def read_release(data: bytes) -> Release:
    """A manifest's release; raises ValueError where the bytes are no manifest."""
    try:
        raw = json.loads(data)
        files = {
            str(path): (int(e[0]), str(e[1]), str(e[2]))
            for path, e in raw["files"].items()
        }
        return Release(data, str(raw["site"]), frozenset(raw["stubs"]), files)
    except (
        LookupError,
        TypeError,
        AttributeError,
        ArithmeticError,
        RecursionError,
    ) as error:
        raise ValueError("it is not a manifest") from error


def select(release: Release, *, server: bool, redirects: bool) -> dict[str, Entry]:
    """The files of a release that a target takes, the manifest not among them.

    `server`: one that serves compressed copies and reads our snippets; `redirects`: a host that reads `_redirects`,
    and so needs no stub pages.
    """
    wanted = (
        {servers.NGINX, servers.CADDY}
        if server
        else {servers.HEADERS, servers.REDIRECTS}
        if redirects
        else set()
    )
    return {
        path: entry
        for path, entry in release.files.items()
        if (path in wanted or not path.startswith("_"))
        and (server or not path.endswith(hosting.COMPRESSED))
        and not (
            redirects and path.removesuffix(".br").removesuffix(".gz") in release.stubs
        )
    }


@dataclass(frozen=True)
class Plan:
    """Which files go where; `size` is the bytes to send, `purge` the addresses that a cache in front should forget."""

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
        """Addresses whose content changes or goes away."""
        shown = (
            path for path in (*self.change, *self.delete) if not path.startswith("_")
        )
        names = {path.removesuffix(".br").removesuffix(".gz") for path in shown}
        return tuple(sorted(self.site + servers.address(name) for name in names))

    def phases(self) -> list[list[str]]:
        """Files in the order of their going live: a page after all that it refers to, lists of pages last."""
        ranks: dict[int, list[str]] = {}
        for path in (*self.add, *self.change):
            ranks.setdefault(_rank(path, new=path in set(self.add)), []).append(path)
        return [sorted(ranks[rank]) for rank in sorted(ranks)]

    def lines(self) -> Iterator[str]:
        """The plan as its reader meets it."""
        for mark, paths in (
            ("add", self.add),
            ("change", self.change),
            ("delete", self.delete),
        ):
            yield from (f"{mark} {path}" for path in paths)
        yield from (f"purge {address}" for address in self.purge)
        counts = f"{len(self.add)} to add, {len(self.change)} to change, {len(self.delete)} to delete"
        yield f"{counts}; {self.size:,} bytes to send"


def _rank(path: str, *, new: bool) -> int:
    name = path.removesuffix(".br").removesuffix(".gz")
    kind = 2 if name.endswith(".html") else 4 if name.endswith(".xml") else 0
    return kind + (not new)


def make_plan(
    site: str, known: Files, present: Iterable[str], ours: Iterable[str], new: Files
) -> Plan:
    """How to get from what is live to `new`.

    `known` are files whose live bytes are known, `present` all that are there in some state, `ours` those that deploys
    put there: nothing else is ever deleted.
    """
    present = set(present)
    send = sorted(path for path, entry in new.items() if known.get(path) != entry)
    return Plan(
        site,
        tuple(path for path in send if path not in present),
        tuple(path for path in send if path in present),
        tuple(sorted((set(ours) & present) - set(new))),
        sum(new[path][0] for path in send),
    )


def find_objections(plan: Plan, live: Sequence[str]) -> Iterator[str]:
    """Why a plan wants a second thought."""
    if len(plan.delete) * 4 > len(live):
        yield f"it deletes {len(plan.delete)} of {len(live)} files, more than a quarter of what is live"


def check_release(release: Release, site: str) -> None:
    """Raise RefusedError for a release that may never go out: one with drafts, or for another address."""
    if drafts := sorted(
        path for path in release.files if "drafts" in path.split("/")[:-1]
    ):
        raise RefusedError(
            f"The release holds drafts ({drafts[0]}). Publish again without them."
        )
    if not release.site.startswith("https://"):
        raise RefusedError(
            f'The release was built for "{release.site}". Publish it for an https address.'
        )
    if site and site != release.site:
        raise RefusedError(
            f"The release was built for {release.site} and SITEURL is {site}. Publish again."
        )
