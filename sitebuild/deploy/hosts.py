"""Hosts whose own tool takes a whole folder and sends what changed, all at once: GitHub Pages, Cloudflare, Netlify."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http.client import HTTPException
from pathlib import Path
from urllib.error import HTTPError
from urllib.parse import urlsplit
from urllib.request import Request, urlopen

from sitebuild.deploy import tools
from sitebuild.deploy.plan import RefusedError
from sitebuild.host import headers as hosting


@dataclass(frozen=True)
class Host:
    """A target of this kind: its settings, the project's folder, the site's address, the lock's number."""

    target: Mapping[str, str]
    root: Path
    site: str
    lock: int

    def read_branch(self) -> bytes | None:
        """The manifest on the branch that GitHub serves; None where there is none."""
        remote, branch = self.target["remote"], self.target["branch"]
        if not tools.run(
            ["git", "ls-remote", "--heads", remote, branch], self.root, self.lock
        ):
            return None
        tools.run(
            [
                "git",
                "fetch",
                "--quiet",
                remote,
                f"+{branch}:refs/remotes/{remote}/{branch}",
            ],
            self.root,
            self.lock,
        )
        names = tools.run(
            ["git", "ls-tree", "--name-only", f"{remote}/{branch}"],
            self.root,
            self.lock,
        )
        if hosting.MANIFEST not in names.splitlines():
            return b""
        return tools.run(
            ["git", "show", f"{remote}/{branch}:{hosting.MANIFEST}"],
            self.root,
            self.lock,
        ).encode()

    def find_blobs(self) -> dict[str, str] | None:
        """Git's hash of each file on the branch, by path; None where the host is no branch or there is none yet."""
        name = f"{self.target.get('remote')}/{self.target.get('branch')}"
        if self.target["tool"] != "github":
            return None
        lines = tools.run(
            ["git", "ls-tree", "-r", "-z", name], self.root, self.lock
        ).split("\0")
        return {
            path: words.split()[2]
            for words, _, path in (line.partition("\t") for line in lines if line)
        }

    def read_site(self) -> bytes | None:
        """The manifest that the site itself serves; None where it has none."""
        url = f"{self.target.get('url', self.site).rstrip('/')}/{hosting.MANIFEST}"
        try:
            with urlopen(
                Request(url, headers={"Cache-Control": "no-cache"}), timeout=30
            ) as answer:
                return bytes(answer.read())
        except HTTPError as error:
            error.close()
            if error.code == 404:
                return None
            raise RefusedError(f"{url} answers {error.code}.") from None
        except (OSError, HTTPException, ValueError) as error:
            said = getattr(error, "reason", error)
            raise RefusedError(
                f"{url} cannot be reached ({said}); --force for a first deploy."
            ) from None

    def _github(self, folder: Path) -> list[str]:
        host = urlsplit(self.site).hostname or ""
        name = [] if host.endswith(".github.io") else ["--cname", host]
        to = ["--remote", self.target["remote"], "--branch", self.target["branch"]]
        return [
            sys.executable,
            "-m",
            "ghp_import",
            "--no-jekyll",
            "--push",
            *name,
            *to,
            "-m",
            "Publish",
            str(folder),
        ]

    def _cloudflare(self, folder: Path) -> list[str]:
        project = [
            "--project-name",
            self.target["project"],
            "--branch",
            self.target.get("branch", "main"),
        ]
        return [
            "wrangler",
            "pages",
            "deploy",
            str(folder),
            *project,
            "--commit-dirty=true",
        ]

    def _netlify(self, folder: Path) -> list[str]:
        where = ["--site", self.target["site"], "--dir", str(folder)]
        return ["netlify", "deploy", "--prod", "--no-build", *where]

    def read(self) -> bytes | None:
        """The live manifest; None where nothing is live yet. Raises RefusedError where that cannot be known."""
        return (
            self.read_branch() if self.target["tool"] == "github" else self.read_site()
        )

    def send(self, folder: Path) -> None:
        """Put the folder live; raises RefusedError with what the tool said when it fails."""
        commands: dict[str, Callable[[Path], list[str]]] = {
            "github": self._github,
            "cloudflare": self._cloudflare,
            "netlify": self._netlify,
        }
        tools.run(commands[self.target["tool"]](folder), self.root, self.lock)
