"""What takes a site: by rsync, by rclone, or whole (Cloudflare, Netlify).

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
import shutil
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory
from uuid import uuid4

from sitebuild.deploy.target import Plan, RefusedError, Target, say
from sitebuild.deploy.verify import fetch, get
from sitebuild.release import MANIFEST, Release, bare, is_lasting, read_release

_NO_FILE = 23  # rsync's code where a file is not there


def _send(place: Rsync | Rclone, folder: Path, plan: Plan) -> None:
    """Do what a plan says, between a manifest that tells of it and the new one.

    The first says of each file that it may be there, or not, and is of no commit, which
    tells it from what other machines write. Raises RefusedError where theirs is there.
    """
    manifest = folder / MANIFEST
    sure = {path: it for path, it in plan.there.items() if is_lasting(path)}
    files = dict.fromkeys([*plan.there, *plan.new.files]) | sure
    begun = replace(plan.new, files=files, commit=uuid4().hex)

    def put(release: Release) -> None:
        manifest.write_bytes(release.write())
        place.put_manifest(manifest)

    put(begun)
    place.bring(folder, plan)
    there = place.read_manifest()
    if there != begun.write():
        others = read_release(there).files if there else {}
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
if [ -e {link} ] && [ ! -L {link} ]; then
  echo {link} is no link: move it away, the deploy makes one >&2; exit 1
fi
mkdir -p {all}
find {all} -maxdepth 1 -name '.next-*' -mmin +60 -exec rm -rf {{}} +
if [ -L {link} ]; then cp -al "$(readlink -f {link})" {all}/.next-{new}
else mkdir {all}/.next-{new}; fi
touch {all}/.next-{new}
"""
_SWITCH = """set -e
mv {all}/.next-{new} {all}/{new}
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
        """Return the files that are there."""
        said = self._run("-r", "--list-only", self._to, accept=[_NO_FILE])
        lines = said.decode("utf-8", "replace").splitlines()
        return [line.split(None, 4)[-1] for line in lines if line[0] != "d"]

    def send(self, folder: Path, plan: Plan) -> None:
        """Do what a plan says, with `releases` in a new folder that the link gets."""
        if "releases" in self.target.entries:
            new = f"{datetime.now(UTC):%Y%m%d-%H%M%S-%f}"
            self._run_there(_PREPARE, new)
            self._to = f"{self._to.rstrip('/')}.releases/.next-{new}/"
            self.bring(folder, plan)
            self.put_manifest(folder / MANIFEST)
            self._run_there(_SWITCH, new)
        else:
            _send(self, folder, plan)

    def _run_there(self, script: str, new: str) -> None:
        """Run a script where the site is, for the release of a name."""
        server, _, link = self.target.to.rstrip("/").rpartition(":")
        shell = [*shlex.split(os.environ.get("RSYNC_RSH", "ssh")), server]
        script = script.format(
            link=shlex.quote(link),
            all=shlex.quote(f"{link}.releases"),
            new=new,
            releases=self.target.entries["releases"],
        )
        self.target.run([*(shell if server else ["sh", "-c"]), script])

    def bring(self, folder: Path, plan: Plan) -> None:
        """Send what differs, byte for byte, and delete what the plan says."""
        say(f"Sending to {self._to} …")
        words = ["-rc", "--delay-updates", "--delete-after", "--filter=merge -"]
        self._run(*words, f"{folder}/", self._to, stdin=_rules(plan.delete))


def _rules(gone: Iterable[str]) -> str:
    """Return rsync's filters: what it may delete; it leaves all else alone."""
    rules = [f"- /{MANIFEST}"]
    for path in gone:
        name = PurePosixPath(re.sub(r"([*?\[])", r"\\\1", path))  # as it is
        rules += [f"R /{name}", *(f"R /{it}/" for it in name.parents[:-1])]
    # Of deploys that died; no file of anybody else.
    return "\n".join([*rules, "R .~tmp~/", "R .~tmp~/**", "P *"])


# What rclone has uploaded and not yet renamed, of deploys and nobody else.
_PARTIAL = ".site-part"
_COPY = ("--no-check-dest", f"--partial-suffix={_PARTIAL}")
_PROGRESS = ("--stats=5s", "--stats-one-line", "--stats-log-level=NOTICE")
# How long a bucket lets browsers keep a file, as the rules in theme/hosts do.
_YEAR = "--header-upload=Cache-Control: public, max-age=31536000, immutable"
_AGAIN = "--header-upload=Cache-Control: no-cache"
_THESE = "--files-from-raw=-"
_OR_NOT = (3, 4)  # rclone's codes where there may be no such folder or file


