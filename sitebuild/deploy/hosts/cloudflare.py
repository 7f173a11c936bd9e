"""Cloudflare Pages: wrangler takes the folder."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import ClassVar

from sitebuild.deploy.hosts.base import REMOTE, Setting
from sitebuild.deploy.hosts.whole import WholeHost
from sitebuild.deploy.programs import Program

_WRANGLER = Program("wrangler", "npm install --prefix .cache wrangler@4.86.0")


class Cloudflare(WholeHost):
    """A project of Cloudflare Pages."""

    needs: ClassVar[Mapping[str, Setting]] = {"project": Setting("a text")}
    may: ClassVar[Mapping[str, Setting]] = {
        "branch": Setting("a text"),
        "remote": REMOTE,
    }

    def upload(self, folder: Path) -> None:
        """Run wrangler."""
        target = self.context.target
        words = ["pages", "deploy", str(folder), "--project-name", target["project"]]
        words += ["--branch", target.get("branch", "main"), "--commit-dirty=true"]
        self.context.runner.run(_WRANGLER, words)
