"""What is known of the files of a target before a deploy. Pure."""

from __future__ import annotations

from collections.abc import Iterable

from sitebuild.deploy.hosts.base import Found, Live
from sitebuild.host.files import has_hash, is_private
from sitebuild.host.manifest import Entry


class State:
    """What is known of the files of a target before a deploy.

    `known` are files whose live bytes are known, `ours` those that deploys put there.
    """

    def __init__(
        self, live: Live, held: dict[str, Entry], new: dict[str, Entry]
    ) -> None:
        """Conclude it from the listing, the manifest and the journal of a deploy."""
        self.live, self.new = live, new
        journal = live.journal
        self.ours = {*held, *live.history.lingering}
        if journal:
            self.ours |= {*journal.ours, *journal.new, *journal.known}
        self.known: dict[str, Entry] = {}
        for path, found in live.present.items():
            entry = self._find(path, found, held)
            if entry and found.may_be(entry):
                self.known[path] = entry

    def _find(self, path: str, found: Found, held: dict[str, Entry]) -> Entry | None:
        """What stands at a path, if nobody else has changed it."""
        candidates = self._candidates(path, held)
        for entry in (*candidates, self.new.get(path)):
            if entry and found.is_surely(entry):
                return entry
        return candidates[0] if candidates else None

    def _candidates(self, path: str, held: dict[str, Entry]) -> list[Entry]:
        """What may stand there, the likeliest first.

        A deploy that died while it placed files has placed those that are no longer
        staged; one that died before has placed none.
        """
        journal = self.live.journal
        if not journal:
            return [held[path]] if path in held else []
        old, new = journal.known.get(path), journal.new.get(path)
        found = [old, new]
        if journal.placing and path not in self.live.staged:
            found.reverse()
        return [entry for entry in found if entry]

    def find_lingering(self, held: Iterable[str], *, is_same: bool) -> set[str]:
        """Return what stays for one more release: pages that are open may ask for it.

        That is what carries a hash in its name and is gone from the new release; what
        stays already stays on where the same release (`is_same`) is deployed again.
        """
        if not self.live.listed:  # such a host is sent them with the release
            return set()
        found = {path for path in held if has_hash(path)}
        if is_same:
            found |= set(self.live.history.lingering)
        return (found & set(self.live.present)) - set(self.new)

    @property
    def orphans(self) -> list[str]:
        """Files that no deploy put there; those of other programs begin with a dot."""
        names = set(self.live.present) - self.ours - set(self.new)
        return sorted(
            name
            for name in names
            if self.live.listed and not is_private(name) and not name.startswith(".")
        )

    @property
    def foreign(self) -> list[str]:
        """What is there and is not of the release: in its way, or beside it."""
        names = set(self.live.present) - set(self.known)
        return sorted(
            name for name in names if name in self.new or not name.startswith(".")
        )
