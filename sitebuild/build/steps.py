"""One build, step by step.

Pelican finds and reads the sources and says which pages are to be made (see `plugin`);
everything else happens here, in memory, and the disk is written last.
"""

from __future__ import annotations

from sitebuild.build.ending import check, write
from sitebuild.build.pages import render, show_pages
from sitebuild.build.sources import derive, read_data
from sitebuild.build.state import Build


def run(build: Build) -> None:
    """Finish a build whose sources are read: the site on disk is the new one.

    Raises SiteFaults, with the old site as it was, when anything is wrong, the disk
    included.
    """
    read_data(build)
    derive(build)
    show_pages(build)
    render(build)
    check(build)
    write(build)
    build.memory.forget()
