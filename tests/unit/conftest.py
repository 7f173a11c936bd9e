"""The fixtures of deploys, and of previews whose builds a test makes up."""

from __future__ import annotations

from scripted import scripted  # noqa: F401
