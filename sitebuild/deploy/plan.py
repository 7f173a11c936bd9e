"""What a deploy does: what it sends and deletes, and what the target is told of it."""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple
from uuid import uuid4

from sitebuild.deploy.target import Target
from sitebuild.release import Release, is_lasting


class Plan(NamedTuple):
    """How to get from what a target holds to the `new` release.

    `ours` is all that deploys brought there; it is a repair where one of them died.
    """

    new: Release
    send: list[str]
    delete: list[str]
    ours: frozenset[str]
    is_repair: bool

    def begin(self) -> Release:
        """Return what the target is told meanwhile: each file may be there, or not.

        It is of no commit; what stands there tells it from what other machines write.
        """
        unknown = dict.fromkeys(self.ours | self.new.files.keys())
        return replace(self.new, files=unknown, kept=(), commit=uuid4().hex)

    @property
    def takes_much(self) -> bool:
        """Whether more than a quarter of what is live goes away.

        Names with hashes come and go with each edit, and do not count.
        """
        ours, gone = (
            sum(not is_lasting(path) for path in paths)
            for paths in (self.ours, self.delete)
        )
        return gone * 4 > ours


def compare(target: Target, held: Release | None, *, resend: bool) -> Plan:
    """Return how to get from the release that a target holds to the new one.

    Deleted is only what the manifest there says that a deploy brought. Files with a
    hash in their name are kept for one release: an open page may still ask for them.
    """
    files = target.release.files
    new = {path: files[path] for path in files if target.takes(path)}
    there, before = dict[str, str | None](), set[str]()
    if held:
        there = {p: it for p, it in held.files.items() if not target.keeps(p)}
        before = {path for path in held.kept if not target.keeps(path)}
    ours = frozenset(before | there.keys())
    kept = before if there == new else {path for path in there if is_lasting(path)}
    kept = kept - new.keys()
    return Plan(
        replace(target.release, files=new, kept=tuple(sorted(kept))),
        sorted(path for path in new if resend or there.get(path) != new[path]),
        sorted(ours - new.keys() - kept),
        ours,
        None in there.values(),
    )
