"""What a target remembers: the releases that were live, the deploy under way. Pure."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from typing import NamedTuple

from sitebuild.host.manifest import Entry

KEPT = 10
HISTORY = "history.json"
_NAME = re.compile("[0-9a-f]{16}")
_DATE = re.compile("[0-9TZ:-]{0,20}")
_COMMIT = re.compile("[0-9a-f]{0,64}")


class Past(NamedTuple):
    """A release that went live: its name, the UTC time in ISO 8601, its commit."""

    name: str
    date: str
    commit: str = ""


@dataclass(frozen=True)
class History:
    """The releases of a target in the order of their going live, and the live one.

    `lingering` are files of the release before that pages which are open may still ask
    for; the next deploy deletes them.
    """

    live: str = ""
    releases: tuple[Past, ...] = ()
    lingering: tuple[str, ...] = ()

    @property
    def names(self) -> list[str]:
        """The names of the releases, oldest first."""
        return [past.name for past in self.releases]

    @property
    def before(self) -> str:
        """The release before the live one; "" where there is none."""
        if self.live not in self.names:
            return ""
        older = self.names[: self.names.index(self.live)]
        return older[-1] if older else ""

    def find(self, beginning: str) -> list[Past]:
        """Return the releases whose names begin so."""
        return [past for past in self.releases if past.name.startswith(beginning)]

    def add(
        self,
        past: Past,
        *,
        is_rollback: bool = False,
        lingering: tuple[str, ...] = (),
    ) -> History:
        """Return the history after a release went live.

        A rollback goes along the history; a deploy is its new end, before which comes
        what was live. The last ten are kept.
        """
        names = self.names
        if past.name == self.live or (is_rollback and past.name in names):
            return History(past.name, self.releases, lingering)
        end = len(names)
        if self.live in names:
            end = names.index(self.live) + 1
        kept = [*self.releases[end:], *self.releases[:end]]
        others = [other for other in kept if other.name != past.name]
        return History(past.name, tuple([*others, past][-KEPT:]), lingering)

    def dump(self) -> bytes:
        """Return it as JSON."""
        releases = [past._asdict() for past in self.releases]
        state = {"live": self.live, "releases": releases, "lingering": self.lingering}
        return json.dumps(state, indent=1).encode()

    def lines(self) -> Iterator[str]:
        """The history as its reader meets it, newest first."""
        for past in reversed(self.releases):
            mark = "live" if past.name == self.live else "    "
            commit = f"  commit {past.commit[:12]}" if past.commit else ""
            yield f"{mark}  {past.name}  {past.date}{commit}"


def _checked(pattern: re.Pattern[str], text: str) -> str:
    """The text, which goes into paths and onto the terminal."""
    if not pattern.fullmatch(text):
        raise ValueError("it is no record of a deploy")
    return text


def read_history(data: bytes | None) -> History:
    """Return the history that some bytes hold; an empty one for other bytes."""
    try:
        raw = json.loads(data or b"")
        releases = tuple(
            Past(
                _checked(_NAME, past["name"]),
                _checked(_DATE, past["date"]),
                _checked(_COMMIT, past.get("commit", "")),
            )
            for past in raw["releases"]
        )
        lingering = tuple(map(str, raw.get("lingering", ())))
        return History(_checked(_NAME, raw["live"]), releases, lingering)
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError):
        return History()


@dataclass(frozen=True)
class Journal:
    """A deploy under way, from which another one can go on.

    `token` tells it from all others and `by` says who began it; `base` is the release
    that it found and `release` the one that it brings. `known` are the files whose live
    bytes were known when it began, `new` those of the release, `ours` all that deploys
    may have put there. It is `placing` once all is staged; `reload` names files of
    servers that have changed since a deploy came to its end.
    """

    token: str
    by: str = ""
    date: str = ""
    base: str = ""
    release: str = ""
    known: dict[str, Entry] = field(default_factory=dict)
    new: dict[str, Entry] = field(default_factory=dict)
    ours: list[str] = field(default_factory=list)
    placing: bool = False
    reload: list[str] = field(default_factory=list)

    def dump(self) -> bytes:
        """Return it as JSON."""
        return json.dumps(asdict(self)).encode()


def read_journal(data: bytes | None) -> Journal | None:
    """Return the journal that some bytes hold; one of nobody for other bytes."""
    if data is None:
        return None
    try:
        raw = json.loads(data)
        journal = Journal(**raw)
        known = {path: Entry(*entry) for path, entry in journal.known.items()}
        new = {path: Entry(*entry) for path, entry in journal.new.items()}
        _checked(_DATE, journal.date)
        return Journal(**{**raw, "known": known, "new": new})
    except (ValueError, TypeError, AttributeError, RecursionError):
        return Journal(token=data.decode("utf-8", "replace"))
