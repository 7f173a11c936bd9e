"""Netlify: its API is given the hashes of a deploy, then the files that it lacks.

See "Deploy with the API", https://docs.netlify.com/api-and-cli-guides/.
"""

from __future__ import annotations

import hashlib
import json
import os
import time
from collections.abc import Mapping
from http.client import HTTPException
from pathlib import Path
from typing import Any, ClassVar
from urllib.error import HTTPError
from urllib.parse import quote
from urllib.request import Request, urlopen

from sitebuild import output
from sitebuild.deploy.hosts.base import REMOTE, Setting
from sitebuild.deploy.hosts.whole import WholeHost
from sitebuild.deploy.programs import shorten
from sitebuild.deploy.refusal import RefusedError

_API = "https://api.netlify.com/api/v1"
_TOKEN = "NETLIFY_AUTH_TOKEN"
_TIMEOUT_S, _PAUSE_S, _TRIES = 60, 2, 60


class Netlify(WholeHost):
    """A site of Netlify, by its name or its id."""

    needs: ClassVar[Mapping[str, Setting]] = {"site": Setting("a text")}
    may: ClassVar[Mapping[str, Setting]] = {"remote": REMOTE}

    def upload(self, folder: Path) -> None:
        """Say what the deploy holds, send what is lacking, wait until it is live."""
        files = output.read(folder)
        hashes = {f"/{path}": _sha1(data) for path, data in files.items()}
        deploy = self._ask("POST", f"/sites/{self._site}/deploys", {"files": hashes})
        missing = set(deploy.get("required") or ())
        for path, data in files.items():
            if _sha1(data) in missing:
                missing.discard(_sha1(data))
                self._ask("PUT", f"/deploys/{deploy['id']}/files/{quote(path)}", data)
        self._wait(str(deploy["id"]))

    @property
    def _site(self) -> str:
        site = str(self.context.target["site"])
        is_name = "." not in site and len(site) != 36  # an id is a UUID
        return f"{site}.netlify.app" if is_name else site

    def _wait(self, deploy: str) -> None:
        for _ in range(_TRIES):
            found = self._ask("GET", f"/deploys/{deploy}")
            if found.get("state") == "ready":
                return
            if found.get("state") in ("error", "rejected"):
                said = shorten(str(found.get("error_message")))
                raise RefusedError(f"Netlify does not take the deploy: {said}")
            time.sleep(_PAUSE_S)
        raise RefusedError("Netlify has taken the deploy and does not put it live.")

    def _ask(self, method: str, path: str, body: object = None) -> dict[str, Any]:
        """Ask the API; raises RefusedError with its answer where it refuses."""
        token = os.environ.get(_TOKEN, "")
        if not token:
            raise RefusedError(f"Netlify wants a token: set {_TOKEN}.")
        data, kind = None, "application/json"
        if isinstance(body, bytes):
            data, kind = body, "application/octet-stream"
        elif body is not None:
            data = json.dumps(body).encode()
        headers = {"Authorization": f"Bearer {token}", "Content-Type": kind}
        request = Request(_API + path, data, headers, method=method)
        try:
            with urlopen(request, timeout=_TIMEOUT_S) as answer:
                return dict(json.load(answer))
        except HTTPError as error:
            with error:
                said = shorten(error.read().decode("utf-8", "replace"))
            raise RefusedError(f"Netlify answers {error.code}: {said}") from None
        except (OSError, HTTPException, ValueError) as error:
            reason = getattr(error, "reason", error)
            raise RefusedError(f"Netlify cannot be reached: {reason}") from None


def _sha1(data: bytes) -> str:
    return hashlib.sha1(data, usedforsecurity=False).hexdigest()
