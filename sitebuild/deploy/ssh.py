"""Own and shared servers: rsync over ssh, or into a folder of this machine.

Files of a deploy are renamed into place at its end, and deleted after that. ssh checks
the key of the server; its settings (port, key) stand in ~/.ssh/config.
"""

from __future__ import annotations

import os
import re
import shlex
import time
from collections.abc import Callable, Iterable
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory
from uuid import uuid4

from sitebuild.deploy.programs import RefusedError, Runner
from sitebuild.deploy.target import Plan, Target
from sitebuild.host.files import MANIFEST

_INSTALL = "install rsync from the system's packages"
_PARTIAL = 23  # rsync: a file is not there
# Folders beside the link that leads to the newest one.
_PREPARE = """set -e
mkdir -p "$(dirname {link})" {all}
if [ -e {link} ] && [ ! -L {link} ]; then
  echo {link} is no link: move it away, the deploy makes one >&2; exit 1
fi
find {all} -maxdepth 1 -name '.next-*' -mmin +60 -exec rm -rf {{}} +
if [ -L {link} ]; then cp -al "$(readlink -f {link})" {next}; else mkdir {next}; fi
"""
_SWITCH = """set -e
mv {next} {new}
ln -s {relative} {new}.link
mv -T {new}.link {link}
ls -1d {all}/[0-9]* | sort -r | tail -n +{first_old} | while read old; do
  rm -rf "$old"; done
"""


class Ssh:
    """A folder on a server; with `releases`, a link to the newest of so many."""

    patience_s = 20

    def __init__(
        self, target: Target, runner: Runner, say: Callable[[str], None]
    ) -> None:
        """Check that rsync can do what is asked of it."""
        self.target, self.runner, self._say = target, runner, say
        to = str(target.entries["to"])
        self._server, _, folder = to.rpartition(":")
        self._link = PurePosixPath(folder or "/")
        self._folder = self._link
        self._rsh = os.environ.get("RSYNC_RSH", "ssh")
        if b"--delay-updates" not in self.runner.run(["rsync", "--help"], _INSTALL):
            raise RefusedError(
                "This rsync has no --delay-updates, with which a page is never seen "
                "half: install rsync 3 (https://rsync.samba.org)."
            )

    def _at(self, path: str = "") -> str:
        """Return the place of a file as rsync names it."""
        where = f"{self._folder}/{path}"
        return f"{self._server}:{where}" if self._server else where

    def _rsync(self, *words: str, accept: Iterable[int] = (0,)) -> bytes:
        # A strict umask of the server would lock its readers out.
        remote = ["--rsync-path=umask 022; rsync"] if self._server else []
        command = ["rsync", *remote, "-e", self._rsh, *words]
        try:
            return self.runner.run(command, _INSTALL, accept)
        except RefusedError as error:
            if "rsync: command not found" in str(error) or "rsync: not found" in str(
                error
            ):
                raise RefusedError(
                    f"{self._server} has no rsync: install it there, or use the tool "
                    '"rclone" by SFTP.'
                ) from None
            raise

    def _shell(self, script: str) -> None:
        command = [*shlex.split(self._rsh), self._server, script]
        if not self._server:
            command = ["sh", "-c", script]
        self.runner.run(command, "it comes with the system")

    def read_manifest(self) -> bytes | None:
        """Return the manifest that is there."""
        with TemporaryDirectory() as name:
            self._rsync(self._at(MANIFEST), f"{name}/", accept=(0, _PARTIAL))
            file = Path(name, MANIFEST)
            return file.read_bytes() if file.exists() else None

    def find_others(self) -> list[str]:
        """Return files that are there, without those that a deploy never touches."""
        said = self._rsync("-r", "--list-only", self._at(), accept=(0, _PARTIAL))
        paths = []
        for line in said.decode("utf-8", "replace").splitlines():
            kind, *_, path = line.split(None, 4)
            if not kind.startswith("d"):
                paths.append(path)
        return strangers(paths, self.target)

    def begin(self) -> None:
        """Make the folder for a new release, equal to the newest one."""
        if "releases" in self.target.entries:
            self._folder = self._all / f".next-{uuid4().hex}"
            words = {"link": self._link, "all": self._all, "next": self._folder}
            self._shell(_PREPARE.format_map(_quoted(words)))

    @property
    def _all(self) -> PurePosixPath:
        return self._link.with_name(f"{self._link.name}.releases")

    def write_manifest(self, data: bytes) -> None:
        """Put a manifest there."""
        with TemporaryDirectory() as name:
            file = Path(name, MANIFEST)
            file.write_bytes(data)
            self._rsync("-I", str(file), self._at())

    def send(self, folder: Path, plan: Plan) -> None:
        """Send what differs, byte for byte, and delete what the plan says."""
        self._say(f"Sending to {self.target.entries['to']} …")
        with TemporaryDirectory() as name:
            rules = Path(name, "rules")
            rules.write_text("".join(f"{line}\n" for line in self._rules(plan)))
            words = ["-rc", "--delay-updates", "--delete-after"]
            self._rsync(*words, f"--filter=merge {rules}", f"{folder}/", self._at())

    def _rules(self, plan: Plan) -> list[str]:
        """Return rsync's filters: what it leaves alone, what it may delete."""
        rules = []
        for path in plan.delete:
            rules.append(f"R /{_escaped(path)}")
            for parent in PurePosixPath(path).parents[:-1]:
                rules.append(f"R /{_escaped(str(parent))}/")
        # Of deploys that died; no file of anybody else.
        return [*dict.fromkeys(rules), "R .~tmp~/", "R .~tmp~/**", "P *"]

    def end(self) -> None:
        """Let the link lead to the new release, and delete the oldest."""
        if self._folder != self._link:
            now = time.strftime("%Y%m%d-%H%M%S", time.gmtime())
            new = self._all / f"{now}-{time.time_ns() % 10**9:09}"
            words = {"link": self._link, "all": self._all, "next": self._folder}
            words |= {"new": new, "relative": new.relative_to(self._link.parent)}
            first_old = {"first_old": str(self.target.entries["releases"] + 1)}
            self._shell(_SWITCH.format_map({**_quoted(words), **first_old}))


def _quoted(words: dict[str, PurePosixPath]) -> dict[str, str]:
    return {name: shlex.quote(str(word)) for name, word in words.items()}


def _escaped(path: str) -> str:
    """Return a path as a filter of rsync that means it and nothing else."""
    return re.sub(r"([*?\[\\])", r"\\\1", path) if re.search(r"[*?\[]", path) else path


def strangers(paths: Iterable[str], target: Target) -> list[str]:
    """Return paths without dotted ones, and those that the target keeps."""
    found = []
    for path in paths:
        is_dotted = any(part.startswith(".") for part in path.split("/"))
        if not is_dotted and not target.keeps(path):
            found.append(path)
    return found
