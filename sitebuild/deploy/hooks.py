"""What is done after a deploy, by lines of the target's settings, without a shell."""

from __future__ import annotations

import json
import shlex
from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlsplit
from urllib.request import Request, urlopen

from sitebuild.deploy.programs import Program, Runner
from sitebuild.deploy.refusal import RefusedError

_ADDRESSES = "{addresses}"
_TIMEOUT_S = 30


class Hooks:
    """The hooks of a target.

    `reload` is a command for when files of the server changed, `purge` one for when a
    cache in front should forget addresses, which take the place of the word
    {addresses}; `indexnow` is the address of a service that is told of changes, with
    `indexnow_key` (https://www.indexnow.org/documentation).
    """

    def __init__(self, target: Mapping[str, Any], runner: Runner) -> None:
        """Take the target's entries."""
        self._target, self._runner = target, runner

    def reload(self) -> bool:
        """Run the command that reloads the server; returns whether there is one.

        Raises RefusedError with what it said when it fails.
        """
        if "reload" not in self._target:
            return False
        self._command("reload", ())
        return True

    def run(self, site: str, purge: Sequence[str], new: Sequence[str]) -> Iterator[str]:
        """Do what is set after a deploy, and yield what was done.

        `purge` and `new` are addresses. Raises RefusedError with what a command said
        when it fails.
        """
        if purge and "purge" in self._target:
            self._command("purge", purge)
            yield f"Purged {len(purge)} addresses."
        if (purge or new) and "indexnow" in self._target:
            self._tell(site, [*purge, *new])
            yield f"Told {len(purge) + len(new)} addresses by IndexNow."

    def _command(self, name: str, addresses: Sequence[str]) -> None:
        words: list[str] = []
        for word in shlex.split(self._target[name]):
            words += addresses if word == _ADDRESSES else [word]
        program = Program(words[0], f'correct "{name}" of the target')
        self._runner.run(program, words[1:])

    def _tell(self, site: str, addresses: Sequence[str]) -> None:
        key = self._target.get("indexnow_key", "")
        told = {"host": urlsplit(site).netloc, "key": key, "urlList": addresses}
        request = Request(
            self._target["indexnow"],
            json.dumps(told).encode(),
            {"Content-Type": "application/json; charset=utf-8"},
        )
        try:
            with urlopen(request, timeout=_TIMEOUT_S):
                pass
        except HTTPError as error:
            error.close()
            raise RefusedError(f"IndexNow answers {error.code}.") from None
        except OSError as error:
            raise RefusedError(f"IndexNow cannot be reached: {error}.") from None
