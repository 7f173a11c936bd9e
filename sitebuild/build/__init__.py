"""One build: `steps.run` is the place to read it in order, `state` what it fills."""

from sitebuild.build.sources import begin, read_source
from sitebuild.build.state import Build, WantedPage
from sitebuild.build.steps import run

__all__ = ["Build", "WantedPage", "begin", "read_source", "run"]
