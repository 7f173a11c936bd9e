"""Deploys: bring the published site to a target, and ask whether readers get it.

target    a target of publishconf.py, and what would change there
programs  the programs that deploys run
ssh       own and shared servers, by rsync
rclone    buckets, SFTP without a shell, FTP
hosted    GitHub, Cloudflare, Netlify
verify    whether the public address serves the release

The target's own manifest is the only memory: it is written first, with None for each
file on its way, and last. So a deploy that died is healed by the next, whatever that
brings. Secrets stay with the tools and the environment.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TextIO

from sitebuild import output
from sitebuild.deploy import verify as asking
from sitebuild.deploy.hosted import Cloudflare, GitHub, Netlify
from sitebuild.deploy.programs import RefusedError, Runner, listed
from sitebuild.deploy.rclone import Rclone
from sitebuild.deploy.ssh import Ssh
from sitebuild.deploy.target import Plan, Target, compare, read_target
from sitebuild.host.files import MANIFEST, Release, digest, read_release

__all__ = ["GUARDS", "RefusedError", "deploy", "verify"]
Say = Callable[[str], None]
_say = partial(print, flush=True)  # in step with what programs say
Host = Ssh | Rclone | GitHub | Cloudflare | Netlify
_TOOLS: dict[str, type[Host]] = {
    "ssh": Ssh,
    "rclone": Rclone,
    "github": GitHub,
    "cloudflare": Cloudflare,
    "netlify": Netlify,
}
GUARDS = ("built", "drafts", "siteurl", "stranger", "deletes", "lock")


def deploy(
    name: str,
    settings_file: Path,
    *,
    dry_run: bool = False,
    force: Iterable[str] = (),
    resend: bool = False,
    say: Say = _say,
) -> None:
    """Bring the published folder to a target; what would be done is said first.

    `force` names guards that do not stop it. Raises RefusedError, a plain sentence,
    when it may not or cannot be done.
    """
    lifted = _check_guards(force)
    target = read_target(settings_file, name)
    os.umask(0o022)  # who serves the files reads them
    with _stopped_gently(), _locked(target, "lock" in lifted) as lock:
        release, built, objections = _read_built(target)
        target = replace(target, site=release.site)
        host = _TOOLS[target.tool](target, Runner(target.root, lock.fileno()), say)
        files = target.takes(release)
        held, stranger = _read_held(host, release)
        if stranger:
            objections["stranger"] = stranger
        plan = compare(target, held, files, resend=resend)
        if plan.deletes_much():
            objections["deletes"] = _much_deleted(plan, name)
        _say_plan(plan, say, whole=dry_run)
        _refuse(objections, lifted, say)
        if dry_run:
            say("This was the plan; nothing was done.")
            return
        new = replace(release, files=files, kept=plan.kept)
        # rsync sees by itself what others changed on a server.
        if isinstance(host, Ssh) or plan.send or plan.delete or held != new:
            _send(host, new, plan, held, built)
        say(f"Live on {name}: {release.name}.")
        _end(target, release, host, say)


def _much_deleted(plan: Plan, name: str) -> str:
    return (
        f"it deletes {len(plan.delete)} files ({listed(plan.delete)}), more than a "
        f"quarter of what is live on {name}"
    )


def _end(target: Target, release: Release, host: Host, say: Say) -> None:
    """Run the command `after` of a target, and ask its public address."""
    if "after" in target.entries:
        command = ["sh", "-c", target.entries["after"]]
        host.runner.run(command, "it comes with the system")
    if target.entries.get("verify", True):
        asking.wait(target, release, host.patience_s, say)


def verify(name: str, settings_file: Path, *, say: Say = _say) -> None:
    """Ask the public address of a target for every file of the published folder.

    Raises RefusedError with what differs.
    """
    target = read_target(settings_file, name)
    if not target.entries.get("verify", True):
        raise RefusedError(f'The target "{name}" says "verify": False.')
    with _stopped_gently():
        release = _read_release(target)
        asking.wait(replace(target, site=release.site), release, 0, say)


def _check_guards(force: Iterable[str]) -> frozenset[str]:
    lifted = frozenset(force)
    unknown = sorted(lifted - set(GUARDS))
    if unknown:
        raise RefusedError(
            f'There is no guard "{unknown[0]}"; known are {", ".join(GUARDS)}.'
        )
    return lifted


@contextmanager
def _stopped_gently() -> Iterator[None]:
    """Turn Ctrl-C, and a disk that refuses, into a sentence."""
    try:
        yield
    except KeyboardInterrupt:
        raise RefusedError(
            "Stopped. Run it again, and it goes on from there."
        ) from None
    except OSError as error:
        where = f" ({Path(str(error.filename)).name})" if error.filename else ""
        raise RefusedError(
            f"The disk refuses: {error.strerror or error}{where}. "
            "Make room or change its permissions, and run it again."
        ) from None


@contextmanager
def _locked(target: Target, is_lifted: bool) -> Iterator[TextIO]:
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
        yield lock


def _read_release(target: Target) -> Release:
    try:
        return read_release((target.tree / MANIFEST).read_bytes())
    except (OSError, ValueError):
        raise RefusedError(
            f"{target.tree.name}/ holds no published site. Publish first: "
            "SITEURL=https://… python3 tasks.py publish"
        ) from None


def _read_built(
    target: Target,
) -> tuple[Release, dict[str, bytes], dict[str, str]]:
    """Return the published release, its files, and why it should not go out."""
    release = _read_release(target)
    built = output.read(target.tree)
    there = {path: digest(data) for path, data in built.items() if path != MANIFEST}
    objections = {}
    differ = {
        path
        for path in {*there, *release.files}
        if there.get(path) != release.files.get(path)
    }
    if differ:
        objections["built"] = (
            f"{target.tree.name}/ is not as it was built ({listed(differ)}): "
            "publish again"
        )
    drafts = [p for p in release.files if "drafts" in p.split("/")[:-1]]
    if drafts:
        objections["drafts"] = (
            f"{target.tree.name}/ holds drafts ({listed(drafts)}): publish without "
            "SHOW_DRAFTS"
        )
    if target.site and target.site != release.site:
        objections["siteurl"] = (
            f"it was published for {release.site} and SITEURL is {target.site}: "
            "publish again"
        )
    kept = {path: there[path] for path in release.files if path in there}
    return replace(release, files=kept), built, objections


def _read_held(host: Host, release: Release) -> tuple[Release | None, str]:
    """Return the release that a target holds, and what of a stranger's is there."""
    name = host.target.name
    data = host.read_manifest()
    if data is None:
        others = host.find_others()
        if not others:
            return None, ""
        return None, f"{name} holds what no deploy put there: {listed(others)}"
    try:
        held = read_release(data)
    except ValueError:
        return None, f"{name} holds a {MANIFEST} that is not of this site"
    if held.site != release.site:
        return held, f"{name} holds another site, {held.site}"
    return held, ""


