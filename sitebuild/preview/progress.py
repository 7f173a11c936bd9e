"""Lets a request wait for the build that has in it what was saved before the request.

Builds are numbered from 1. The thread that builds calls `begin` and `finish`, those of
requests call `wait_until_current`.
"""

from __future__ import annotations

from collections.abc import Callable
from threading import Condition

from sitebuild.preview import watcher


class Progress:
    """Which state of the sources was built last, and how far the builds are."""

    def __init__(self) -> None:
        """Begin with nothing built."""
        self.state: watcher.State = {}  # the sources of the last build that began
        self._begun = 0
        self._finished = 0
        self._is_closed = False
        self._changed = Condition()

    def begin(self, state: watcher.State) -> None:
        """Note that a build of a state of the sources begins."""
        with self._changed:
            self.state = state
            self._begun += 1

    def finish(self) -> None:
        """Note that the last build is served; let those who wait for it go."""
        with self._changed:
            self._finished = self._begun
            self._changed.notify_all()

    def close(self) -> None:
        """Let everyone go, now and from now on."""
        with self._changed:
            self._is_closed = True
            self._changed.notify_all()

    def wait_until_current(
        self, state: watcher.State, wake: Callable[[], None], limit_s: float
    ) -> bool:
        """Wait until a build of this state, or a later one, is served.

        Call `wake` if no such build has begun. Return whether it is served; it is not
        where it takes longer than `limit_s` seconds or the preview ends.
        """
        with self._changed:
            number = self._begun
            if state != self.state:
                number += 1
                wake()
            self._changed.wait_for(
                lambda: self._finished >= number or self._is_closed, limit_s
            )
            return self._finished >= number
