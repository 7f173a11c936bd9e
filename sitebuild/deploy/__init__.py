"""Deploys: bring the published site to a target, and ask whether readers get it.

target   a target of publishconf.py, and what would change there
servers  what takes a site file by file: by rsync to servers, by rclone to all else
hosted   what takes it whole: GitHub, Cloudflare, Netlify
verify   whether the public address serves the release

The target's own manifest is the only memory: it is written first, with None for each
file on its way, and last. So a deploy that died is healed by the next, whatever that
brings. Secrets stay with the tools and the environment.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from sitebuild import output
from sitebuild.deploy import verify as asking
from sitebuild.deploy.hosted import Cloudflare, GitHub, Netlify
from sitebuild.deploy.servers import Rclone, Rsync
from sitebuild.deploy.target import (
    Plan,
    RefusedError,
    Target,
    compare,
    listed,
    read_target,
    say,
)
from sitebuild.host.files import MANIFEST, Release, digest, read_release

GUARDS = ("built", "drafts", "siteurl", "stranger", "deletes", "lock")
Host = Rsync | Rclone | GitHub | Cloudflare | Netlify
_HOSTS: Mapping[str, type[Host]] = {
    "ssh": Rsync,
    "rclone": Rclone,
    "github": GitHub,
    "cloudflare": Cloudflare,
    "netlify": Netlify,
}


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
    for guard in force:
        if guard not in GUARDS:
            known = ", ".join(GUARDS)
            raise RefusedError(f'There is no guard "{guard}"; known are {known}.')
    target = read_target(settings_file, name)
    os.umask(0o022)  # who serves the files reads them
    with _locked(target, "lock" in force):
        target, built, found = _read_built(target)
        host = _HOSTS[target.entries["tool"]](target)
        plan = compare(target, _read_held(host, found), resend=resend)
        if plan.takes_much:
            gone = listed(plan.delete)
            found["deletes"] = f"it deletes more than a quarter of what is live: {gone}"
        steps = [("send", it) for it in plan.send]
        steps += [("delete", it) for it in plan.delete]
        for step in steps if dry_run else ():
            say(*step)
        say(f"{len(plan.send)} files to send, {len(plan.delete)} to delete.")
        _refuse(found, force)
        if not dry_run:
            _send(host, plan, built)
            _end(target)


def _end(target: Target) -> None:
    """Run the command `after` of a target, and ask its public address."""
    if "after" in target.entries:
        target.run(["sh", "-c", target.entries["after"]], "it comes with the system")
    if target.entries.get("verify", True):
        asking.wait(target, target.tool.patience_s)


def verify(name: str, settings_file: Path) -> None:
    """Ask the public address of a target for every file of the published folder.

    Raises RefusedError with what differs.
    """
    target = read_target(settings_file, name)
    if not target.entries.get("verify", True):
        raise RefusedError(f'The target "{name}" says "verify": False.')
    asking.wait(target, 0)


@contextmanager
def _locked(target: Target, is_lifted: bool) -> Iterator[None]:
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
            if not is_lifted:
                raise RefusedError(
                    f"Not deployed: another deploy to {target.name} runs on this "
                    "machine. Wait for it, or stop it; --force lock does not wait."
                ) from None
        yield


def _read_built(target: Target) -> tuple[Target, dict[str, bytes], dict[str, str]]:
    """Return what is in the published folder, and by guard what is wrong with it.

    The target is that of the files which are there.
    """
    release, folder, found = target.release, f"{target.tree.name}/", {}
    built = output.read(target.tree)
    there = {path: digest(data) for path, data in built.items() if path != MANIFEST}
    differ = {path for path, _ in there.items() ^ release.files.items()}
    if differ:
        found["built"] = (
            f"{folder} is not as it was built ({listed(differ)}): publish again"
        )
    drafts = [path for path in there if "drafts" in path.split("/")[:-1]]
    if drafts:
        found["drafts"] = (
            f"{folder} holds drafts ({listed(drafts)}): publish without SHOW_DRAFTS"
        )
    if target.siteurl != release.site:
        found["siteurl"] = (
            f"it was published for {release.site} and SITEURL is {target.siteurl}: "
            "publish again"
        )
    files = {path: there[path] for path in release.files if path in there}
    return replace(target, release=replace(release, files=files)), built, found


def _read_held(host: Host, found: dict[str, str]) -> Release | None:
    """Return the release that a target holds; object to what strangers put there."""
    name, data = host.target.name, host.read_manifest()
    if data is None:
        others = host.find_others()
        if others:
            found["stranger"] = (
                f"{name} holds what no deploy put there: {listed(others)}"
            )
        return None
    try:
        held = read_release(data)
    except ValueError:
        found["stranger"] = f"{name} holds a {MANIFEST} that is not of this site"
        return None
    if held.site != host.target.release.site:
        found["stranger"] = f"{name} holds another site, {held.site}"
    return held


def _refuse(found: Mapping[str, str], force: Sequence[str]) -> None:
    """Raise RefusedError with every objection that is not lifted."""
    refused = []
    for guard, text in found.items():
        if guard in force:
            say(f"Beware: {text}.")
        else:
            lifts = f"--force {guard} does it all the same"
            refused.append(f"Not deployed: {text}. {lifts}.")
    if refused:
        raise RefusedError("\n".join(refused))


def _send(host: Host, plan: Plan, built: Mapping[str, bytes]) -> None:
    """Send a release, from a folder that holds what the target takes and no more."""
    # rsync sees by itself what others changed on a server.
    is_new = plan.send or plan.delete or plan.held != plan.new
    if not is_new and not isinstance(host, Rsync):
        return
    with TemporaryDirectory(dir=host.target.root / ".build") as name:
        folder = Path(name, "site")
        for path in plan.new.files:
            file = folder / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(built[path])
        manifest = folder / MANIFEST
        if isinstance(host, Rsync | Rclone):
            if isinstance(host, Rsync):
                host.begin()
            begun = plan.begun.write()
            manifest.write_bytes(begun)
            host.put_manifest(manifest)
            host.send(folder, plan)
            _check_alone(host, manifest, plan.begun)
            manifest.write_bytes(plan.new.write())
            host.put_manifest(manifest)
            if isinstance(host, Rsync):
                host.end()
        else:
            manifest.write_bytes(plan.new.write())
            host.send(folder, plan)


def _check_alone(host: Rsync | Rclone, manifest: Path, begun: Release) -> None:
    """Raise RefusedError where another machine's manifest stands there by now."""
    there = host.read_manifest() or b""
    if there == manifest.read_bytes():
        return
    others = read_release(there).files if there else {}
    unknown = replace(begun, files=dict.fromkeys({*begun.files, *others}))
    manifest.write_bytes(unknown.write())
    host.put_manifest(manifest)
    raise RefusedError(
        f"Another machine deployed to {host.target.name} at the same time. When it "
        "is done, run this again: it sends all files."
    )
