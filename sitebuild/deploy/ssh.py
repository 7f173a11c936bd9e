"""Own and shared servers: rsync over ssh, or into a folder of this machine.

Files of a deploy are renamed into place at its end, and deleted after that. ssh checks
the key of the server; its settings (port, key) stand in ~/.ssh/config.
"""

from __future__ import annotations

import os
import re
import shlex
import time
from collections.abc import Sequence
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory
from uuid import uuid4

from sitebuild.deploy.target import Plan, RefusedError, Target, say
from sitebuild.deploy.tool import Tool
from sitebuild.host.files import MANIFEST

_INSTALL = "install rsync from the system's packages"
_PARTIAL = 23  # rsync: a file is not there
# A folder for each release, beside the link that leads to the newest one.
_PREPARE = """set -e
mkdir -p "$(dirname {link})" {all}
if [ -e {link} ] && [ ! -L {link} ]; then
  echo {link} is no link: move it away, the deploy makes one >&2; exit 1
fi
find {all} -maxdepth 1 -name '.next-*' -mmin +60 -exec rm -rf {{}} +
if [ -L {link} ]; then cp -al "$(readlink -f {link})" {next}; else mkdir {next}; fi
"""
_SWITCH = """set -e
mv {next} {all}/{new}
ln -s "$(basename {all})"/{new} {all}/{new}.link
mv -T {all}/{new}.link {link}
ls -1d {all}/[0-9]* | sort -r | tail -n +{first_old} | while read old; do
  rm -rf "$old"; done
"""


class Ssh(Tool):
    """A folder on a server; with `releases`, a link to the newest of so many."""

    def __init__(self, target: Target, lock: int) -> None:
        """Check that rsync can do what is asked of it."""
        super().__init__(target, lock)
        self._server, _, folder = target.entries["to"].rpartition(":")
        self._link = self._folder = folder.rstrip("/") or "/"
        if b"--delay-updates" not in self.run(["rsync", "--help"], _INSTALL):
            raise RefusedError(
                "This rsync has no --delay-updates, with which a page is never seen "
                "half: install rsync 3 (https://rsync.samba.org)."
            )

    def _at(self, path: str = "") -> str:
        """Return the place of a file as rsync names it."""
        where = f"{self._folder}/{path}"
        return f"{self._server}:{where}" if self._server else where

    def _rsync(self, *words: str, accept: Sequence[int] = ()) -> bytes:
        # A strict umask of the server would lock its readers out.
        remote = ["--rsync-path=umask 022; rsync"] if self._server else []
        try:
            return self.run(["rsync", *remote, *words], _INSTALL, accept)
        except RefusedError as error:
            if re.search("rsync: (command )?not found", str(error)):
                raise RefusedError(
                    f"{self._server} has no rsync: install it there, or use the tool "
                    '"rclone" by SFTP.'
                ) from None
            raise

    def read_manifest(self) -> bytes | None:
        """Return the manifest that is there."""
        with TemporaryDirectory() as name:
            self._rsync(self._at(MANIFEST), f"{name}/", accept=[_PARTIAL])
            file = Path(name, MANIFEST)
            return file.read_bytes() if file.exists() else None

    def find_others(self) -> list[str]:
        """Return files that are there, without those that a deploy never touches."""
        said = self._rsync("-r", "--list-only", self._at(), accept=[_PARTIAL])
        lines = said.decode("utf-8", "replace").splitlines()
        files = [line for line in lines if not line.startswith("d")]
        return self.target.strangers(line.split(None, 4)[-1] for line in files)

    def begin(self) -> None:
        """Make the folder for a new release, equal to the newest one."""
        if "releases" in self.target.entries:
            self._folder = f"{self._link}.releases/.next-{uuid4().hex}"
            self._shell(_PREPARE)

    def write_manifest(self, data: bytes) -> None:
        """Put a manifest there."""
        with TemporaryDirectory() as name:
            file = Path(name, MANIFEST)
            file.write_bytes(data)
            self._rsync("-I", str(file), self._at())

    def send(self, folder: Path, plan: Plan) -> None:
        """Send what differs, byte for byte, and delete what the plan says."""
        say(f"Sending to {self.target.entries['to']} …")
        with TemporaryDirectory() as name:
            rules = Path(name, "rules")
            rules.write_text("".join(f"{line}\n" for line in _rules(plan)))
            words = ["-rc", "--delay-updates", "--delete-after"]
            self._rsync(*words, f"--filter=merge {rules}", f"{folder}/", self._at())

    def end(self) -> None:
        """Let the link lead to the new release, and delete the oldest."""
        if "releases" in self.target.entries:
            self._shell(_SWITCH)

    def _shell(self, script: str) -> None:
        """Run a script on the server, with the places that it names."""
        script = script.format(
            link=shlex.quote(self._link),
            all=shlex.quote(f"{self._link}.releases"),
            next=shlex.quote(self._folder),
            new=time.strftime("%Y%m%d-%H%M%S-", time.gmtime()) + uuid4().hex,
            first_old=self.target.entries["releases"] + 1,
        )
        command = [*shlex.split(os.environ.get("RSYNC_RSH", "ssh")), self._server]
        if not self._server:
            command = ["sh", "-c"]
        self.run([*command, script], "it comes with the system")


def _rules(plan: Plan) -> list[str]:
    """Return rsync's filters: what it may delete; it leaves all else alone."""
    rules = []
    for path in plan.delete:
        rules.append(f"R /{_escaped(path)}")
        for parent in PurePosixPath(path).parents[:-1]:
            rules.append(f"R /{_escaped(str(parent))}/")
    # Of deploys that died; no file of anybody else.
    return [*dict.fromkeys(rules), "R .~tmp~/", "R .~tmp~/**", "P *"]


def _escaped(path: str) -> str:
    """Return a path as a filter of rsync that means it and nothing else."""
    return re.sub(r"([*?\[\\])", r"\\\1", path) if re.search(r"[*?\[]", path) else path
