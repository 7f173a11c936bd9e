"""Deploys: bring the published site to a target, and ask whether readers get it.

target  a target of publishconf.py: what it is sent, what would change there
hosts   what takes a site: by rsync, by rclone, or whole (Cloudflare, Netlify)
verify  whether the public address serves the release

The target's own manifest is the only memory: it is written first, with None for each
file on its way, and last. So a deploy that died is healed by the next, whatever that
brings. Secrets stay with the tools and the environment.
"""

from __future__ import annotations

import fcntl
import os
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from itertools import filterfalse
from pathlib import Path
from tempfile import TemporaryDirectory

from sitebuild import output
from sitebuild.deploy import verify as asking
from sitebuild.deploy.hosts import HOSTS, Host
from sitebuild.deploy.target import Plan, RefusedError, Target, read_target, say
from sitebuild.faults import listed
from sitebuild.release import MANIFEST, Release, digest, is_lasting, read_release

GUARDS = ("built", "drafts", "siteurl", "stranger", "deletes", "lock")
_PATIENCE_S = 60  # until readers get what was sent


def deploy(
    name: str,
    settings_file: Path,
    *,
    dry_run: bool = False,
    force: Sequence[str] = (),
    resend: bool = False,
) -> None:
    """Bring the published folder to a target; what would be done is said first.

    `force` names guards that do not stop it. Raises RefusedError, a plain sentence,
    when it may not or cannot be done.
    """
    for guard in {*force} - {*GUARDS}:
        known = ", ".join(GUARDS)
        raise RefusedError(f'There is no guard "{guard}"; known are {known}.')
    target = read_target(settings_file, name)
    if target.entries["tool"] not in HOSTS:
        raise RefusedError("The workflow deploys to GitHub Pages: push to main.")
    os.umask(0o022)  # who serves the files reads them
    with _locked(target, force):
        built = output.read(target.tree)
        there = {path: digest(data) for path, data in built.items() if path != MANIFEST}
        files = {path: there[path] for path in target.release.files if path in there}
        sent = replace(target, release=replace(target.release, files=files))
        host = HOSTS[target.entries["tool"]](sent)
        held, stranger = _read_held(host)
        plan = sent.compare(held, resend=resend)
        steps = [f"send {it}" for it in plan.send]
        steps += [f"delete {it}" for it in plan.delete]
        counts = f"{len(plan.send)} files to send, {len(plan.delete)} to delete."
        say("\n".join([*steps, counts] if dry_run else [counts]))
        _refuse(_objections(target, there, stranger, plan), force)
        if not dry_run:
            _send(host, plan, built)
            if "after" in target.entries:
                target.run(["sh", "-c", target.entries["after"]])
            if target.entries.get("verify", True):
                asking.wait(sent, _PATIENCE_S)


def verify(name: str, settings_file: Path) -> None:
    """Ask the public address of a target for every file of the published folder.

    Raises RefusedError with what differs.
    """
    target = read_target(settings_file, name)
    if not target.entries.get("verify", True):
        raise RefusedError(f'The target "{name}" says "verify": False.')
    asking.wait(target, 0)


@contextmanager
def _locked(target: Target, force: Sequence[str]) -> Iterator[None]:
    """Let one deploy at a time run to a target, on this machine.

    What is started holds the lock too: it outlives a killed deploy until the programs
    of that deploy are gone.
    """
    folder = target.root / ".build"
    folder.mkdir(exist_ok=True)
    with (folder / f"{target.name}.lock").open("a") as lock:
        os.set_inheritable(lock.fileno(), True)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            wait = f"another deploy to {target.name} runs on this machine: wait for it"
            _refuse([("lock", wait)], force)
        yield


def _read_held(host: Host) -> tuple[Release | None, str]:
    """Return the release that a target holds, and what there is of strangers."""
    name, data = host.target.name, host.read_manifest()
    if data is None:
        shown = (it for it in host.find_others() if not re.search(r"(^|/)\.", it))
        others = listed(it for it in shown if not host.target.keeps(it))
        return None, others and f"{name} holds what no deploy put there: {others}"
    try:
        held = read_release(data)
    except ValueError:
        return None, f"{name} holds a {MANIFEST} that is not of this site"
    is_other = held.site != host.target.release.site
    return held, f"{name} holds another site, {held.site}" if is_other else ""


def _objections(
    target: Target, there: Mapping[str, str], stranger: str, plan: Plan
) -> Iterator[tuple[str, str]]:
    """Yield what speaks against a deploy: a guard, and why it stops it."""
    release, folder = target.release, f"{target.tree.name}/"
    if differ := listed(dict(there.items() ^ release.files.items())):
        yield "built", f"{folder} is not as it was built ({differ}): publish again"
    if drafts := listed(path for path in there if "drafts" in path.split("/")[:-1]):
        yield "drafts", f"{folder} holds drafts ({drafts}): publish without them"
    if target.siteurl != release.site:
        other = f"{release.site} and SITEURL is {target.siteurl}"
        yield "siteurl", f"it was published for {other}: publish again"
    if stranger:
        yield "stranger", stranger
    # Names with hashes come and go with each edit.
    live, gone = ([*filterfalse(is_lasting, it)] for it in (plan.there, plan.delete))
    if len(gone) * 4 > len(live):
        most = f"more than a quarter of what is live: {listed(gone)}"
        yield "deletes", f"it deletes {most}"


def _refuse(found: Iterable[tuple[str, str]], force: Sequence[str]) -> None:
    """Raise RefusedError with every objection that is not lifted."""
    refused = []
    for guard, text in found:
        if guard in force:
            say(f"Beware: {text}.")
        else:
            lifted = f"--force {guard} does it all the same"
            refused.append(f"Not deployed: {text}. {lifted}.")
    if refused:
        raise RefusedError("\n".join(refused))


def _send(host: Host, plan: Plan, built: Mapping[str, bytes]) -> None:
    """Send a release, from a folder that holds what the target takes and no more."""
    with TemporaryDirectory(dir=host.target.root / ".build") as name:
        folder = Path(name, "site")
        for path in filter(plan.new.files.get, plan.new.files):
            file = folder / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(built[path])
        (folder / MANIFEST).write_bytes(plan.new.write())
        host.send(folder, plan)
