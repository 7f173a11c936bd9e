"""The last steps of a build: check the site as a whole, then write it."""

from __future__ import annotations

from sitebuild import output
from sitebuild.build.state import Build
from sitebuild.check import links, places
from sitebuild.derive.pages import newest_day
from sitebuild.faults import SiteFaults
from sitebuild.host.finish import finish
from sitebuild.read import redirects


def check(build: Build) -> None:
    """Check the pages as a whole. Raises SiteFaults with all that is wrong.

    A page that a template failed on is none, and links to it are right: such faults
    come first and alone.
    """
    build.report.stop()
    moved = []
    for new in build.moved.values():
        if "#" in new:
            moved.append((f"{build.content.name}/{redirects.REDIRECTS}", new))
    origin = build.settings["SITEURL"]
    problems = set(links.find_problems(build.files, origin, moved, build.memory))
    if build.drafts:  # what is published leads to nothing that only the preview shows
        published = _published_files(build)
        problems.update(links.find_problems(published, origin, memory=build.memory))
    places.report_problems(problems, _sources(build), build.report)
    build.report.stop()


def _published_files(build: Build) -> dict[str, bytes]:
    sources = {draft.path for draft in build.drafts}
    files = dict(build.files)
    for wanted in build.wanted:
        if wanted.source in sources:
            files.pop(wanted.path)
    return files


def _sources(build: Build) -> places.Sources:
    """Return what the pages are made of, to find the lines of what is broken."""
    texts = {}
    folder = build.theme.folder / "templates"
    for name, text in build.theme.templates.items():
        texts[build.name(folder / name)] = text
    moves = build.content / redirects.REDIRECTS
    if moves.exists():
        texts[build.name(moves)] = moves.read_text("utf-8", "replace")
    documents = (*build.site.documents, *build.drafts)
    return places.Sources(documents, tuple(build.site.findings.values()), texts)


def write(build: Build) -> None:
    """Add what hosts need, if HOSTING is set, and put the site in the place of the old.

    ON_BUILT is called with the build when all is well and the disk has the old site.
    """
    if build.settings.get("HOSTING"):
        finish(
            build.files,
            build.redirects,
            build.settings,
            build.report,
            newest_day(build.pages.values()),
        )
        build.report.stop()
    on_built = build.settings.get("ON_BUILT")
    if on_built:
        on_built(build)
    try:
        output.publish(build.files, build.output)
    except OSError as error:
        raise SiteFaults([output.disk_fault(error)]) from None
