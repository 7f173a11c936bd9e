"""Every test has the fixtures of tests/site/."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from projects import ROOT

if TYPE_CHECKING:
    from sitebuild.derive import Site


def pytest_configure(config: pytest.Config) -> None:
    """Load the fixtures, once."""
    config.pluginmanager.import_plugin("shared")


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Site:
    """The real content, derived."""
    from sitebuild.plugin import build  # which tests/site/ does without

    folder = tmp_path_factory.mktemp("real") / "output"
    return build(ROOT / "pelicanconf.py", OUTPUT_PATH=str(folder)).site
