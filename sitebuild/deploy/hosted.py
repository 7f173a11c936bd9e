"""Hosts that put a whole folder live at once: Cloudflare, Netlify."""

from __future__ import annotations

import io
import json
import os
import zipfile
from pathlib import Path
from shutil import which

from sitebuild.deploy.plan import Plan
from sitebuild.deploy.target import WRANGLER, RefusedError, Target, say
from sitebuild.deploy.verify import fetch, get
from sitebuild.release import MANIFEST

# The day whose behaviour of Cloudflare's runtime is wanted.
_COMPATIBILITY = "2026-05-01"


class _Edge:
    """A host that lists no files: what is live is read at the public address."""

    def __init__(self, target: Target) -> None:
        self.target = target

    def read_manifest(self) -> bytes | None:
        """Return the manifest that the address shows; None where it shows none."""
        return self._read(f"/{MANIFEST}")

    def find_others(self) -> list[str]:
        """Return the front page, where the address shows one."""
        return [] if self._read("/") is None else [f"{self.target.url}/ (a site)"]

    def _read(self, path: str) -> bytes | None:
        answer = get(self.target.url, path)
        if not answer.status:
            why = f"{answer.body.decode()}; what is there is not known"
            say(f"{self.target.url} {why}.")
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
        ours = f"{self.target.root}/{WRANGLER}/node_modules/.bin/wrangler"
        self.target.run([which("wrangler") or ours, *words])


class Netlify(_Edge):
    """A site of Netlify, by its host name or its id.

    See "Deploy with the API", https://docs.netlify.com/api-and-cli-guides/.
    """

    def send(self, folder: Path, _: Plan) -> None:
        """Send the folder as a zip, which is live some seconds later."""
        token = os.environ.get("NETLIFY_AUTH_TOKEN", "")
        if not token:
            raise RefusedError("Netlify wants a token: set NETLIFY_AUTH_TOKEN.")
        written = io.BytesIO()
        with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as zipped:
            for file in sorted(folder.rglob("*")):
                if file.is_file():
                    zipped.write(file, file.relative_to(folder))
        api = os.environ.get("NETLIFY_API_URL", "https://api.netlify.com/api/v1")
        url = f"{api}/sites/{self.target.entries['site']}/deploys"
        headers = {"Authorization": f"Bearer {token}"}
        headers["Content-Type"] = "application/zip"
        say(f"Sending {len(written.getvalue()):,} bytes …")
        answer = fetch(url, headers, written.getvalue())
        if not 200 <= answer.status < 300:
            said = answer.body[:500].decode("utf-8", "replace")
            status = f"answers {answer.status}: " if answer.status else ""
            raise RefusedError(f"Netlify {status}{said}")
