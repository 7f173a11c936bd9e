"""Deploys: bring the published site to a target, and ask whether readers get it.

target   a target of publishconf.py, and what would change there
tool     what brings a site there, and the programs that it runs
ssh      own and shared servers, by rsync
rclone   buckets, SFTP without a shell, FTP
hosted   GitHub, Cloudflare, Netlify
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
from sitebuild.deploy.rclone import Rclone
from sitebuild.deploy.ssh import Ssh
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
Host = Ssh | Rclone | GitHub | Cloudflare | Netlify
_TOOLS: Mapping[str, type[Host]] = {
    "ssh": Ssh,
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
    with _locked(target, "lock" in force) as lock:
        release, built, objections = _read_built(target)
        target = replace(target, site=release.site)
        host = _TOOLS[target.entries["tool"]](target, lock)
        held = _read_held(host, release, objections)
        new = replace(release, files=target.takes(release))
        plan = compare(target, held, new.files, resend=resend)
        if plan.objection():
            objections["deletes"] = plan.objection()
        _say_plan(plan, is_whole=dry_run)
        _refuse(objections, force)
        if dry_run:
            return
        new = replace(new, kept=plan.kept)
        # rsync sees by itself what others changed on a server.
        if isinstance(host, Ssh) or plan.send or plan.delete or held != new:
            _send(host, new, plan, held, built)
        say(f"Live on {name}: {release.name}.")
        _end(host, release)


def _end(host: Host, release: Release) -> None:
    """Run the command `after` of a target, and ask its public address."""
    entries = host.target.entries
    if "after" in entries:
        host.run(["sh", "-c", entries["after"]], "it comes with the system")
    if entries.get("verify", True):
        asking.wait(host.target, release, host.patience_s)


def verify(name: str, settings_file: Path) -> None:
    """Ask the public address of a target for every file of the published folder.

    Raises RefusedError with what differs.
    """
    target = read_target(settings_file, name)
    if not target.entries.get("verify", True):
        raise RefusedError(f'The target "{name}" says "verify": False.')
    release = _read_release(target)
    asking.wait(replace(target, site=release.site), release, 0)


@contextmanager
def _locked(target: Target, is_lifted: bool) -> Iterator[int]:
    """Let one deploy at a time run to a target, on this machine."""
    folder = target.root / ".build"
    folder.mkdir(exist_ok=True)
    with (folder / f"{target.name}.lock").open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if not is_lifted:
                raise RefusedError(
                    f"Not deployed: another deploy to {target.name} runs on this "
                    "machine. Wait for it, or stop it; --force lock does not wait."
                ) from None
        yield lock.fileno()


def _read_release(target: Target) -> Release:
    try:
        return read_release((target.tree / MANIFEST).read_bytes())
    except (OSError, ValueError):
        raise RefusedError(
            f"{target.tree.name}/ holds no published site. Publish first: "
            "SITEURL=https://… python3 tasks.py publish"
        ) from None


def _read_built(target: Target) -> tuple[Release, dict[str, bytes], dict[str, str]]:
    """Return the published release, its files, and by guard what is wrong."""
    release, built, found = _read_release(target), output.read(target.tree), {}
    there = {path: digest(data) for path, data in built.items() if path != MANIFEST}
    folder = f"{target.tree.name}/"
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
    if target.site and target.site != release.site:
        found["siteurl"] = (
            f"it was published for {release.site} and SITEURL is {target.site}: "
            "publish again"
        )
    files = {path: there[path] for path in release.files if path in there}
    return replace(release, files=files), built, found


def _read_held(
    host: Host, release: Release, objections: dict[str, str]
) -> Release | None:
    """Return the release that a target holds; object to what strangers put there."""
    name = host.target.name
    data = host.read_manifest()
    if data is None:
        others = host.find_others()
        if others:
            objections["stranger"] = (
                f"{name} holds what no deploy put there: {listed(others)}"
            )
        return None
    try:
        held = read_release(data)
    except ValueError:
        objections["stranger"] = f"{name} holds a {MANIFEST} that is not of this site"
        return None
    if held.site != release.site:
        objections["stranger"] = f"{name} holds another site, {held.site}"
    return held


def _say_plan(plan: Plan, *, is_whole: bool) -> None:
    if is_whole:
        for verb, paths in (("send", plan.send), ("delete", plan.delete)):
            for path in paths:
                say(f"{verb} {path}")
    say(f"{len(plan.send)} files to send, {len(plan.delete)} to delete.")


def _refuse(objections: Mapping[str, str], force: Sequence[str]) -> None:
    """Raise RefusedError with every objection that is not lifted."""
    refused = []
    for guard, text in objections.items():
        if guard in force:
            say(f"Beware: {text}.")
        else:
            lifts = f"--force {guard} does it all the same"
            refused.append(f"Not deployed: {text}. {lifts}.")
    if refused:
        raise RefusedError("\n".join(refused))


def _send(
    host: Host,
    new: Release,
    plan: Plan,
    held: Release | None,
    built: Mapping[str, bytes],
) -> None:
    """Send a release, from a folder that holds what the target takes and no more."""
    with TemporaryDirectory(dir=host.target.root / ".build") as name:
        folder = Path(name, "site")
        for path in new.files:
            file = folder / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(built[path])
        if isinstance(host, (Ssh, Rclone)):
            before = held.kept if held else ()
            files = {**dict.fromkeys(plan.ours - {*before}), **new.files}
            begun = replace(new, files=files | dict.fromkeys(plan.send), kept=before)
            _send_files(host, folder, new, plan, begun)
        else:
            (folder / MANIFEST).write_bytes(new.write())
            host.send(folder, plan)


def _send_files(
    host: Ssh | Rclone, folder: Path, new: Release, plan: Plan, begun: Release
) -> None:
    """Send files one by one, between the manifest that is begun and the whole one."""
    host.begin()
    host.write_manifest(begun.write())
    host.send(folder, plan)
    there = host.read_manifest() or b""
    if there != begun.write():
        paths = {*begun.files, *read_release(there).files} if there else begun.files
        unknown = replace(begun, files=dict.fromkeys(paths))
        host.write_manifest(unknown.write())
        raise RefusedError(
            f"Another machine deployed to {host.target.name} at the same time. When it "
            "is done, run this again: it sends all files."
        )
    host.write_manifest(new.write())
    host.end()
