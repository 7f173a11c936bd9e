"""Targets that rclone reaches: SFTP, WebDAV, FTP, buckets.

Its own comparison is not used: over WebDAV and FTP it sees sizes alone, and two
versions of a page may be of one size.
"""

from __future__ import annotations

import json
import os
import re
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, ClassVar

from sitebuild.deploy.hosts.base import SERVER, Found, Setting
from sitebuild.deploy.hosts.files import MEMORY, STAGING, Files, FilesHost
from sitebuild.deploy.plan import Takes
from sitebuild.deploy.programs import Program, Runner
from sitebuild.deploy.refusal import RefusedError
from sitebuild.host.headers import object_headers
from sitebuild.host.manifest import entry

# From this version on a file is renamed over another one in one step (SFTP's
# posix-rename, WebDAV's Overwrite); 1.60 removes the live file first.
NEEDED = (1, 75)
_GET = (
    "python3 -m pip install --require-hashes --no-deps --target .cache/rclone "
    "-r sitebuild/deploy/rclone.txt"
)
RCLONE = Program("rclone", _GET)
_OPTIONS = (
    "--contimeout=15s",
    "--timeout=60s",
    "--retries=1",
    "--low-level-retries=3",
    "--ask-password=false",
    # Each is a connection, and OpenSSH lets ten log in at a time (MaxStartups).
    "--transfers=4",
    "--checkers=4",
    # A login on the server for each file that is sent; `verify` compares their bytes.
    "--sftp-disable-hashcheck",
)
# What would keep rclone from doing as it is asked.
_NOT_OURS = re.compile("RCLONE_(DRY_RUN|INTERACTIVE|RC|INCLUDE|EXCLUDE|FILTER|QUIET)")
_SECRET = re.compile(r"[,:]\w*(pass|secret|key|token)\w*=", re.IGNORECASE)
_NOT_THERE = 3  # rclone's exit code for a folder that is not there


