"""Netlify: its own tool takes the folder."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import ClassVar

from sitebuild.deploy.hosts.base import REMOTE, Setting
from sitebuild.deploy.hosts.whole import WholeHost
from sitebuild.deploy.programs import Program

_NETLIFY = Program("netlify", "npm install --prefix .cache netlify-cli@26.2.0")


class Netlify(WholeHost):
    """A site of Netlify."""

    needs: ClassVar[Mapping[str, Setting]] = {"site": Setting("a text")}
    may: ClassVar[Mapping[str, Setting]] = {"remote": REMOTE}

    def upload(self, folder: Path) -> None:
        """Run netlify."""
        words = ["deploy", "--prod", "--no-build"]
        words += ["--site", self.context.target["site"], "--dir", str(folder)]
        self.context.runner.run(_NETLIFY, words)
