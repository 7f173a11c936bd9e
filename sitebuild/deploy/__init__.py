"""Deploys: puts the published site on a target, so that the live site is whole at every moment, and undoes it.

`plan` says what would be done and whether it may, `store` what this machine remembers, `rclone` and `hosts` reach the
targets, `execution` does it. Targets are described in publishconf.py; secrets stay with the tools and the environment.
"""

from __future__ import annotations

import runpy
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from sitebuild.deploy.execution import Deployment
from sitebuild.deploy.plan import RefusedError, check_release
from sitebuild.deploy.store import Store

__all__ = ["RefusedError", "deploy", "rollback"]
Say = Callable[[str], None]
SETTINGS = Path(__file__).resolve().parents[2] / "publishconf.py"
_NEEDED = {"rclone": {"to"}, "github": {"remote", "branch"}, "cloudflare": {"project"}, "netlify": {"site"}}


def _target(settings: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    targets: Mapping[str, Mapping[str, Any]] = settings["TARGETS"]
    if name not in targets:
        near = get_close_matches(name, targets, 1)
        hint = f' Did you mean "{near[0]}"?' if near else ""
        raise RefusedError(f'There is no target "{name}"; publishconf.py has {", ".join(sorted(targets))}.{hint}')
    target = targets[name]
    if target.get("tool") not in _NEEDED:
        raise RefusedError(f'The tool of the target "{name}" is none of {", ".join(_NEEDED)}.')
    if missing := _NEEDED[target["tool"]] - target.keys():
        raise RefusedError(f'The target "{name}" lacks {", ".join(sorted(missing))}.')
    return target


@contextmanager
def _opened(settings_file: Path) -> Iterator[tuple[Store, int]]:
    """The store of a project and its lock's number; a disk that refuses is told in one sentence."""
    try:
        store = Store(settings_file.resolve().parent / ".build" / "releases")
        with store.lock() as lock:
            yield store, lock
    except OSError as error:
        name = Path(error.filename or ".").name
        raise RefusedError(
            f"The disk refuses: {error.strerror} ({name}). Make room or give leave; run it again."
        ) from None


def deploy(
    target: str, *, dry_run: bool = False, force: bool = False, settings_file: Path = SETTINGS, say: Say = print
) -> None:
    """Put the published folder on a target, telling the plan first; `dry_run` stops there.

    Raises RefusedError, a plain sentence, when it may not or cannot be done; `force` lifts the guard.
    """
    settings = runpy.run_path(str(settings_file))
    to = _target(settings, target)
    with _opened(settings_file) as (store, lock):
        release = store.keep(Path(settings["OUTPUT_PATH"]))
        check_release(release, settings["SITEURL"])
        Deployment(target, to, release, store, settings_file.resolve().parent, lock, say).run(dry_run, force)


def rollback(
    target: str, manifest: str = "", *, force: bool = False, settings_file: Path = SETTINGS, say: Say = print
) -> None:
    """Put an earlier release back on a target: the one whose name begins with `manifest`, else the one before the live.

    Raises RefusedError when there is none, or as `deploy` does; `force` lifts the guard.
    """
    settings = runpy.run_path(str(settings_file))
    to = _target(settings, target)
    with _opened(settings_file) as (store, lock):
        live, history = store.history(target)
        before = history[: history.index(live)] if live in history else []
        name = manifest or (before[-1] if before else "")
        release = store.release(name)
        if not release:
            kept = f"kept are {', '.join(history)}" if history else "none is kept"
            raise RefusedError(f"There is no earlier release {manifest or 'one'}; {kept}.")
        Deployment(target, to, release, store, settings_file.resolve().parent, lock, say).run(False, force)
