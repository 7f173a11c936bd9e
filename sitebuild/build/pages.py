"""The middle steps of a build: what each page shows, and every file of the site."""

from __future__ import annotations

from pathlib import Path

from sitebuild.build.state import Build
from sitebuild.derive import drafts
from sitebuild.derive.links import shown_files
from sitebuild.derive.pages import frame, show
from sitebuild.derive.views import Page
from sitebuild.faults import Report
from sitebuild.model import SourceLine
from sitebuild.read import redirects
from sitebuild.render import anchors, machines, templates
from sitebuild.render.renderer import Renderer
from sitebuild.render.theme import read_theme


def show_pages(build: Build) -> None:
    """Make the value of every page that its template shows. Raises SiteFaults."""
    build.theme = read_theme(Path(build.settings["THEME"]), build.name, build.report)
    _check_templates(build)
    build.report.stop()
    for document in build.site.documents:
        build.pages[document.url] = show(document, build.site, build.settings)
    for draft in build.drafts:
        page = show(draft, build.preview, build.settings)
        build.draft_pages[draft.url] = drafts.unaddressed(page)
    build.frame = frame(build.site, build.settings["SAFETY_TOPIC"])


def _check_templates(build: Build) -> None:
    env = templates.environment(build.theme, build.setter, build.memory)
    checker = templates.Checker(env, build.theme, build.name, build.report)
    for page in build.wanted:
        checker.check(page.template, build.documents[page.source].place("template"))
    for template in machines.TEMPLATES:
        checker.check(template, SourceLine(build.name(build.theme.folder), 1))


def render(build: Build) -> None:
    """Make every file of the site; what a template fails on goes to the report."""
    _copy_images(build)
    _render_templates(build)
    build.files |= machines.theme_files(build.theme, build.memory)
    build.files |= machines.card_files(
        build.site,
        build.pages,
        build.theme,
        build.setter,
        build.settings,
        build.memory,
    )
    build.files |= machines.search_files(
        build.site, build.synonyms, build.settings, build.memory, build.report
    )
    _put_old_ids(build)


def _put_old_ids(build: Build) -> None:
    if not build.moves:
        return
    recorded = redirects.read_record(build.content, Report())
    promised = [it.address for it in recorded]
    titles = {url: page.title for url, page in build.pages.items()}
    anchors.put_old_ids(build.files, build.moves, promised, titles)


def _copy_images(build: Build) -> None:
    addresses = {f"/{path}": path for path in build.images}
    shown = (*build.site.documents, *build.drafts)
    for address in shown_files(shown, addresses):
        path = addresses[address]
        build.files[path] = build.images[path].read_bytes()


def _render_templates(build: Build) -> None:
    everywhere = templates.everywhere(build.theme, build.frame, build.settings)
    renderer = Renderer(
        build.memory, build.theme, build.setter, everywhere, build.name, build.report
    )
    build.files |= renderer.render(_template_files(build))


def _template_files(build: Build) -> list[machines.TemplateFile]:
    files = []
    for wanted in build.wanted:
        document = build.documents[wanted.source]
        page = build.pages.get(document.url) or build.draft_pages[document.url]
        files.append(_template_file(wanted.path, wanted.template, page))
    files += machines.template_files(build.site, build.pages, build.settings)
    return files


def _template_file(path: str, template: str, page: Page) -> machines.TemplateFile:
    return machines.TemplateFile(path, template, {"page": page})