class Rclone:
    """The files of an rclone remote such as `name:path`."""

    def __init__(self, target: Target) -> None:
        """Check that rclone can do what is asked of it."""
        self.target, self._to = target, target.to
        # Hashes are a login on the server for each file that is sent.
        self._options = ["--sftp-disable-hashcheck"]
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
        """Return the files that are there."""
        words = ("lsf", "--recursive", "--files-only", f"--exclude=*{_PARTIAL}")
        said = self._run(*words, self._to, accept=_OR_NOT)
        return said.decode("utf-8", "replace").splitlines()

    def send(self, folder: Path, plan: Plan) -> None:
        """Do what a plan says."""
        _send(self, folder, plan)

    def bring(self, folder: Path, plan: Plan) -> None:
        """Send what pages load, then pages, then lists of pages; delete last."""
        ranks = {path: _rank(path, is_new=path not in plan.there) for path in plan.send}
        copy = ("copy", str(folder), self._to, "--no-traverse", *_COPY, *_PROGRESS)
        for rank in sorted({*ranks.values()}):
            paths = [path for path in plan.send if ranks[path] == rank]
            say(f"Sending {len(paths)} files …")
            kept = _AGAIN if rank else _YEAR
            self._run(*copy, kept, _THESE, stdin="\n".join(paths))
        if plan.delete:
            self._run("delete", self._to, _THESE, stdin="\n".join(plan.delete))
        if any(not it and not is_lasting(path) for path, it in plan.there.items()):
            self._run("delete", self._to, f"--include=*{_PARTIAL}")  # a deploy died


def _rank(path: str, *, is_new: bool) -> int:
    """Return when a file is sent: a page comes after all that it refers to."""
    name = bare(path)
    if is_lasting(name):
        return 0
    if name.endswith(".html"):
        return 2 if is_new else 3
    return 4 if name.endswith((".xml", ".txt")) else 1


class Hosted:
    """A host that takes a whole folder, and lists no files.

    What is live is read at the public address.
    """

    def __init__(self, target: Target) -> None:
        self.target = target

    def read_manifest(self) -> bytes | None:
        """Return the manifest that the address shows; None where it shows none."""
        answer = get(self.target.url, f"/{MANIFEST}")
        return answer.body if answer.status == 200 else None

    def find_others(self) -> list[str]:
        """Return the front page, where the address shows one."""
        is_there = get(self.target.url, "/").status == 200
        return [f"{self.target.url}/ (a site)"] if is_there else []

    def send(self, folder: Path, _: Plan) -> None:
        """Send the folder."""
        if self.target.entries["tool"] == "netlify":
            _send_zip(self.target, folder)
        else:
            _run_wrangler(self.target, folder)


def _run_wrangler(target: Target, folder: Path) -> None:
    """Send assets of a Worker, as Cloudflare recommends, or a project of Pages."""
    name = target.entries["name"]
    if target.entries.get("pages"):
        words = ["pages", "deploy", str(folder), "--project-name", name]
        words += ["--branch", "main", "--commit-dirty=true"]
    else:
        settings = folder.with_name("wrangler.json")
        assets = {"directory": str(folder), "not_found_handling": "404-page"}
        # The day whose behaviour of Cloudflare's runtime is wanted.
        about = {"name": name, "compatibility_date": "2026-05-01", "assets": assets}
        settings.write_text(json.dumps(about))
        words = ["deploy", "--config", str(settings)]
    say("Running wrangler …")
    ours = f"{target.root}/.ci/wrangler/node_modules/.bin/wrangler"
    target.run([shutil.which("wrangler") or ours, *words])


def _send_zip(target: Target, folder: Path) -> None:
    """Send a zip to Netlify, which is live some seconds later.

    See "Deploy with the API", https://docs.netlify.com/api-and-cli-guides/.
    """
    token = os.environ.get("NETLIFY_AUTH_TOKEN", "")
    if not token:
        raise RefusedError("Netlify wants a token: set NETLIFY_AUTH_TOKEN.")
    zipped = Path(shutil.make_archive(str(folder), "zip", folder)).read_bytes()
    api = os.environ.get("NETLIFY_API_URL", "https://api.netlify.com/api/v1")
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/zip"}
    say(f"Sending {len(zipped):,} bytes …")
    url = f"{api}/sites/{target.entries['site']}/deploys"
    answer = fetch(url, headers, zipped)
    if not 200 <= answer.status < 300:
        said = answer.body[:500].decode("utf-8", "replace")
        status = f"answers {answer.status}: " if answer.status else ""
        raise RefusedError(f"Netlify {status}{said}")


Host = Rsync | Rclone | Hosted
HOSTS: Mapping[str, type[Host]] = {
    "ssh": Rsync,
    "rclone": Rclone,
    "cloudflare": Hosted,
    "netlify": Hosted,
}
