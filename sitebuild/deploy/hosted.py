"""Hosts that put a whole folder live at once: GitHub, Cloudflare, Netlify."""

from __future__ import annotations

import io
import json
import os
import sys
import time
import zipfile
from collections.abc import Callable
from http.client import HTTPException
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlsplit
from urllib.request import Request, urlopen

from sitebuild.deploy.programs import RefusedError, Runner
from sitebuild.deploy.target import Plan, Target
from sitebuild.host.files import MANIFEST

_GIT = "install git from the system's packages"
_NPM = "npm ci --ignore-scripts"
_TOKEN = "NETLIFY_AUTH_TOKEN"
_TIMEOUT_S, _PAUSE_S, _TRIES = 60, 2, 60
# The day whose behaviour of Cloudflare's runtime is wanted.
_COMPATIBILITY = "2026-05-01"


class _Hosted:
    """What all of them are made of."""

    patience_s = 60

    def __init__(
        self, target: Target, runner: Runner, say: Callable[[str], None]
    ) -> None:
        self.target, self.runner, self._say = target, runner, say


class GitHub(_Hosted):
    """A branch that GitHub Pages serve."""

    patience_s = 600

    def _git(self, *words: str, accept: tuple[int, ...] = (0,)) -> bytes:
        return self.runner.run(["git", *words], _GIT, accept)

    @property
    def _branch(self) -> tuple[str, str]:
        return self.target.entries["remote"], self.target.entries["branch"]

    def read_manifest(self) -> bytes | None:
        """Return the manifest on the branch."""
        remote, branch = self._branch
        if not self._git("ls-remote", "--heads", remote, branch):
            return None
        there = f"refs/remotes/{remote}/{branch}"
        self._git("fetch", "--quiet", remote, f"+refs/heads/{branch}:{there}")
        return self._git("show", f"{there}:{MANIFEST}", accept=(0, 128)) or None

    def find_others(self) -> list[str]:
        """Return the files of the branch."""
        remote, branch = self._branch
        words = ("ls-tree", "-r", "--name-only", f"refs/remotes/{remote}/{branch}")
        return (
            self._git(*words, accept=(0, 128))
            .decode("utf-8", "replace")
            .split("\n")[:-1]
        )

    def send(self, folder: Path, _: Plan) -> None:
        """Push the folder as a new commit of the branch."""
        remote, branch = self._branch
        host = urlsplit(self.target.site).hostname or ""
        words = [sys.executable, "-m", "ghp_import", "-n", "-r", remote, "-b", branch]
        if host and not host.endswith(".github.io"):
            words += ["-c", host]
        self.runner.run([*words, "-m", "Publish the site", str(folder)], _GIT)
        self._say(f"Pushing to {branch} of {remote} …")
        self._git("push", "--quiet", remote, branch)


class _Edge(_Hosted):
    """A host that lists no files: what is live is read at the public address."""

    def read_manifest(self) -> bytes | None:
        """Return the manifest that the address shows; None where it shows none."""
        return self._fetch(MANIFEST)

    def find_others(self) -> list[str]:
        """Return the front page, where the address shows one."""
        return [] if self._fetch("") is None else [f"{self._url}/ (a site)"]

    @property
    def _url(self) -> str:
        return str(self.target.entries.get("url", self.target.site)).rstrip("/")

    def _fetch(self, path: str) -> bytes | None:
        url = f"{self._url}/{path}"
        try:
            with urlopen(Request(url), timeout=_TIMEOUT_S) as answer:
                return bytes(answer.read())
        except HTTPError as error:
            error.close()
            return None
        except (OSError, HTTPException, ValueError) as error:
            reason = getattr(error, "reason", error)
            self._say(
                f"{url} cannot be reached ({reason}): what is there is not known."
            )
            return None


class Cloudflare(_Edge):
    """Static assets of a Worker, as Cloudflare recommends; or a project of Pages."""

    def send(self, folder: Path, _: Plan) -> None:
        """Run wrangler."""
        name = self.target.entries["name"]
        if self.target.entries.get("pages"):
            words = ["pages", "deploy", str(folder), "--project-name", name]
            words += ["--branch", "main", "--commit-dirty=true"]
        else:
            settings = folder.parent / "wrangler.json"
            assets = {"directory": str(folder), "not_found_handling": "404-page"}
            about = {"name": name, "compatibility_date": _COMPATIBILITY}
            settings.write_text(json.dumps({**about, "assets": assets}))
            words = ["deploy", "--config", str(settings)]
        self._say("Running wrangler …")
        self.runner.run(["wrangler", *words], _NPM)


class Netlify(_Edge):
    """A site of Netlify, by its name or its id.

    See "Deploy with the API", https://docs.netlify.com/api-and-cli-guides/.
    """

    def send(self, folder: Path, _: Plan) -> None:
        """Send the folder as a zip, and wait until it is live."""
        written = io.BytesIO()
        with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as zipped:
            for file in sorted(folder.rglob("*")):
                if file.is_file():
                    zipped.write(file, file.relative_to(folder))
        site = self.target.entries["site"]
        is_name = "." not in site and len(site) != 36  # an id is a UUID
        where = f"{site}.netlify.app" if is_name else site
        self._say(f"Sending {len(written.getvalue()):,} bytes …")
        deploy = self._ask(f"/sites/{where}/deploys", written.getvalue())
        for _try in range(_TRIES):
            if deploy.get("state") == "ready":
                return
            if deploy.get("state") in ("error", "rejected"):
                said = deploy.get("error_message")
                raise RefusedError(f"Netlify does not take the deploy: {said}")
            time.sleep(_PAUSE_S)
            deploy = self._ask(f"/deploys/{deploy['id']}")
        raise RefusedError("Netlify has taken the deploy and does not put it live.")

    def _ask(self, path: str, body: bytes | None = None) -> dict[str, Any]:
        """Ask the API; raises RefusedError with its answer where it refuses."""
        token = os.environ.get(_TOKEN, "")
        if not token:
            raise RefusedError(f"Netlify wants a token: set {_TOKEN}.")
        api = os.environ.get("NETLIFY_API_URL", "https://api.netlify.com/api/v1")
        headers = {
            "Authorization": f"Bearer {token}",
            "Content-Type": "application/zip",
        }
        request = Request(api + path, body, headers)
        try:
            with urlopen(request, timeout=_TIMEOUT_S) as answer:
                return dict(json.load(answer))
        except HTTPError as error:
            with error:
                said = error.read(500).decode("utf-8", "replace")
            raise RefusedError(f"Netlify answers {error.code}: {said}") from None
        except (OSError, HTTPException, ValueError) as error:
            reason = getattr(error, "reason", error)
            raise RefusedError(f"Netlify cannot be reached: {reason}") from None
