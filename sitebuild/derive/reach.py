"""What passages name of each other, followed to its end."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping


def reach(key: str, direct: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
    """Return all that a passage names, and what that names in turn, nearest first.

    `direct` has the keys that each passage names itself, if it names any. A passage
    that leads back to itself is among what it reaches.
    """
    found: dict[str, None] = {}
    waiting = deque(direct[key])
    while waiting:
        name = waiting.popleft()
        if name not in found:
            found[name] = None
            waiting.extend(direct.get(name, ()))
    return tuple(found)
