"""Deploys: puts the published site on a target, so that the live site is whole at every moment, and undoes it.

`settings` reads publishconf.py, `plan` says what would be done and whether it may, `store` what this machine remembers,
`rclone` and `hosts` reach the targets, `execution` does it. Secrets stay with the tools and the environment.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from sitebuild.deploy import settings
from sitebuild.deploy.execution import Deployment
from sitebuild.deploy.plan import RefusedError, check_release
from sitebuild.deploy.store import Store

__all__ = ["RefusedError", "deploy", "rollback"]
Say = Callable[[str], None]
SETTINGS = Path(__file__).resolve().parents[2] / "publishconf.py"


@contextmanager
def _opened(settings_file: Path) -> Iterator[tuple[Store, int]]:
    """The store of a project and its lock's number; a disk that refuses, and Ctrl-C, are told in one sentence."""
    try:
        store = Store(settings_file.resolve().parent / ".build" / "releases")
        with store.lock() as lock:
            yield store, lock
    except OSError as error:
        where = f" ({Path(str(error.filename)).name})" if error.filename else ""
        said = f"The disk refuses: {error.strerror or error}{where}. Make room or give leave; run it again."
        raise RefusedError(said) from None
    except KeyboardInterrupt:
        raise RefusedError(
            "Stopped. Run it again, and it goes on from there."
        ) from None


def deploy(
    target: str,
    *,
    dry_run: bool = False,
    force: bool = False,
    settings_file: Path = SETTINGS,
    say: Say = print,
) -> None:
    """Put the published folder on a target, telling the plan first; `dry_run` stops there.

    Raises RefusedError, a plain sentence, when it may not or cannot be done; `force` lifts the guard.
    """
    found = settings.read(settings_file, target)
    with _opened(settings_file) as (store, lock):
        release = store.keep(found.tree)
        check_release(release, found.site)
        Deployment(
            target,
            found.target,
            release,
            store,
            settings_file.resolve().parent,
            lock,
            say,
        ).run(dry_run, force)


def rollback(
    target: str,
    manifest: str = "",
    *,
    force: bool = False,
    settings_file: Path = SETTINGS,
    say: Say = print,
) -> None:
    """Put an earlier release back on a target: the one whose name begins with `manifest`, else the one before the live.

    Where a deploy died half-way, the release that was live when it began is the one before.

    Raises RefusedError when there is none, or as `deploy` does; `force` lifts the guard.
    """
    found = settings.read(settings_file, target)
    with _opened(settings_file) as (store, lock):
        live, history = store.history(target)
        before = "".join(history[: history.index(live)][-1:]) if live in history else ""
        died = store.journal(target).release not in ("", before)  # and was no rollback
        name = manifest or (live if died else before)
        release = store.release(name)
        if not release:
            kept = f"kept are {', '.join(history)}" if history else "none is kept"
            raise RefusedError(
                f"There is no earlier release {manifest or 'one'}; {kept}."
            )
        root = settings_file.resolve().parent
        Deployment(
            target, found.target, release, store, root, lock, say, is_rollback=True
        ).run(False, force)
