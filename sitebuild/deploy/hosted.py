"""Hosts that put a whole folder live at once: GitHub, Cloudflare, Netlify."""

from __future__ import annotations

import io
import json
import os
import sys
import zipfile
from collections.abc import Sequence
from http.client import HTTPException
from pathlib import Path
from shutil import which
from urllib.error import HTTPError
from urllib.parse import urlsplit
from urllib.request import Request, urlopen

from sitebuild.deploy.target import Plan, RefusedError, say
from sitebuild.deploy.tool import Tool
from sitebuild.deploy.verify import get
from sitebuild.host.files import MANIFEST

_GIT = "install git from the system's packages"
_WRANGLER = ".ci/wrangler"  # where npm puts it, by the lock file there
_TIMEOUT_S = 60
# The day whose behaviour of Cloudflare's runtime is wanted.
_COMPATIBILITY = "2026-05-01"


class GitHub(Tool):
    """A branch that GitHub Pages serve."""

    patience_s = 600

    def _git(self, *words: str, accept: Sequence[int] = ()) -> bytes:
        return self.run(["git", *words], _GIT, accept)

    @property
    def _there(self) -> str:
        """What git calls the branch as it was fetched."""
        return "refs/remotes/{remote}/{branch}".format_map(self.target.entries)

    def read_manifest(self) -> bytes | None:
        """Return the manifest on the branch."""
        remote, branch = self.target.entries["remote"], self.target.entries["branch"]
        if not self._git("ls-remote", "--heads", remote, branch):
            return None
        self._git("fetch", "--quiet", remote, f"+refs/heads/{branch}:{self._there}")
        words = ("show", f"{self._there}:{MANIFEST}")
        return self._git(*words, accept=[128]) or None

    def find_others(self) -> list[str]:
        """Return the files of the branch."""
        words = ("ls-tree", "-r", "--name-only", self._there)
        said = self._git(*words, accept=[128])
        return said.decode("utf-8", "replace").splitlines()

    def send(self, folder: Path, _: Plan) -> None:
        """Push the folder as a new commit of the branch."""
        remote, branch = self.target.entries["remote"], self.target.entries["branch"]
        words = [sys.executable, "-m", "ghp_import", "-n", "-r", remote, "-b", branch]
        host = urlsplit(self.target.site).hostname or ""
        if not host.endswith(".github.io"):
            words += ["-c", host]
        self.run([*words, "-m", "Publish the site", str(folder)], _GIT)
        say(f"Pushing to {branch} of {remote} …")
        self._git("push", "--quiet", remote, branch)


class _Edge(Tool):
    """A host that lists no files: what is live is read at the public address."""

    def read_manifest(self) -> bytes | None:
        """Return the manifest that the address shows; None where it shows none."""
        return self._read(f"/{MANIFEST}")

    def find_others(self) -> list[str]:
        """Return the front page, where the address shows one."""
        return [] if self._read("/") is None else [f"{self.target.url}/ (a site)"]

    def _read(self, path: str) -> bytes | None:
        try:
            answer = get(self.target.url, path)
        except (OSError, HTTPException) as error:
            said = f"cannot be reached ({error}): what is there is not known."
            say(f"{self.target.url} {said}")
            return None
        return answer.body if answer.status == 200 else None


class Cloudflare(_Edge):
    """Static assets of a Worker, as Cloudflare recommends; or a project of Pages."""

    def send(self, folder: Path, _: Plan) -> None:
        """Run wrangler."""
        name = self.target.entries["name"]
        if self.target.entries.get("pages"):
            words = ["pages", "deploy", str(folder), "--project-name", name]
            words += ["--branch", "main", "--commit-dirty=true"]
        else:
            settings = folder.with_name("wrangler.json")
            assets = {"directory": str(folder), "not_found_handling": "404-page"}
            about = {"name": name, "compatibility_date": _COMPATIBILITY}
            settings.write_text(json.dumps({**about, "assets": assets}))
            words = ["deploy", "--config", str(settings)]
        say("Running wrangler …")
        ours = f"{self.target.root}/{_WRANGLER}/node_modules/.bin/wrangler"
        install = f"npm ci --ignore-scripts --prefix {_WRANGLER}"
        self.run([which("wrangler") or ours, *words], install)


class Netlify(_Edge):
    """A site of Netlify, by its name or its id.

    See "Deploy with the API", https://docs.netlify.com/api-and-cli-guides/.
    """

    def send(self, folder: Path, _: Plan) -> None:
        """Send the folder as a zip, which is live some seconds later."""
        written = io.BytesIO()
        with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as zipped:
            for file in sorted(folder.rglob("*")):
                if file.is_file():
                    zipped.write(file, file.relative_to(folder))
        site = self.target.entries["site"]
        is_name = "." not in site and len(site) != 36  # an id is a UUID
        where = f"{site}.netlify.app" if is_name else site
        say(f"Sending {len(written.getvalue()):,} bytes …")
        self._post(f"/sites/{where}/deploys", written.getvalue())

    def _post(self, path: str, body: bytes) -> None:
        """Ask the API; raises RefusedError with its answer where it refuses."""
        token = os.environ.get("NETLIFY_AUTH_TOKEN", "")
        if not token:
            raise RefusedError("Netlify wants a token: set NETLIFY_AUTH_TOKEN.")
        api = os.environ.get("NETLIFY_API_URL", "https://api.netlify.com/api/v1")
        headers = {"Authorization": f"Bearer {token}"}
        headers["Content-Type"] = "application/zip"
        try:
            urlopen(Request(api + path, body, headers), timeout=_TIMEOUT_S).close()
        except HTTPError as error:
            with error:
                said = error.read(500).decode("utf-8", "replace")
            raise RefusedError(f"Netlify answers {error.code}: {said}") from None
        except (OSError, HTTPException) as error:
            raise RefusedError(f"Netlify cannot be reached: {error}") from None
