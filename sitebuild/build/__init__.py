"""One build: its state, its steps in order, and the files beside the pages."""

from sitebuild.build.state import Build

__all__ = ["Build"]
