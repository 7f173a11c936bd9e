"""What takes a site file by file: own and shared servers, buckets, FTP.

rsync renames the files of a deploy into place at its end, and deletes after that; ssh
checks the key of the server, and its settings (port, key) stand in ~/.ssh/config.
rclone is told the order. Its own comparison is not used: over FTP it sees sizes alone,
and two versions of a page may be of one size.
"""

from __future__ import annotations

import json
import os
import re
import shlex
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory
from uuid import uuid4

from sitebuild.deploy.plan import Plan
from sitebuild.deploy.target import RefusedError, Target, say
from sitebuild.release import MANIFEST, Release, bare, is_lasting, read_release

_NO_FILE = 23  # rsync's code where a file is not there


def _send(place: Rsync | Rclone, folder: Path, plan: Plan) -> None:
    """Do what a plan says, between a manifest that tells of it and the new one.

    Raises RefusedError where another machine's manifest stands there by then.
    """
    manifest, begun = folder / MANIFEST, plan.begin()

    def put(release: Release) -> None:
        manifest.write_bytes(release.write())
        place.put_manifest(manifest)

    put(begun)
    place.bring(folder, plan)
    there = place.read_manifest()
    others = read_release(there).files if there else {}
    if there != begun.write():
        put(replace(begun, files=dict.fromkeys({*begun.files, *others})))
        raise RefusedError(
            f"Another machine deployed to {place.target.name} at the same time. When "
            "it is done, run this again: it sends all files."
        )
    put(plan.new)


def _need(target: Target, command: list[str], words: str, refusal: str) -> None:
    """Raise RefusedError where a program does not say what it needs to."""
    if not re.search(words, target.run(command).decode("utf-8", "replace")):
        raise RefusedError(refusal)


# With `releases`: a folder for each release, beside the link that leads to the newest.
# What a deploy fills has a name of its own, so that no other machine takes it away.
_PREPARE = """set -e
mkdir -p "$(dirname {link})" {all}
if [ -e {link} ] && [ ! -L {link} ]; then
  echo {link} is no link: move it away, the deploy makes one >&2; exit 1
fi
find {all} -maxdepth 1 -name '.next-*' -mmin +60 -exec rm -rf {{}} +
if [ -L {link} ]; then cp -al "$(readlink -f {link})" {next}; touch {next}
else mkdir {next}; fi
"""
_SWITCH = """set -e
mv {next} {all}/{new}
ln -s "$(basename {all})"/{new} {all}/{new}.link
mv -T {all}/{new}.link {link}
ls -1d {all}/[0-9]* | grep -vF {new} | sort -r | tail -n +{releases} |
  while read old; do rm -rf "$old"; done
"""


class Rsync:
    """A folder on a server that one logs in to by ssh, or on this machine.

    With the entry `releases` it is a link to the newest of so many folders.
    """

    def __init__(self, target: Target) -> None:
        """Check that rsync can do what is asked of it."""
        self.target, self._to = target, target.to
        self._next = f"{target.to.rstrip('/')}.releases/.next-{uuid4().hex}"
        _need(
            target,
            ["rsync", "--help"],
            "--delay-updates",
            "This rsync has no --delay-updates, with which a page is never seen half: "
            "install rsync 3 (https://rsync.samba.org).",
        )

    def _run(self, *words: str, accept: Sequence[int] = (), stdin: str = "") -> bytes:
        # A strict umask of the server would lock its readers out.
        remote = ["--rsync-path=umask 022; rsync"] if ":" in self._to else []
        return self.target.run(["rsync", *remote, *words], accept, stdin)

    def read_manifest(self) -> bytes | None:
        """Return the manifest that is there."""
        with TemporaryDirectory() as name:
            self._run(self._to + MANIFEST, f"{name}/", accept=[_NO_FILE])
            file = Path(name, MANIFEST)
            return file.read_bytes() if file.exists() else None

    def put_manifest(self, manifest: Path) -> None:
        """Send a manifest."""
        self._run("-I", str(manifest), self._to)

    def find_others(self) -> list[str]:
        """Return files that are there, without those that a deploy never touches."""
        said = self._run("-r", "--list-only", self._to, accept=[_NO_FILE])
        lines = said.decode("utf-8", "replace").splitlines()
        files = [line for line in lines if not line.startswith("d")]
        return self.target.strangers(line.split(None, 4)[-1] for line in files)

    def send(self, folder: Path, plan: Plan) -> None:
        """Do what a plan says, with `releases` in a new folder that the link gets."""
        if "releases" in self.target.entries:
            self._script(_PREPARE)
            self._to = f"{self._next}/"
        _send(self, folder, plan)
        if "releases" in self.target.entries:
            self._script(_SWITCH)

    def bring(self, folder: Path, plan: Plan) -> None:
        """Send what differs, byte for byte, and delete what the plan says."""
        say(f"Sending to {self._to} …")
        words = ["-rc", "--delay-updates", "--delete-after", "--filter=merge -"]
        self._run(*words, f"{folder}/", self._to, stdin=_rules(plan.delete))

    def _script(self, script: str) -> None:
        """Run a script where the site is, with the places that it names."""
        server, _, link = self.target.to.rstrip("/").rpartition(":")
        shell = shlex.split(os.environ.get("RSYNC_RSH", "ssh"))
        script = script.format(
            link=shlex.quote(link),
            all=shlex.quote(f"{link}.releases"),
            next=shlex.quote(self._next.rpartition(":")[2]),
            new=f"{datetime.now(UTC):%Y%m%d-%H%M%S-%f}",
            releases=self.target.entries["releases"],
        )
        self.target.run([*shell, server, script] if server else ["sh", "-c", script])