def _say_plan(plan: Plan, say: Say, *, whole: bool) -> None:
    if whole:
        for path in plan.send:
            say(f"send {path}")
        for path in plan.delete:
            say(f"delete {path}")
    say(f"{len(plan.send)} files to send, {len(plan.delete)} to delete.")


def _refuse(objections: dict[str, str], lifted: frozenset[str], say: Say) -> None:
    """Raise RefusedError with every objection that is not lifted."""
    refused = []
    for guard, text in objections.items():
        if guard in lifted:
            say(f"Beware: {text}.")
        else:
            refused.append(
                f"Not deployed: {text}. --force {guard} does it all the same."
            )
    if refused:
        raise RefusedError("\n".join(refused))


def _send(
    host: Host,
    new: Release,
    plan: Plan,
    held: Release | None,
    built: dict[str, bytes],
) -> None:
    """Send a release, from a folder that holds what the target takes and no more."""
    before = held.kept if held else ()
    on_its_way = {**dict.fromkeys(plan.ours - set(before)), **new.files}
    on_its_way |= dict.fromkeys(plan.send)
    begun = replace(new, files=on_its_way, kept=before)
    with TemporaryDirectory(dir=host.target.root / ".build") as name:
        folder = Path(name) / "site"
        for path in new.files:
            file = folder / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(built[path])
        if isinstance(host, (Ssh, Rclone)):
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
