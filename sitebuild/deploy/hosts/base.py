"""What every tool is: what its targets say, what it reads and how it sends."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar, NamedTuple

from sitebuild.deploy.plan import PLAIN, SERVERS, Entries, Plan, Takes
from sitebuild.deploy.programs import Runner
from sitebuild.deploy.records import History, Journal, Past
from sitebuild.deploy.refusal import RefusedError
from sitebuild.deploy.store import Store
from sitebuild.host.manifest import Entry, Release


class Setting(NamedTuple):
    """What an entry of a target may be: in words, and as a pattern or as values."""

    words: str
    pattern: str = "."
    values: tuple[Any, ...] = ()


ADDRESS = Setting("an address that begins with https://", r"https?://[^/\s]")
REMOTE = Setting('the name of a git remote, such as "origin"', r"\w[\w.-]*$")
FLAG = Setting("True or False", values=(True, False))
SERVER = Setting(
    'True (nginx, Caddy), "apache" or False', values=(True, "apache", False)
)


COMMAND = Setting("a command")
# What a target of each tool may have.
COMMON: Mapping[str, Setting] = {
    "url": ADDRESS,
    "verify": FLAG,
    "reload": COMMAND,
    "purge": COMMAND,
    "indexnow": ADDRESS,
    "indexnow_key": Setting("a text"),
}


class Found(NamedTuple):
    """A file on a target: its size in bytes and its MD5, "" where that is not known."""

    size: int
    md5: str = ""

    def may_be(self, entry: Entry) -> bool:
        """Return whether it may be that file, by all that is known of it."""
        return self.size == entry.size and self.md5 in ("", entry.md5)

    def is_surely(self, entry: Entry) -> bool:
        """Return whether it is that file."""
        return bool(self.md5) and self.may_be(entry)


class Context(NamedTuple):
    """What a tool works with: the target's name and entries, and the public address."""

    name: str
    target: Mapping[str, Any]
    site: str
    store: Store
    runner: Runner
    say: Callable[[str], None]


@dataclass(frozen=True)
class Live:
    """What is on a target.

    `manifest` is None where there is none; `present` are the files of the site,
    `staged` those on their way, `journal` is of a deploy under way. `listed`: whether
    files of no release stay there; else a release replaces all. `unknown`: why what is
    live cannot be known.
    """

    manifest: bytes | None
    present: Mapping[str, Found]
    history: History
    journal: Journal | None = None
    staged: Mapping[str, Found] = field(default_factory=dict)
    listed: bool = True
    unknown: str = ""


class Delivery(NamedTuple):
    """A release on its way: what is done, and what is remembered when it is there.

    `reload` makes a server read its rules, once they are in place.
    """

    release: Release
    files: Entries
    plan: Plan
    journal: Journal
    live: Live
    past: Past
    history: History
    reload: Callable[[], None]


class Host(ABC):
    """A target of one kind; a context manager, for what it needs to let go of."""

    needs: ClassVar[Mapping[str, Setting]] = {}
    may: ClassVar[Mapping[str, Setting]] = {}
    # How long a host may take until what it was given is served everywhere.
    patience_s: ClassVar[int] = 0

    def __init__(self, context: Context) -> None:
        """Take what it works with."""
        self.context = context

    @property
    def takes(self) -> Takes:
        """What the target does with a release."""
        return SERVERS.get(self.context.target.get("server", False), PLAIN)

    @property
    def url(self) -> str:
        """The public address that leads to the target.

        Raises RefusedError where the settings name none.
        """
        address = str(self.context.target.get("url", self.context.site)).rstrip("/")
        if not address:
            raise RefusedError(
                'The address of the site is not known. Set SITEURL, or "url" in the '
                "target."
            )
        return address

    @abstractmethod
    def read(self) -> Live:
        """Return what is live; raise RefusedError where that cannot be known."""

    @abstractmethod
    def send(self, delivery: Delivery) -> None:
        """Put a release live and remember it; raise RefusedError when it fails."""

    @abstractmethod
    def read_manifest(self, name: str) -> bytes | None:
        """Return the manifest of a release that the target remembers; None without."""

    @abstractmethod
    def restore(self, release: Release, missing: Entries) -> None:
        """Bring files of a remembered release into the store, if they are kept."""

    @abstractmethod
    def keep_copies(self, paths: Iterable[str]) -> str:
        """Keep copies of files that are not ours; returns where, "" for nowhere."""

    @abstractmethod
    def remove(self, paths: Iterable[str]) -> None:
        """Remove files that are not ours, by name."""
