"""The fixtures of deploys, and of previews whose builds a test makes up."""

from __future__ import annotations

from deploys import dav, open_folder, owner, steps  # noqa: F401
from scripted import scripted  # noqa: F401
