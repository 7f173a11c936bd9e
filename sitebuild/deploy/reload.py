"""The moment at which a server reads its new rules: before the pages that need them."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from http.client import HTTPException

from sitebuild.deploy.hooks import Hooks
from sitebuild.deploy.hosts.base import Host
from sitebuild.deploy.refusal import RefusedError
from sitebuild.deploy.rules import Rules
from sitebuild.deploy.verify import ask
from sitebuild.host.styles import find_styles

# While nginx reloads, its old processes answer beside the new ones for a moment: so
# many answers in a row must follow the new rules.
_STREAK, _TRIES, _PAUSE_S = 20, 200, 0.05
_POLICY = "content-security-policy"
_NOT_RELOADED = (
    "The pages have a new style, and the server still has the rules that allow only "
    "the old one. Reload it (nginx -s reload, caddy reload) and run this again: it "
    "goes on from here, and until then the old pages stay. A command as "
    '"reload" in the target does it by itself.'
)
_NOT_READ = (
    "The server was reloaded and does not use its new rules: see what it says "
    "(nginx -t, caddy validate), and run this again. Until then the old pages stay."
)


class Reload:
    """Makes a server read rules that have changed, and sees that it did."""

    def __init__(
        self,
        host: Host,
        hooks: Hooks,
        say: Callable[[str], None],
        changed: Sequence[str],
        rules: Rules,
    ) -> None:
        """Take the files of rules that changed since the server read any."""
        self._host, self._hooks, self._say = host, hooks, say
        self._changed, self._rules = changed, rules
        self.is_done = False

    def __call__(self) -> None:
        """Run the target's command, or see that somebody has reloaded the server.

        Raises RefusedError where pages would stand without their style.
        """
        if not self._changed and not self._refuses_style():
            return
        if self._hooks.reload():
            self.is_done = True
            self._say("Reloaded the server.")
            self._wait()
        elif self._refuses_style():
            raise RefusedError(_NOT_RELOADED)
        elif self._rules.is_new and self._is_verified:
            self.is_done = True  # it allows what only the new rules do

    def _wait(self) -> None:
        """Wait until the new rules are served: servers reload while they serve."""
        if not self._rules.style or not self._is_verified:
            return
        streak = 0
        for _ in range(_TRIES):
            streak = 0 if self._refuses_style() else streak + 1
            if streak == _STREAK:
                return
            time.sleep(_PAUSE_S)
        raise RefusedError(_NOT_READ)

    @property
    def _is_verified(self) -> bool:
        return bool(self._host.context.target.get("verify", True))

    def _refuses_style(self) -> bool:
        """Whether the rules that are served do not allow the style of the new pages.

        A server that cannot be asked, or has no policy, refuses none.
        """
        if not self._rules.style or not self._is_verified:
            return False
        try:
            policy = ask(self._host.url)("/", "identity").headers.get(_POLICY, "")
        except (OSError, HTTPException):
            return False
        allowed = find_styles(policy)
        return bool(allowed) and self._rules.style not in allowed

    def line(self) -> str:
        """Return what the owner is asked for in the end; "" where nothing is left."""
        if self.is_done or not self._changed:
            return ""
        changed = " and ".join(self._changed)
        return f"Reload nginx or Caddy: {changed} changed."
