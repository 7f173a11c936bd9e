"""These tests stand by themselves: their fixtures are here."""

from __future__ import annotations

import pytest


def pytest_configure(config: pytest.Config) -> None:
    """Load the fixtures, once."""
    config.pluginmanager.import_plugin("shared")
