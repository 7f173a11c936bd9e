"""One deploy from its plan to its end, and from wherever an earlier one died."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import NamedTuple

from sitebuild import diff
from sitebuild.deploy.guard import Allowed, find_lock, find_objections, shorten
from sitebuild.deploy.hooks import Hooks
from sitebuild.deploy.hosts.base import Delivery, Found, Host, Live
from sitebuild.deploy.plan import Plan, make_plan, select
from sitebuild.deploy.programs import GIT, Runner
from sitebuild.deploy.records import History, Journal, Past
from sitebuild.deploy.refusal import RefusedError
from sitebuild.deploy.reload import Reload
from sitebuild.deploy.rules import Rules, files_of, make_rules
from sitebuild.deploy.state import State
from sitebuild.deploy.store import Store
from sitebuild.deploy.verify import ask, expect, verify
from sitebuild.host.configs import caddy, nginx
from sitebuild.host.files import is_shown
from sitebuild.host.manifest import Entry, Release, read_release

_PAUSE_S = 10
_MOST_PROBLEMS = 40


class Patience(NamedTuple):
    """How often a site is asked again, and how long after it was asked, in seconds."""

    times: int
    pause_s: int


# Until no process of a server answers by its old rules.
_AFTER_RELOAD = Patience(10, 1)


@dataclass(frozen=True)
class Wishes:
    """How a deploy is done.

    `resend`: send again what the target cannot vouch for; `orphans`: the names of files
    to remove that no deploy put there, or "all".
    """

    allowed: Allowed = field(default_factory=Allowed)
    dry_run: bool = False
    resend: bool = False
    orphans: str = ""


@dataclass(frozen=True)
class Deployment:
    """A release on its way to a target."""

    name: str
    host: Host
    release: Release
    store: Store
    runner: Runner
    say: Callable[[str], None]
    wishes: Wishes = field(default_factory=Wishes)
    is_rollback: bool = False

    def run(self, live: Live) -> None:
        """Show the plan, judge it, and unless it is a dry run carry it out."""
        held = _parse(live.manifest)
        rules = make_rules(self.release, held, live, self.host.takes, self.store)
        new = select(self.release, self.host.takes) | rules.files
        old = select(held, self.host.takes) if held else {}
        old |= files_of(held, live)
        state = State(live, old, new)
        is_same = held is not None and held.name == self.release.name
        lingering = state.find_lingering(old, is_same=is_same)
        plan = self._plan(state, lingering)
        self._show(held, plan, state)
        self._judge(held, plan, state)
        if self.wishes.dry_run:
            self.say("This was the plan; nothing was done.")
            return
        self._clear_away(held, plan, state)
        journal = self._journal(held, plan, state, rules)
        reload = self._reload(journal, rules)
        delivery = self._prepare(journal, plan, state, rules, lingering, reload)
        if plan:
            count = len(plan.add) + len(plan.change)
            self.say(f"Sending {count} files, deleting {len(plan.delete)} …")
        self.host.send(delivery)
        self.say(f"Live on {self.name}: release {self.release.name}.")
        if reload.line():
            self.say(reload.line())
        for line in self._hooks.run(self.release.site, plan.purge, plan.appear):
            self.say(line)
        if self.host.context.target.get("verify", True):
            again = _AFTER_RELOAD if reload.is_done else None
            self.say(self.check(delivery.history, again))

    @property
    def _hooks(self) -> Hooks:
        return Hooks(self.host.context.target, self.runner)

    def _reload(self, journal: Journal, rules: Rules) -> Reload:
        return Reload(self.host, self._hooks, self.say, journal.reload, rules)

    def check(self, history: History, again: Patience | None = None) -> str:
        """Return what was found to be as released at the public address.

        `history` is what the target remembers. Raises RefusedError with what differs
        once the host has had its time, or the time of `again`.
        """
        expected = expect(self.release, self.host.takes, self.store, history)
        again = again or Patience(self.host.patience_s // _PAUSE_S, _PAUSE_S)
        for left in reversed(range(1 + again.times)):
            result = verify(expected, ask(self.host.url))
            if not result.problems:
                return f"Live and verified: {result.checked}."
            if left:
                time.sleep(again.pause_s)
        lines = [*result.problems[:_MOST_PROBLEMS]]
        more = len(result.problems) - len(lines)
        if more:
            lines.append(f"and {more} more")
        if self.host.takes.metadata:
            lines.append("`deploy --resend` sends all files with their headers again.")
        raise RefusedError(
            f"{self.host.url} does not serve the release {self.release.name} "
            "as built:\n" + "\n".join(lines)
        )

    def _plan(self, state: State, lingering: set[str]) -> Plan:
        known, present = state.known, state.live.present
        if self.wishes.resend:
            known = {
                path: entry
                for path, entry in known.items()
                if self._is_as_sent(present[path], entry)
            }
        ours = state.ours - lingering
        return make_plan(self.release.site, known, present, ours, state.new)

    def _is_as_sent(self, found: Found, entry: Entry) -> bool:
        """Whether the target vouches for a file; no listing tells its metadata."""
        return found.is_surely(entry) and not self.host.takes.metadata

    def _show(self, held: Release | None, plan: Plan, state: State) -> None:
        for line in [*self._reasons(held), *plan.lines()]:
            self.say(line)
        if state.orphans and held:
            self.say(
                f"{len(state.orphans)} files there are of no release: "
                f"{shorten(state.orphans)}. --orphans removes them, by name or all."
            )

    def _judge(self, held: Release | None, plan: Plan, state: State) -> None:
        """Raise RefusedError with every objection that is not lifted."""
        found = [
            *find_lock(state.live, self.store.actor()),
            *find_objections(self.release, held, plan, state),
        ]
        allowed = self.wishes.allowed
        refused = [str(one) for one in found if not one.is_lifted(allowed)]
        if refused:
            raise RefusedError("\n".join(refused))
        for objection in found:
            self.say(f"Beware: {objection.text}.")

    def _clear_away(self, held: Release | None, plan: Plan, state: State) -> None:
        """Keep copies of what is not ours and goes, and remove the orphans named."""
        orphans = set(state.orphans)
        if self.wishes.orphans != "all":
            orphans &= {name.strip() for name in self.wishes.orphans.split(",")}
        theirs = set(plan.change) - state.ours
        if not state.live.listed and not held:
            theirs = set(state.foreign)
        theirs |= orphans
        if not theirs:
            return
        if not held or orphans:
            where = self.host.keep_copies(theirs)
            if where:
                self.say(f"Copies of {shorten(theirs)} are kept in {where}.")
        if orphans:
            self.host.remove(sorted(orphans))
            self.say(f"Removed: {shorten(orphans)}.")

    def _journal(
        self, held: Release | None, plan: Plan, state: State, rules: Rules
    ) -> Journal:
        """What is needed to go on if this deploy dies."""
        before = state.live.journal
        reload = set(before.reload) if before else set()
        reload |= {name for name in (nginx.NAME, caddy.NAME) if name in plan.change}
        return Journal(
            token=secrets.token_hex(16),
            by=self.store.actor(),
            date=datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
            base=held.name if held else "",
            release=self.release.name,
            known=state.known,
            new=state.new,
            ours=sorted(state.ours | set(state.new)),
            reload=sorted(reload),
            styles=[*rules.styles],
        )

    def _prepare(
        self,
        journal: Journal,
        plan: Plan,
        state: State,
        rules: Rules,
        lingering: set[str],
        reload: Reload,
    ) -> Delivery:
        """All that is needed to carry a plan out."""
        commit = "" if self.is_rollback else self._commit()
        past = Past(self.release.name, journal.date, commit)
        live = state.live
        history = replace(
            live.history.add(past, is_rollback=self.is_rollback),
            lingering=tuple(sorted(lingering)),
            styles=rules.styles,
            rules=rules.files,
        )
        return Delivery(
            self.release, state.new, plan, journal, live, past, history, reload
        )

    def _commit(self) -> str:
        """The commit that the release was built from; "" where git knows none."""
        with suppress(RefusedError):
            said = self.runner.run(GIT, ["rev-parse", "HEAD"], accept=(0, 128))
            return said.decode().strip() if len(said) == 41 else ""
        return ""

    def _reasons(self, held: Release | None) -> Iterable[str]:
        """Why each page changes, where the release that is live is kept here."""
        old = dict(self._texts(held)) if held else {}
        if not old:
            return ()
        return diff.describe(diff.compare(old, dict(self._texts(self.release))))

    def _texts(self, release: Release) -> Iterator[tuple[str, bytes]]:
        for path, entry in select(release, self.host.takes).items():
            data = self.store.read(entry.sha256) if is_shown(path) else None
            if data is not None:
                yield path, data


def _parse(manifest: bytes | None) -> Release | None:
    with suppress(ValueError):
        return read_release(manifest or b"")
    return None