def _rules(gone: Iterable[str]) -> str:
    """Return rsync's filters: what it may delete; it leaves all else alone."""
    rules = {f"- /{MANIFEST}": ""}
    for path in gone:
        parents = [f"{parent}/" for parent in PurePosixPath(path).parents[:-1]]
        rules |= {f"R /{_escaped(it)}": "" for it in (path, *parents)}
    # Of deploys that died; no file of anybody else.
    return "\n".join([*rules, "R .~tmp~/", "R .~tmp~/**", "P *"])


def _escaped(path: str) -> str:
    """Return a path as a filter of rsync that means it and nothing else."""
    return re.sub(r"([*?\[\\])", r"\\\1", path) if re.search(r"[*?\[]", path) else path


# Hashes are a login on the server for each file that is sent.
_OPTIONS = ("--sftp-disable-hashcheck",)
# What rclone has uploaded and not yet renamed, of deploys and nobody else.
_PARTIAL = ".site-part"
_COPY = ("--no-check-dest", f"--partial-suffix={_PARTIAL}")
_PROGRESS = ("--stats=5s", "--stats-one-line", "--stats-log-level=NOTICE")
# How long a bucket lets browsers keep a file, as the rules in theme/hosts do.
_YEAR = "--header-upload=Cache-Control: public, max-age=31536000, immutable"
_AGAIN = "--header-upload=Cache-Control: no-cache"
_OR_NOT = (3, 4)  # rclone's codes where there may be no such folder or file


class Rclone:
    """The files of an rclone remote such as `name:path`."""

    def __init__(self, target: Target) -> None:
        """Check that rclone can do what is asked of it."""
        self.target, self._to, self._options = target, target.to, [*_OPTIONS]
        _need(
            target,
            ["rclone", "version"],
            r"rclone v(1\.(7[5-9]|[89]\d|\d{3})|[2-9])",
            "rclone 1.75 or newer is needed (https://rclone.org/downloads/): 1.60 "
            "takes a live page away before it puts the new one there.",
        )
        self._check_keys()

    def _check_keys(self) -> None:
        """Raise RefusedError where rclone would trust whoever answers by SFTP.

        A remote may stand for another one, which then is what counts.
        """
        known = json.loads(self._run("config", "dump"))
        names = re.split("[:,]", self._to)[:1]
        for name in names:
            variables = f"RCLONE_CONFIG_{name}_".upper().replace("-", "_")
            entries = known.get(name, {}) | {
                key.removeprefix(variables).lower(): value
                for key, value in os.environ.items()
                if key.startswith(variables)
            }
            said = " ".join(map(str, entries.values()))
            behind = [it for it in known if re.search(rf"\b{re.escape(it)}[,:]", said)]
            names += [it for it in behind if it not in names]
            if entries.get("type") == "sftp" and not entries.get("known_hosts_file"):
                raise RefusedError(
                    f'The remote "{name}" of rclone trusts whoever answers. Log in '
                    "once by `ssh`, which notes the key of the server, and add the line"
                    f" known_hosts_file = ~/.ssh/known_hosts below [{name}] in the file"
                    " that `rclone config file` names."
                )

    def _run(self, *words: str, accept: Sequence[int] = (), stdin: str = "") -> bytes:
        return self.target.run(["rclone", *words, *self._options], accept, stdin)

    def read_manifest(self) -> bytes | None:
        """Return the manifest that is there."""
        return self._run("cat", self._to + MANIFEST, accept=_OR_NOT) or None

    def put_manifest(self, manifest: Path) -> None:
        """Send a manifest, renamed when it is uploaded, if the server can."""
        words = ["copyto", str(manifest), self._to + MANIFEST, *_COPY, _AGAIN]
        try:
            self._run(*words, accept=[0])
        except RefusedError as error:
            if "--inplace" in self._options or "rename" not in str(error).lower():
                raise
            say(
                "The server cannot rename: files are written in place, and for a "
                "moment a reader may meet half a page."
            )
            self._options.append("--inplace")
            self._run(*words)

    def find_others(self) -> list[str]:
        """Return files that are there, without those that a deploy never touches."""
        words = ("lsf", "--recursive", "--files-only", f"--exclude=*{_PARTIAL}")
        said = self._run(*words, self._to, accept=_OR_NOT)
        return self.target.strangers(said.decode("utf-8", "replace").splitlines())

    def send(self, folder: Path, plan: Plan) -> None:
        """Do what a plan says."""
        _send(self, folder, plan)

    def bring(self, folder: Path, plan: Plan) -> None:
        """Send what pages load, then pages, then lists of pages; delete last."""
        ranks: dict[int, list[str]] = {}
        for path in plan.send:
            rank = _rank(path, is_new=path not in plan.ours)
            ranks.setdefault(rank, []).append(path)
        for rank, paths in sorted(ranks.items()):
            say(f"Sending {len(paths)} files …")
            words = ["copy", str(folder), self._to, "--no-traverse", *_COPY, *_PROGRESS]
            kept = _AGAIN if rank else _YEAR
            self._run(*words, kept, "--files-from-raw=-", stdin="\n".join(paths))
        if plan.delete:
            words = ["delete", self._to, "--files-from-raw=-"]
            self._run(*words, stdin="\n".join(plan.delete))
        if plan.is_repair:
            self._run("delete", self._to, f"--include=*{_PARTIAL}")


def _rank(path: str, *, is_new: bool) -> int:
    """Return when a file is sent: a page comes after all that it refers to."""
    name = bare(path)
    if is_lasting(name):
        return 0
    if name.endswith(".html"):
        return 2 if is_new else 3
    return 4 if name.endswith((".xml", ".txt")) else 1
