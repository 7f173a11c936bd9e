"""The fixtures of deploys."""

from __future__ import annotations

from deploys import dav, open_folder, owner, steps  # noqa: F401
