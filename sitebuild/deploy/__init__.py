"""Deploys: puts the published site on a target, whole at every moment, and undoes it.

`settings` reads publishconf.py, `plan` says what would be done and `guard` whether it
may, `records` is what a target remembers, `store` what this machine keeps, `hosts` are
the tools, `execution` does it; `rules` and `reload` keep a server's rules in step with
its pages. Secrets stay with the tools and the environment.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from sitebuild.deploy import settings
from sitebuild.deploy.execution import Deployment, Wishes
from sitebuild.deploy.guard import OPTIONS, Allowed
from sitebuild.deploy.hosts import TOOLS
from sitebuild.deploy.hosts.base import Context, Host, Live
from sitebuild.deploy.plan import check_release, select
from sitebuild.deploy.programs import Runner
from sitebuild.deploy.records import Past
from sitebuild.deploy.refusal import RefusedError
from sitebuild.deploy.store import Store
from sitebuild.host.folders import folder_of
from sitebuild.host.manifest import Release, read_release

__all__ = ["OPTIONS", "Allowed", "RefusedError", "Wishes", "deploy", "releases"]
__all__ += ["deploy_all", "rollback", "verify"]
Say = Callable[[str], None]
PLAIN = Wishes()


class _Opened(NamedTuple):
    """A target that is ready to be read."""

    name: str
    found: settings.Settings
    store: Store
    runner: Runner
    host: Host
    say: Say

    def deployment(
        self, release: Release, wishes: Wishes, *, is_rollback: bool = False
    ) -> Deployment:
        """Return the deploy of a release to it."""
        return Deployment(
            self.name,
            self.host,
            release,
            self.store,
            self.runner,
            self.say,
            wishes,
            is_rollback,
        )


@contextmanager
def _open(name: str, file: Path, say: Say) -> Iterator[_Opened]:
    """Open a target under the lock of this machine.

    A disk that refuses and Ctrl-C end it with RefusedError.
    """
    found = settings.read(file, name)
    root = file.resolve().parent
    try:
        store = Store(root / ".build" / "releases")
        with store.lock() as lock:
            runner = Runner(root, lock)
            context = Context(name, found.target, found.site, store, runner, say)
            host = TOOLS[found.target["tool"]](context)
            if folder_of(found.site) and host.takes.private:
                raise RefusedError(
                    f"{found.site} is a folder of a host, and the target {name!r} is "
                    "a server of a whole host. Leave its folder or its server out."
                )
            yield _Opened(name, found, store, runner, host, say)
    except OSError as error:
        where = f" ({Path(str(error.filename)).name})" if error.filename else ""
        raise RefusedError(
            f"The disk refuses: {error.strerror or error}{where}. "
            "Make room or change its permissions, and run it again."
        ) from None
    except KeyboardInterrupt:
        raise RefusedError(
            "Stopped. Run it again, and it goes on from there."
        ) from None


def deploy(
    target: str,
    wishes: Wishes = PLAIN,
    *,
    settings_file: Path,
    say: Say = print,
) -> None:
    """Put the published folder on a target; the plan is shown first.

    Raises RefusedError, a plain sentence, when it may not or cannot be done.
    """
    with _open(target, settings_file, say) as opened:
        release = opened.store.keep(opened.found.tree)
        check_release(release, opened.found.site)
        opened.deployment(release, wishes).run(opened.host.read())


def deploy_all(
    wishes: Wishes = PLAIN, *, settings_file: Path, say: Say = print
) -> None:
    """Deploy to every target, one after the other.

    Raises RefusedError at the end with what went wrong on each.
    """
    wrong = []
    for target in settings.read_names(settings_file):
        try:
            deploy(target, wishes, settings_file=settings_file, say=say)
        except RefusedError as error:
            wrong.append(f"{target}: {error}")
    if wrong:
        raise RefusedError("\n".join(wrong))


def rollback(
    target: str,
    release: str = "",
    wishes: Wishes = PLAIN,
    *,
    settings_file: Path,
    say: Say = print,
) -> None:
    """Put an earlier release back: the one whose name begins so, or the one before.

    Where a deploy died half-way, the release that was live when it began is the one
    before. Raises RefusedError when there is none, or as `deploy` does.
    """
    with _open(target, settings_file, say) as opened:
        live = opened.host.read()
        past = _find(live, release)
        found = _restore(opened, past)
        opened.deployment(found, wishes, is_rollback=True).run(live)


def verify(target: str, *, settings_file: Path, say: Say = print) -> None:
    """Ask the public address of a target for every file of the release that is live.

    Raises RefusedError with what differs from the release.
    """
    with _open(target, settings_file, say) as opened:
        live = opened.host.read()
        found = live.history.find(live.history.live) if live.history.live else []
        if not found:
            raise RefusedError(f"{target} remembers no release; deploy one first.")
        deployment = opened.deployment(_restore(opened, found[0]), PLAIN)
        say(deployment.check(live.history))


def releases(target: str, *, settings_file: Path, say: Say = print) -> None:
    """Say which releases a target remembers, newest first, and which one is live."""
    with _open(target, settings_file, say) as opened:
        history = opened.host.read().history
        for line in history.lines():
            say(line)
        if not history.releases:
            say(f"{target} remembers no release yet.")


def _find(live: Live, beginning: str) -> Past:
    """The release to go back to."""
    history, journal = live.history, live.journal
    name = beginning or history.before
    if journal and not beginning and journal.release != history.before:
        name = history.live
    found = history.find(name) if name else []
    if len(found) != 1:
        known = "none is remembered"
        if history.names:
            known = f"remembered are {', '.join(history.names)}"
        raise RefusedError(
            f"There is no earlier release{beginning and f' {beginning}'}; {known}."
        )
    return found[0]


def _restore(opened: _Opened, past: Past) -> Release:
    """A remembered release with all its files in the store."""
    release = opened.store.release(past.name)
    if release is None:
        data = opened.host.read_manifest(past.name)
        release = read_release(data) if data else None
    if release is not None:
        files = select(release, opened.host.takes)
        missing = opened.store.missing(files)
        if missing:
            opened.host.restore(release, missing)
        if not opened.store.missing(files):
            return release
    source = f"check out the commit {past.commit}" if past.commit else "rebuild it"
    raise RefusedError(
        f"The files of the release {past.name} of {past.date} are kept neither here "
        f"nor there: {source}, publish, and deploy that."
    )
