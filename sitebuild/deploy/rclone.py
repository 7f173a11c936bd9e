"""Buckets, SFTP without a shell, FTP: rclone brings files in the order of their use.

rclone's own comparison is not used: over FTP it sees sizes alone, and two versions of a
page may be of one size.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from tempfile import NamedTemporaryFile

from sitebuild.deploy.programs import RefusedError, Runner
from sitebuild.deploy.ssh import strangers
from sitebuild.deploy.target import Plan, Target
from sitebuild.host.files import MANIFEST, bare, is_lasting, media_type

# From this version on a file is renamed over another one in one step; 1.60 removes the
# live file first.
_NEEDED = (1, 75)
_INSTALL = "get it from https://rclone.org/downloads/"
_OPTIONS = (
    "--contimeout=15s",
    "--timeout=60s",
    "--retries=1",
    "--low-level-retries=3",
    "--ask-password=false",
    # Each is a connection, and OpenSSH lets ten log in at a time (MaxStartups).
    "--transfers=4",
    "--checkers=4",
    # A login on the server for each file that is sent.
    "--sftp-disable-hashcheck",
)
_PROGRESS = ("--stats=5s", "--stats-one-line", "--stats-log-level=NOTICE")
# What would keep rclone from doing as it is asked.
_NOT_OURS = re.compile("RCLONE_(DRY_RUN|INTERACTIVE|RC|INCLUDE|EXCLUDE|FILTER|QUIET)")
_SECRET = re.compile(r"[,:]\w*(pass|secret|token|key(?!_file))\w*=", re.IGNORECASE)
_NOT_THERE = (3, 4)  # rclone: no such folder, no such file


class Rclone:
    """The files of an rclone remote such as `name:path`."""

    patience_s = 60

    def __init__(
        self, target: Target, runner: Runner, say: Callable[[str], None]
    ) -> None:
        """Check that the remote is safe to write to."""
        self.target, self.runner, self._say = target, runner, say
        self._to = str(target.entries["to"])
        self._options: tuple[str, ...] = _OPTIONS
        if _SECRET.search(self._to):
            raise RefusedError(
                "A target holds a secret. Give it to rclone: `rclone config`, "
                "or its environment."
            )
        self._check_host_key()
        features = json.loads(self._run("backend", "features", self._to))["Features"]
        self._is_bucket = bool(features["BucketBased"])
        if not self._is_bucket and not features["IsLocal"]:
            self._check_version()

    def _run(self, *words: str, accept: Iterable[int] = (0,)) -> bytes:
        env = {k: v for k, v in os.environ.items() if not _NOT_OURS.match(k)}
        command = ["rclone", *words, *self._options]
        return self.runner.run(command, _INSTALL, accept, env)

    def _check_host_key(self) -> None:
        """Refuse an SFTP remote with which rclone trusts whoever answers."""
        dump = json.loads(self._run("config", "dump"))
        remote = self._to.partition(":")[0] if self._to[0] != ":" else self._to
        entries = _entries(dump, remote)
        while entries.get("type") == "alias":
            remote = entries.get("remote", "").partition(":")[0]
            entries = _entries(dump, remote)
        if entries.get("type") == "sftp" and not (
            entries.get("known_hosts_file")
            or os.environ.get("RCLONE_SFTP_KNOWN_HOSTS_FILE")
        ):
            raise RefusedError(
                f'rclone would trust any server that answers for "{remote}". Add to it '
                "the line known_hosts_file = ~/.ssh/known_hosts (rclone config update "
                f"{remote} known_hosts_file ~/.ssh/known_hosts), and log in once by "
                "`ssh`, which notes the key of the server there."
            )

    def _check_version(self) -> None:
        said = self._run("version").decode("utf-8", "replace")
        found = re.match(r"rclone v(\d+)\.(\d+)", said)
        if not found or (int(found[1]), int(found[2])) < _NEEDED:
            raise RefusedError(
                f"rclone {'.'.join(map(str, _NEEDED))} or newer is needed for this "
                f"target, and this is {said.partition(chr(10))[0]}, which takes a live "
                f"page away before it puts the new one there: {_INSTALL}."
            )

    def _at(self, path: str) -> str:
        if self._to.endswith((":", "/")):
            return self._to + path
        return f"{self._to}/{path}"

    def read_manifest(self) -> bytes | None:
        """Return the manifest that is there."""
        return self._run("cat", self._at(MANIFEST), accept=(0, *_NOT_THERE)) or None

    def find_others(self) -> list[str]:
        """Return files that are there, without those that a deploy never touches."""
        words = ("lsf", "--recursive", "--files-only", self._to)
        said = self._run(*words, accept=(0, *_NOT_THERE)).decode("utf-8", "replace")
        return strangers(said.splitlines(), self.target)

    def begin(self) -> None:
        """Remove what deploys left that died: files whose names end in .partial."""
        data = self.read_manifest()
        if data is None or self._is_bucket or b": null" not in data:
            return
        words = ("lsf", "--recursive", "--files-only", "--include=*.partial", self._to)
        left = self._run(*words, accept=(0, *_NOT_THERE)).decode("utf-8", "replace")
        files = json.loads(data)["files"]
        ours = []
        for path in left.splitlines():
            if re.sub(r"\.[0-9a-f]{8}\.partial$", "", path) in {*files, MANIFEST}:
                ours.append(path)
        self._delete(ours)

    def write_manifest(self, data: bytes) -> None:
        """Put a manifest there."""
        with NamedTemporaryFile() as file:
            file.write(data)
            file.flush()
            words = ["copyto", file.name, self._at(MANIFEST), "--no-check-dest"]
            self._put([*words, *self._headers(MANIFEST)])

    def send(self, folder: Path, plan: Plan) -> None:
        """Send what pages load, then pages, then lists of pages; delete last."""
        groups: dict[tuple[int, tuple[str, ...]], list[str]] = {}
        for path in plan.send:
            rank = _rank(path, is_new=path not in plan.ours)
            groups.setdefault((rank, self._headers(path)), []).append(path)
        for (_, headers), paths in sorted(groups.items()):
            self._say(f"Sending {len(paths)} files …")
            with _listed(paths) as files:
                self._put(["copy", str(folder), self._to, *files, *headers])
        self._delete(plan.delete)

    def _put(self, words: list[str]) -> None:
        """Copy files; in place, where the server cannot rename what was uploaded."""
        words += _PROGRESS
        try:
            self._run(*words)
        except RefusedError as error:
            if self._is_bucket or "rename" not in str(error).lower():
                raise
            if "--inplace" in self._options:
                raise
            self._say(
                "The server cannot rename: files are written in place, and for a "
                "moment a reader may meet half a page."
            )
            self._options = (*self._options, "--inplace")
            self._run(*words)

    def _headers(self, path: str) -> tuple[str, ...]:
        """Return the options with which a bucket keeps the headers of a file."""
        if not self._is_bucket:
            return ()
        kind, keep = media_type(path), "no-cache"
        if kind.startswith("text/"):
            kind += "; charset=utf-8"
        if is_lasting(path):
            keep = "public, max-age=31536000, immutable"
        headers = {"Content-Type": kind, "Cache-Control": keep}
        return tuple(f"--header-upload={name}: {headers[name]}" for name in headers)

    def _delete(self, paths: Iterable[str]) -> None:
        """Delete files, and their folders where these are empty then."""
        wanted = [*paths]
        if not wanted:
            return
        with _listed(wanted) as files:
            self._run("delete", self._to, files[0])
        folders = {str(PurePosixPath(path).parent) for path in wanted}
        for folder in sorted(folders - {"."}) if not self._is_bucket else ():
            self._run("rmdirs", self._at(folder), accept=(0, *_NOT_THERE))

    def end(self) -> None:
        """Do nothing: the manifest was the last."""


def _entries(dump: Mapping[str, Mapping[str, str]], remote: str) -> dict[str, str]:
    """Return what rclone knows of a remote: its file, environment and address."""
    name, *given = remote.split(",")
    entries = dict(dump.get(name, {}))
    if name.startswith(":"):
        entries["type"] = name[1:].partition(":")[0]
    start = f"RCLONE_CONFIG_{name.upper()}_"
    for key, value in os.environ.items():
        if key.startswith(start):
            entries[key.removeprefix(start).lower()] = value
    entries.update(it.partition("=")[::2] for it in given if "=" in it)
    return entries


def _rank(path: str, *, is_new: bool) -> int:
    """Return when a file is sent: a page comes after all that it refers to."""
    name = bare(path)
    if name.endswith(".html"):
        return 1 if is_new else 2
    return 3 if name.endswith((".xml", ".txt")) else 0


@contextmanager
def _listed(paths: Iterable[str]) -> Iterator[list[str]]:
    """Yield the options with which rclone takes these files alone, unasked."""
    with NamedTemporaryFile("w", encoding="utf-8") as file:
        file.writelines(f"{path}\n" for path in paths)
        file.flush()
        yield [f"--files-from-raw={file.name}", "--no-check-dest", "--no-traverse"]
