"""What a target remembers: the releases that were live, the deploy under way. Pure."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import NamedTuple

from sitebuild.host.manifest import Entry
from sitebuild.host.styles import is_source

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
    for; the next deploy deletes them. `styles` are the hashes of styles that the rules
    of its server allow, the live release's first, and `rules` the files in which they
    differ for that from the release's.
    """

    live: str = ""
    releases: tuple[Past, ...] = ()
    lingering: tuple[str, ...] = ()
    styles: tuple[str, ...] = ()
    rules: Mapping[str, Entry] = field(default_factory=dict)

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

    def add(self, past: Past, *, is_rollback: bool = False) -> History:
        """Return the history after a release went live.

        A rollback goes along the history; a deploy is its new end, before which comes
        what was live. The last ten are kept.
        """
        names = self.names
        if past.name == self.live or (is_rollback and past.name in names):
            return replace(self, live=past.name)
        end = len(names)
        if self.live in names:
            end = names.index(self.live) + 1
        kept = [*self.releases[end:], *self.releases[:end]]
        others = [other for other in kept if other.name != past.name]
        return replace(self, live=past.name, releases=(*others, past)[-KEPT:])

    def dump(self) -> bytes:
        """Return it as JSON."""
        releases = [past._asdict() for past in self.releases]
        state = {
            "live": self.live,
            "releases": releases,
            "lingering": self.lingering,
            "styles": self.styles,
            "rules": self.rules,
        }
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
        styles = tuple(filter(is_source, raw.get("styles", ())))
        rules = {path: Entry(*held) for path, held in raw.get("rules", {}).items()}
        live = _checked(_NAME, raw["live"])
        return History(live, releases, lingering, styles, rules)
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError):
        return History()


@dataclass(frozen=True)
class Journal:
    """A deploy under way, from which another one can go on.

    `token` tells it from all others and `by` says who began it; `base` is the release
    that it found and `release` the one that it brings. `known` are the files whose live
    bytes were known when it began, `new` those of the release, `ours` all that deploys
    may have put there. It is `placing` once all is staged; `reload` names files of
    servers that have changed since a deploy came to its end, and `styles` are the
    hashes of styles that pages may have by now, the release's first.
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
    styles: list[str] = field(default_factory=list)

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
        styles = [*filter(is_source, journal.styles)]
        return Journal(**{**raw, "known": known, "new": new, "styles": styles})
    except (ValueError, TypeError, AttributeError, RecursionError):
        return Journal(token=data.decode("utf-8", "replace"))
