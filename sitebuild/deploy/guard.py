"""Whether a deploy may be done: each objection names what lifts it. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields
from typing import NamedTuple

from sitebuild.deploy.hosts.base import Live
from sitebuild.deploy.plan import Plan, escape
from sitebuild.deploy.state import State
from sitebuild.host.manifest import Release

_MOST_NAMES = 20


@dataclass(frozen=True)
class Allowed:
    """What the owner allows a deploy to do, beyond what is always safe."""

    take_lock: bool = False
    overwrite_unknown: bool = False
    delete_many: bool = False


class Objection(NamedTuple):
    """Why a deploy wants a second thought, and what is allowed by whoever goes on."""

    text: str
    lifted_by: str

    def is_lifted(self, allowed: Allowed) -> bool:
        """Return whether it is."""
        return bool(getattr(allowed, self.lifted_by))

    def __str__(self) -> str:
        """The sentence of a refusal."""
        option = self.lifted_by.replace("_", "-")
        return f"Not deployed: {self.text}. --{option} does it all the same."


OPTIONS = tuple(field.name for field in fields(Allowed))


def find_objections(
    release: Release, held: Release | None, plan: Plan, state: State
) -> Iterator[Objection]:
    """Yield why a plan wants a second thought."""
    yield from _unknown(release, held, state)
    there = state.ours & set(state.live.present)
    if len(plan.delete) * 4 > len(there):
        yield Objection(
            f"it deletes {len(plan.delete)} of {len(there)} files, "
            "more than a quarter of what is live",
            "delete_many",
        )


def _unknown(
    release: Release, held: Release | None, state: State
) -> Iterator[Objection]:
    """What is on the target and was not put there by a deploy of this site."""
    live, lift = state.live, "overwrite_unknown"
    journal, history = live.journal, live.history
    if live.unknown:
        yield Objection(live.unknown, lift)
        return
    if held and held.site != release.site:
        yield Objection(f"it holds another site, {escape(held.site)}", lift)
    elif held and history.live and held.name not in history.names:
        if not journal or held.name not in (journal.base, journal.release):
            yield Objection(
                f"it holds the release {held.name}, which its history does not know",
                lift,
            )
    elif not held and live.manifest is not None:
        yield Objection("its manifest cannot be read", lift)
    elif not held and not journal and history.live:
        yield Objection(f"the release {history.live} was put there and is gone", lift)
    elif not held and not journal and state.foreign:
        yield Objection(
            f"it holds files that no deploy put there: {shorten(state.foreign)}", lift
        )


def find_lock(live: Live, actor: str) -> Iterator[Objection]:
    """Yield that another's deploy is under way, or died and was not gone on with."""
    journal = live.journal
    if journal and journal.by != actor:
        when = f" (begun {journal.date})" if journal.date else ""
        yield Objection(
            f"another deploy to it is under way or died there{when}", "take_lock"
        )


def shorten(paths: Iterable[str]) -> str:
    """Return names as one text, the first twenty of them."""
    names = sorted(paths)
    shown = ", ".join(map(escape, names[:_MOST_NAMES]))
    if len(names) > _MOST_NAMES:
        return f"{shown} and {len(names) - _MOST_NAMES} more"
    return shown
