"""The theme's templates: compiled, checked before use, their failures traced to a line.

What a template sees is stated here: `page`, `site`, the settings in `SETTINGS`, and
values of the theme. Pelican's own context is not among them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import jinja2
from markupsafe import Markup, escape

from sitebuild.derive.contact import contact_link
from sitebuild.derive.views import Frame
from sitebuild.faults import Report
from sitebuild.memory import Memory
from sitebuild.model import SourceLine
from sitebuild.read.markdown import Typesetter
from sitebuild.render import feeds, figures
from sitebuild.render.html import squeeze
from sitebuild.render.theme import Theme

# The settings that templates show; "" stands for one that is not set.
SETTINGS = (
    "SITENAME",
    "SITESUBTITLE",
    "SITEURL",
    "SITE_NOTICE",
    "OWNER",
    "EDITOR",
    "FUNDING",
    "CONTACT",
    "LICENCE",
    "LICENCE_URL",
    "DEFAULT_LANG",
)
_SVG = "http://www.w3.org/2000/svg"
# What a template's name ends with.
_EXTENSIONS = (".html", ".xml", ".txt", ".json")

Namer = Callable[[Path], str]


class Loader(jinja2.BaseLoader):
    """Gives Jinja the templates of a theme, again where their text differs."""

    def __init__(self) -> None:
        """Begin without a theme; each build sets its own."""
        self.theme: Theme

    def get_source(
        self, _: jinja2.Environment, template: str
    ) -> tuple[str, str, Callable[[], bool]]:
        """Return a template's text, its file, and whether the text is that of now."""
        text = self.theme.templates.get(template)
        if text is None:
            raise jinja2.TemplateNotFound(template)
        path = str(self.theme.folder / "templates" / template)
        return text, path, lambda: self._is_current(template, text, path)

    def _is_current(self, template: str, text: str, path: str) -> bool:
        """Return whether a template has a text, and the path that its faults name."""
        is_there = str(self.theme.folder / "templates" / template) == path
        return is_there and self.theme.templates.get(template) == text

    def list_templates(self) -> list[str]:
        """Return the names of all templates, sorted."""
        return sorted(self.theme.templates)


class _Template(jinja2.Template):
    """A template whose macros are made again for each page that imports them.

    Jinja keeps them for the life of the environment, with the values of their variables
    and with the macros that they import themselves.
    """

    def _get_default_module(self, ctx: Any = None) -> Any:
        self._module = None
        return super()._get_default_module(ctx)


def environment(theme: Theme, setter: Typesetter, memory: Memory) -> jinja2.Environment:
    """Return the templates of a theme; those of equal text are compiled already."""
    env = memory.take("templates", setter, lambda: _environment(setter))
    cast("Loader", env.loader).theme = theme
    return env


def _environment(setter: Typesetter) -> jinja2.Environment:
    """Return a Jinja environment with the filters of this project."""
    env = jinja2.Environment(
        loader=Loader(),
        undefined=jinja2.StrictUndefined,
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    env.template_class = _Template
    env.filters["absolute"] = feeds.absolute
    env.filters["contact_link"] = contact_link
    env.filters["day"] = figures.day
    env.filters["typeset"] = lambda text: Markup(setter.line(str(text)))
    env.globals["figures"] = figures
    return env


def everywhere(
    theme: Theme, frame: Frame, settings: Mapping[str, Any]
) -> dict[str, Any]:
    """Return what every template sees beside the page: names and small values."""
    shown = {name: _setting(settings.get(name) or "") for name in SETTINGS}
    return {
        **shown,
        "site": frame,
        "STYLE": Markup(theme.style),
        "MARK": _inlined(theme.mark),
        "SEARCH_SCRIPT": f"/{theme.script_path}",
    }


def _setting(value: Any) -> Any:
    """Return a setting as templates see it: plain values, of any other the text.

    Values of other types may show what is not in the way that Python writes them.
    """
    if type(value) is Markup:
        return value
    return value if _is_plain(value) else escape(value)


def _is_plain(value: Any) -> bool:
    if type(value) in (list, tuple):
        return all(map(_is_plain, value))
    return type(value) in (str, int, float, bool)


def _inlined(mark: bytes) -> Markup:
    """Return an SVG as an element of a page, without namespace or name."""
    return Markup(mark.decode().replace(f' xmlns="{_SVG}"', ' aria-hidden="true"'))


def render(env: jinja2.Environment, template: str, shown: Mapping[str, Any]) -> bytes:
    """Return the file that a template makes of what it sees.

    Raises whatever a template may raise; `place_of` says where it did.
    """
    text = env.get_template(template).render(shown)
    if template.endswith(".html"):
        text = squeeze(text)
    return text.encode()


@dataclass(frozen=True)
class Checker:
    """Reports templates that are missing or cannot be compiled."""

    env: jinja2.Environment
    theme: Theme
    name: Namer
    report: Report

    def check(self, template: str, asked: SourceLine) -> None:
        """Check one template; `asked` is the line of the source that names it.

        It is the first line where the kind of the source decides, and then the template
        need not be a whole page.
        """
        try:
            self.env.get_template(template)
        except jinja2.TemplateNotFound as error:
            self._report_missing(str(error.name), asked)
        except jinja2.TemplateSyntaxError as error:
            self.report.add(
                place_of(error, self.theme.folder, self.name),
                str(error.message),
                "templates are written in Jinja",
                "fix the line",
            )
        else:
            is_part = "{% extends" not in self.theme.templates[template]
            if asked.line > 1 and is_part:
                self.report.add(
                    asked,
                    f'the template "{template}" is a part of others',
                    "a page names a template that extends another",
                    "name one of those",
                )

    def _report_missing(self, template: str, asked: SourceLine) -> None:
        pages = [name for name in self.theme.templates if name.endswith(".html")]
        self.report.add(
            asked,
            f'there is no template "{template}"',
            f"the theme has {', '.join(sorted(pages))}",
            "name one of these or add it",
        )


def place_of(error: BaseException, theme: Path, name: Namer) -> SourceLine:
    """Return the innermost template line of a failure, else the theme's folder.

    Jinja rewrites tracebacks so that they name template files.
    """
    if isinstance(error, jinja2.TemplateSyntaxError) and error.filename:
        return SourceLine(name(Path(error.filename)), error.lineno)
    place = SourceLine(name(theme), 1)
    trace = error.__traceback__
    while trace:
        file = trace.tb_frame.f_code.co_filename
        if file.endswith(_EXTENSIONS):
            place = SourceLine(name(Path(file)), trace.tb_lineno)
        trace = trace.tb_next
    return place