class Remote(Files):
    """The files of an rclone remote such as `name:path`."""

    def __init__(self, to: str, runner: Runner) -> None:
        """Ask rclone what the remote can do.

        Raises RefusedError for a remote with a secret in it, and for an rclone that
        would take a live file away before it puts the new one in its place.
        """
        if _SECRET.search(to):
            raise RefusedError(
                "A target holds a secret. Give it to rclone: `rclone config`, "
                "or its environment."
            )
        self.to, self._runner = to, runner
        features = self._features()
        self.is_bucket = bool(features["BucketBased"])
        self.renames = bool(features["Move"]) and not self.is_bucket
        # Over SFTP each hash costs a command on the server.
        self._hashes = bool(features["IsLocal"] or not features["SlowHash"])
        if self.renames and not features["IsLocal"]:
            self._check_version()

    def _features(self) -> dict[str, Any]:
        told = json.loads(self._run("backend", "features", self.to))
        return dict(told["Features"])

    def _check_version(self) -> None:
        said = self._run("version").decode("utf-8", "replace")
        found = re.match(r"rclone v(\d+)\.(\d+)", said)
        if found and (int(found[1]), int(found[2])) >= NEEDED:
            return
        version = said.partition("\n")[0].removeprefix("rclone v")
        raise RefusedError(
            f"rclone {'.'.join(map(str, NEEDED))} or newer is needed for this target, "
            f"and this is {version}, which takes a live page away before it puts the "
            f"new one there. Get it: {_GET}"
        )

    def _run(self, *words: str, accept: Iterable[int] = (0,)) -> bytes:
        env = {k: v for k, v in os.environ.items() if not _NOT_OURS.match(k)}
        bundle = env.pop("AWS_CA_BUNDLE", "")  # rclone fails while it is set
        if bundle:
            env.setdefault("RCLONE_CA_CERT", bundle)
        return self._runner.run(RCLONE, [*words, *_OPTIONS], accept=accept, env=env)

    def _at(self, folder: str) -> str:
        """The remote's address of a folder."""
        if not folder or self.to.endswith((":", "/")):
            return self.to + folder
        return f"{self.to}/{folder}"

    def list(self, folder: str = "") -> dict[str, Found]:
        """Return every file, with its hash where that is cheap."""
        words = ["lsjson", "--recursive", "--files-only", "--no-modtime"]
        words += ["--no-mimetype"]
        if self._hashes:
            words += ["--hash", "--hash-type=md5"]
        if not folder:
            words += [f"--exclude=/{MEMORY}/**"]
        said = self._run(*words, self._at(folder), accept=(0, _NOT_THERE))
        found: dict[str, Found] = {}
        if not said.rstrip().endswith(b"]"):  # the folder is not there
            return found
        for item in json.loads(said):
            hashes = item.get("Hashes") or {}
            found[item["Path"]] = Found(item["Size"], hashes.get("md5", ""))
        return found

    def fetch(self, paths: Iterable[str], folder: Path) -> None:
        """Copy files that are there into a local folder."""
        with _listed(paths) as options:
            words = ["copy", self.to, str(folder), *options]
            self._run(*words, accept=(0, _NOT_THERE))

    def put(self, folder: Path, paths: Iterable[str], below: str = "") -> None:
        """Upload files; a bucket keeps the headers of each."""
        groups: dict[tuple[str, ...], list[str]] = {}
        for path in paths:
            groups.setdefault(self._headers(folder, path), []).append(path)
        for headers, group in groups.items():
            with _listed(group) as options:
                words = ["copy", str(folder), self._at(below), *options]
                self._run(*words, *(f"--header-upload={line}" for line in headers))

    def _headers(self, folder: Path, path: str) -> tuple[str, ...]:
        if not self.is_bucket:
            return ()
        sha256 = entry((folder / path).read_bytes()).sha256
        headers = object_headers(path, sha256)
        return tuple(f"{name}: {value}" for name, value in headers.items())

    def place(self, paths: Iterable[str]) -> None:
        """Rename staged files over what is there."""
        with _listed(paths) as options:
            self._run("move", self._at(STAGING), self.to, *options)

    def copy(self, paths: Iterable[str], below: str) -> None:
        """Copy files to the same paths below `below`."""
        with _listed(paths) as options:
            self._run("copy", self.to, self._at(below), *options)

    def delete(self, paths: Iterable[str]) -> None:
        """Delete files, and folders that are empty then."""
        wanted = [*paths]
        if not wanted:
            return
        with _listed(wanted) as options:
            self._run("delete", self.to, options[0])
        folders = {path.partition("/")[0] for path in wanted if "/" in path}
        for folder in sorted(folders) if not self.is_bucket else ():
            self._run("rmdirs", self._at(folder), accept=(0, _NOT_THERE))

    def clear(self) -> None:
        """Delete what is staged."""
        self._run("purge", self._at(STAGING), accept=(0, _NOT_THERE))


@contextmanager
def _listed(paths: Iterable[str]) -> Iterator[list[str]]:
    """Yield the options with which rclone takes these files alone, unasked."""
    with tempfile.NamedTemporaryFile("w", encoding="utf-8") as file:
        file.writelines(f"{path}\n" for path in paths)
        file.flush()
        yield [f"--files-from-raw={file.name}", "--no-check-dest", "--no-traverse"]


class RcloneHost(FilesHost):
    """A target that rclone reaches."""

    needs: ClassVar[Mapping[str, Setting]] = {
        "to": Setting(
            'an rclone remote such as "name:path", or a folder from the root such as '
            '"/srv/site"',
            r"/|:|[^/:]+:",
        ),
    }
    may: ClassVar[Mapping[str, Setting]] = {"server": SERVER, "memory": needs["to"]}

    @property
    def takes(self) -> Takes:
        """What the target does with a release; a bucket keeps headers."""
        is_bucket = isinstance(self.files, Remote) and self.files.is_bucket
        return super().takes._replace(metadata=is_bucket)

    def open(self, place: str) -> Files:
        """Return the files of a remote."""
        return Remote(place, self.context.runner)
